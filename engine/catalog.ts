/** Explicit tables of what the engine offers. Pure: no tensors. */
import { EngineError } from './error.ts';
import { dpc } from './spaces/dpc/dpc.ts';
import { hrNas } from './spaces/hr-nas/hr-nas.ts';
import { liteHrNet } from './spaces/lite-hrnet/lite-hrnet.ts';
import type { Architecture, SearchSpace } from './spaces/search-space.ts';
import { vitResNas } from './spaces/vit-resnas/vit-resnas.ts';

export const spaces: readonly SearchSpace[] = [hrNas, liteHrNet, dpc, vitResNas];

/** The space with this id. Throws EngineError 'unknown-space', naming the ones that exist. */
export function findSpace(id: string): SearchSpace {
  const space = spaces.find((candidate) => candidate.id === id);
  if (space === undefined) {
    throw new EngineError('unknown-space', `there is no search space '${id}'; known: ${spaces.map((known) => known.id).join(', ')}.`);
  }
  return space;
}

/** A published network by its full name, 'hr-nas:cs2'. Throws EngineError 'unknown-architecture'. */
export function findPublished(name: string): Architecture {
  const [spaceId = ''] = name.split(':');
  const space = findSpace(spaceId);
  const found = space.published.find((published) => published.name === name);
  if (found === undefined) {
    const known = space.published.map((published) => published.name).join(', ');
    throw new EngineError('unknown-architecture', `${space.title} has no published network '${name}'; known: ${known}.`);
  }
  return found.arch;
}

/**
 * An architecture from unknown JSON, checked by its space and in canonical form.
 * Throws EngineError 'bad-architecture' with every problem's path.
 */
export function parseArchitecture(value: unknown): Architecture {
  const record = value as Partial<Record<keyof Architecture, unknown>> | null;
  const isTable = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && !Array.isArray(entry);
  if (!isTable(record) || record === null || typeof record.space !== 'string' || !isTable(record.settings) || !isTable(record.choices)) {
    throw new EngineError(
      'bad-architecture',
      `reading an architecture: expected { space, version, settings, choices }, ${preview(value)} came.`,
      {
        tip: 'A full example: `lab arch published hr-nas hr-nas:cs2`. Files in the official notation are read by `lab arch import`.',
      },
    );
  }
  return findSpace(record.space).canonical({
    space: record.space,
    version: record.version as number,
    settings: record.settings as Architecture['settings'],
    choices: record.choices as Architecture['choices'],
  });
}

function preview(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

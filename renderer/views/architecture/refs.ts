import type { ArchitectureRef } from '../../../electron/ipc/architecture.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';

/** How refs stand in addresses: 'hrnas-7f3a2c:t12', 'hrnas-7f3a2c:supernet', 'hr-nas:cs2'. An architecture itself has no short name. */
export function architectureKey(ref: ArchitectureRef): string | undefined {
  if ('published' in ref) return ref.published;
  if ('architecture' in ref) return undefined;
  return 'supernet' in ref ? `${ref.experiment}:supernet` : `${ref.experiment}:t${ref.trial}`;
}

export function parseArchitectureKey(key: string): ArchitectureRef {
  // A whole architecture, as it comes from a file.
  if (key.startsWith('{')) return { architecture: JSON.parse(key) as Architecture };
  const found = /^(.+):(?:t(\d+)|supernet)$/.exec(key);
  if (found?.[1] === undefined) return { published: key };
  return found[2] === undefined ? { experiment: found[1], supernet: true } : { experiment: found[1], trial: Number(found[2]) };
}

/** A value of the query as one text. */
export function queryText(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}

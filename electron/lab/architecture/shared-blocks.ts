import { setImmediate } from 'node:timers/promises';
import { unknownTrial } from '../../../db/errors.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { outlineOf } from '../../../engine/graph/outline.ts';
import type { Outline } from '../../../engine/graph/outline.ts';
import { paretoFront } from '../../../engine/metrics/pareto.ts';
import type { SharedBlocks } from '../../ipc/architecture.ts';
import type { TrialView } from '../../ipc/contract.ts';

/** Networks of a front that are looked at; building one takes some 50 ms. */
const mostMembers = 32;

/** In how many networks of the front each block of a trial stands with the same layers, whatever the size of its input. */
export async function sharedBlocks(experiment: string, trials: readonly TrialView[], number: number): Promise<SharedBlocks> {
  const trial = trials.find((candidate) => candidate.number === number);
  if (trial === undefined) throw unknownTrial(experiment, number);
  const { front: entries } = paretoFront(
    trials.filter(({ state, role }) => state === 'complete' && role === 'front'),
    ({ cost }) => cost?.macs ?? NaN,
    ({ metrics }) => metrics[0]?.value ?? NaN,
  );
  const front = entries.map(({ item }) => item).filter((member) => member.number !== number);
  const members = evenly(front, mostMembers);
  const own = signatures(trial);
  const same: Record<string, number> = Object.fromEntries([...own.keys()].map((key) => [key, 0]));
  for (const member of members) {
    await setImmediate(); // other requests come between
    const theirs = signatures(member);
    for (const [key, signature] of own) if (theirs.get(key) === signature) same[key] = (same[key] ?? 0) + 1;
  }
  return { of: members.length, frontSize: front.length, same };
}

function evenly<T>(list: readonly T[], count: number): readonly T[] {
  if (list.length <= count) return list;
  return Array.from({ length: count }, (_, i) => list[Math.round((i * (list.length - 1)) / (count - 1))] as T);
}

/** By key of a block: its layers with their facts, as one text. */
function signatures({ arch }: TrialView): ReadonlyMap<string, string> {
  const space = findSpace(arch.space);
  const outline = outlineOf(space.graph(arch, space.defaultInput(arch.settings)), new Map());
  return new Map(outline.elements.flatMap(({ isBlock, key }, position) => (isBlock ? [[key, signature(outline, position)]] : [])));
}

function signature({ elements }: Outline, block: number): string {
  const depth = elements[block]?.depth ?? 0;
  const lines: string[] = [];
  for (let i = block + 1; i < elements.length && (elements[i]?.depth ?? 0) > depth; i++) {
    const { key, kind, facts } = elements[i] as Outline['elements'][number];
    if (kind === 'node') lines.push(`${key} ${JSON.stringify(facts)}`);
  }
  return lines.join('\n');
}

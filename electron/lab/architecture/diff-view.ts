import { diffOutlines } from '../../../engine/graph/diff.ts';
import type { AttributeChange, DiffStatus } from '../../../engine/graph/diff.ts';
import { outlineOf } from '../../../engine/graph/outline.ts';
import type { ArchitectureDiff, DiffSide } from '../../ipc/architecture.ts';
import { namedChoices } from './named-choices.ts';
import { costsById } from './resolve.ts';
import type { BuiltNetwork } from './resolve.ts';

/** Two networks for one input, laid over each other. */
export function architectureDiff(a: BuiltNetwork, b: BuiltNetwork): ArchitectureDiff {
  const { elements, edges } = diffOutlines(outlineOf(a.graph, costsById(a.cost)), outlineOf(b.graph, costsById(b.cost)));
  const counts: Record<DiffStatus, number> = { added: 0, removed: 0, changed: 0, equal: 0 };
  for (const { isBlock, status } of elements) if (isBlock) counts[status]++;
  const isOneSpace = a.space.id === b.space.id;
  return {
    a: sideOf(a),
    b: sideOf(b),
    input: a.input,
    counts,
    elements,
    edges,
    settings: changesOf({ space: a.space.id, ...a.arch.settings }, { space: b.space.id, ...b.arch.settings }),
    choices: isOneSpace ? changesOf(namedChoices(a.arch), namedChoices(b.arch)) : [],
  };
}

function sideOf({ ref, name, experiment, space, hash, cost }: BuiltNetwork): DiffSide {
  const { macs, params, activationBytes } = cost;
  return {
    ref,
    name,
    ...(experiment === undefined ? {} : { experiment: experiment.id }),
    space: space.id,
    hash,
    macs,
    params,
    activationBytes,
  };
}

/** Entries of two tables that differ, by name. */
export function changesOf(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): AttributeChange[] {
  const text = (value: unknown): string => (value === undefined ? 'none' : typeof value === 'string' ? value : JSON.stringify(value));
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .map((attribute) => ({ attribute, from: text(a[attribute]), to: text(b[attribute]) }))
    .filter(({ from, to }) => from !== to);
}

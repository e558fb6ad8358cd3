import { followingFacts } from './node-facts.ts';
import type { Outline, OutlineEdge, OutlineElement, PartCost } from './outline.ts';

export type DiffStatus = 'added' | 'removed' | 'changed' | 'equal';

/** One thing that differs, as people say it: { attribute: 'k3 channels', from: '12→36', to: '9→36' }. */
export interface AttributeChange {
  readonly attribute: string;
  readonly from: string;
  readonly to: string;
}

/** A part of either network. Its own cost and shape are those of the second network where it is there, else of the first. */
export interface DiffElement extends OutlineElement {
  readonly status: DiffStatus;
  /** Undefined where the first (second) network lacks it. */
  readonly before?: PartCost;
  readonly after?: PartCost;
  /** Of blocks and nodes that changed. */
  readonly changes: readonly AttributeChange[];
}

export interface DiffEdge {
  readonly ends: OutlineEdge;
  readonly status: 'added' | 'removed' | 'equal';
}

/** Two networks laid over each other. */
export interface OutlineDiff {
  readonly elements: readonly DiffElement[];
  readonly edges: readonly DiffEdge[];
}

type Entry = { -readonly [K in keyof DiffElement]: DiffElement[K] };

/**
 * What differs between two networks, part by part: parts are the same when they stand at the same place (`key`). A node is changed when one
 * of its facts, its output's shape or what it reads is another; a group when something in it is.
 */
export function diffOutlines(before: Outline, after: Outline): OutlineDiff {
  const old = new Map(before.elements.map((element) => [element.key, element]));
  const fresh = new Map(after.elements.map((element) => [element.key, element]));
  const entries = merge(before, after).map(({ element, parent }): Entry => entryOf(old.get(element.key), fresh.get(element.key), parent));
  const edges = mergeEdges(before, after, entries);
  for (const { ends, status } of edges) {
    const target = entries[ends[1]];
    if (status === 'equal' || target?.status !== 'equal') continue;
    const source = entries[ends[0]]?.title ?? '';
    target.status = 'changed';
    target.changes = [
      status === 'added' ? { attribute: 'input', from: 'none', to: source } : { attribute: 'input', from: source, to: 'none' },
    ];
  }
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i] as Entry;
    const parent = entries[entry.parent];
    if (entry.status !== 'equal' && parent?.status === 'equal') parent.status = 'changed';
  }
  markBlocks(entries);
  return { elements: entries, edges };
}

interface Placed {
  readonly element: OutlineElement;
  readonly parent: number;
}

/** Every key once, groups before what is in them; what only the first network has stands behind its neighbour there. */
function merge(before: Outline, after: Outline): Placed[] {
  const childrenOf = (outline: Outline): ReadonlyMap<string, readonly OutlineElement[]> => {
    const table = new Map<string, OutlineElement[]>();
    for (const element of outline.elements) {
      const parent = outline.elements[element.parent]?.key ?? '';
      table.set(parent, [...(table.get(parent) ?? []), element]);
    }
    return table;
  };
  const [old, fresh] = [childrenOf(before), childrenOf(after)];
  const result: Placed[] = [];
  const walk = (key: string, parent: number): void => {
    for (const element of mergeLists(old.get(key) ?? [], fresh.get(key) ?? [])) {
      const position = result.push({ element, parent }) - 1;
      if (element.kind === 'group') walk(element.key, position);
    }
  };
  walk('', -1);
  return result;
}

function mergeLists(old: readonly OutlineElement[], fresh: readonly OutlineElement[]): OutlineElement[] {
  const result = [...fresh];
  const known = new Set(fresh.map((element) => element.key));
  let position = 0;
  for (const element of old) {
    if (known.has(element.key)) position = result.findIndex(({ key }) => key === element.key) + 1;
    else result.splice(position++, 0, element);
  }
  return result;
}

function entryOf(old: OutlineElement | undefined, fresh: OutlineElement | undefined, parent: number): Entry {
  const shown = (fresh ?? old) as OutlineElement;
  const changes = old === undefined || fresh === undefined || shown.kind === 'group' ? [] : changesOf(old, fresh);
  const status = old === undefined ? 'added' : fresh === undefined ? 'removed' : changes.length > 0 ? 'changed' : 'equal';
  return {
    ...shown,
    parent,
    status,
    changes,
    isOutput: fresh?.isOutput ?? false,
    ...(old === undefined ? {} : { before: costOf(old) }),
    ...(fresh === undefined ? {} : { after: costOf(fresh) }),
  };
}

function costOf({ macs, params, activationBytes }: PartCost): PartCost {
  return { macs, params, activationBytes };
}

function changesOf(old: OutlineElement, fresh: OutlineElement): AttributeChange[] {
  const names = [...new Set([...Object.keys(old.facts), ...Object.keys(fresh.facts)])];
  const facts = names
    .map((attribute) => ({ attribute, from: old.facts[attribute] ?? 'none', to: fresh.facts[attribute] ?? 'none' }))
    .filter(({ from, to }) => from !== to);
  const [from, to] = [old.shape.join('x'), fresh.shape.join('x')];
  return from === to ? facts : [...facts, { attribute: 'output', from, to }];
}

function mergeEdges(before: Outline, after: Outline, entries: readonly Entry[]): DiffEdge[] {
  const positions = new Map(entries.map(({ key }, position) => [key, position]));
  const lift = (outline: Outline): Map<string, OutlineEdge> =>
    new Map(
      outline.edges.map(([from, to]) => {
        const ends: OutlineEdge = [
          positions.get(outline.elements[from]?.key ?? '') ?? -1,
          positions.get(outline.elements[to]?.key ?? '') ?? -1,
        ];
        return [ends.join(' '), ends];
      }),
    );
  const [old, fresh] = [lift(before), lift(after)];
  return [
    ...[...fresh].map(([name, ends]): DiffEdge => ({ ends, status: old.has(name) ? 'equal' : 'added' })),
    ...[...old].filter(([name]) => !fresh.has(name)).map(([, ends]): DiffEdge => ({ ends, status: 'removed' })),
  ];
}

/** A block of either network is one here, unless a group around it is; what changed in it is gathered. */
function markBlocks(entries: readonly Entry[]): void {
  const isInBlock: boolean[] = [];
  entries.forEach((entry, position) => {
    const around = entry.parent >= 0 && (isInBlock[entry.parent] === true || entries[entry.parent]?.isBlock === true);
    isInBlock[position] = around;
    if (entry.kind === 'group') entry.isBlock = !around && ownsNodes(entries, position);
    if (entry.isBlock && entry.status === 'changed') entry.changes = gather(entries, position);
  });
}

function ownsNodes(entries: readonly Entry[], group: number): boolean {
  for (let i = group + 1; i < entries.length && (entries[i] as Entry).depth > (entries[group] as Entry).depth; i++) {
    if (entries[i]?.parent === group && entries[i]?.kind === 'node') return true;
  }
  return false;
}

/** Each difference once, though several layers show it; what only follows from others is told where nothing else is. */
function gather(entries: readonly Entry[], block: number): AttributeChange[] {
  const { depth, key } = entries[block] as Entry;
  const told = new Map<string, AttributeChange>();
  const following = new Map<string, AttributeChange>();
  const add = (change: AttributeChange, table = told): unknown => table.set(`${change.attribute} ${change.from} ${change.to}`, change);
  for (let i = block + 1; i < entries.length && (entries[i] as Entry).depth > depth; i++) {
    const entry = entries[i] as Entry;
    const around = entries[entry.parent] as Entry;
    if (around.status === 'added' || around.status === 'removed') continue; // said of the group around it
    const place = around === entries[block] ? '' : `${around.key.slice(key.length + 1)} `;
    if (entry.status === 'added' || entry.status === 'removed') {
      const attribute = entry.kind === 'group' ? entry.key.slice(key.length + 1) : `${place}${entry.title}`;
      add(entry.status === 'added' ? { attribute, from: 'none', to: 'present' } : { attribute, from: 'present', to: 'none' });
    }
    for (const change of entry.kind === 'node' ? entry.changes : []) {
      add({ ...change, attribute: `${place}${change.attribute}` }, followingFacts.has(change.attribute) ? following : told);
    }
  }
  return told.size > 0 ? [...told.values()] : [...following.values()].slice(-1);
}

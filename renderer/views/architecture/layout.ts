import dagre from '@dagrejs/dagre';
import { childrenOf, standIns } from './tree.ts';
import type { TreeElement } from './tree.ts';

export interface LayoutSource {
  readonly elements: readonly TreeElement[];
  readonly edges: readonly (readonly [number, number])[];
}

export interface LayoutRequest {
  readonly open: readonly string[];
  /** Rows by the longest way alone, without looking for few crossings: quick for any size. */
  readonly isSimple: boolean;
}

/** Columns: entry i is one box. An open group is a frame around what is in it. */
export interface GraphLayout {
  /** Positions among the elements. */
  readonly boxes: readonly number[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly width: readonly number[];
  readonly height: readonly number[];
  readonly isOpen: readonly boolean[];
  /** Between boxes that are not frames, each once; positions among the elements. */
  readonly edges: readonly (readonly [number, number])[];
  readonly size: readonly [width: number, height: number];
}

export const boxSize = { width: 172, height: 38 } as const;
const gaps = { rank: 18, node: 16 } as const;
const frame = { side: 12, top: 26, bottom: 12 } as const;

interface Level {
  readonly width: number;
  readonly height: number;
  /** Left upper corner of each child. */
  readonly places: ReadonlyMap<number, readonly [x: number, y: number]>;
}

/**
 * Where everything stands: each open group is laid out on its own and then stands in the one around it as one box. So a network of thousands of
 * nodes is many small layouts, and opening a group moves what is around it but not what is in it.
 */
export function layoutGraph(source: LayoutSource, { open, isSimple }: LayoutRequest): GraphLayout {
  const { elements } = source;
  const opened = new Set(open);
  const children = childrenOf(elements);
  const shown = standIns(elements, opened);
  const edges = visibleEdges(source, shown);
  const inner = edgesByLevel(elements, edges);
  const isFrame = (position: number): boolean => elements[position]?.kind === 'group' && opened.has(elements[position]?.key ?? '');
  const levels = new Map<number, Level>();

  const sizeOf = (position: number): readonly [number, number] => {
    if (!isFrame(position)) return [boxSize.width, boxSize.height];
    const { width, height } = layoutLevel(position);
    return [Math.max(width, boxSize.width) + 2 * frame.side, height + frame.top + frame.bottom];
  };
  function layoutLevel(group: number): Level {
    const members = children[group + 1] ?? [];
    const sizes = new Map(members.map((member) => [member, sizeOf(member)]));
    const level = arrange(members, sizes, inner.get(group) ?? [], isSimple);
    levels.set(group, level);
    return level;
  }

  const whole = layoutLevel(-1);
  const columns = {
    boxes: [] as number[],
    x: [] as number[],
    y: [] as number[],
    width: [] as number[],
    height: [] as number[],
    isOpen: [] as boolean[],
  };
  const place = (group: number, left: number, top: number): void => {
    for (const member of children[group + 1] ?? []) {
      const [x, y] = levels.get(group)?.places.get(member) ?? [0, 0];
      const isOpen = isFrame(member);
      const level = levels.get(member);
      const [width, height] =
        isOpen && level !== undefined
          ? [Math.max(level.width, boxSize.width) + 2 * frame.side, level.height + frame.top + frame.bottom]
          : [boxSize.width, boxSize.height];
      columns.boxes.push(member);
      columns.x.push(left + x);
      columns.y.push(top + y);
      columns.width.push(width);
      columns.height.push(height);
      columns.isOpen.push(isOpen);
      if (isOpen) place(member, left + x + frame.side + Math.max(0, (boxSize.width - (level?.width ?? 0)) / 2), top + y + frame.top);
    }
  };
  place(-1, 0, 0);
  return { ...columns, edges, size: [whole.width, whole.height] };
}

function visibleEdges({ edges }: LayoutSource, shown: readonly number[]): readonly (readonly [number, number])[] {
  const found = new Map<string, readonly [number, number]>();
  for (const [from, to] of edges) {
    const pair = [shown[from] ?? from, shown[to] ?? to] as const;
    if (pair[0] !== pair[1]) found.set(pair.join(' '), pair);
  }
  return [...found.values()];
}

/** Each edge stands in the innermost group that holds both ends, between what is directly in it. */
function edgesByLevel(
  elements: readonly TreeElement[],
  edges: readonly (readonly [number, number])[],
): ReadonlyMap<number, readonly (readonly [number, number])[]> {
  const pathOf = (position: number): number[] => {
    const path: number[] = [];
    for (let at = position; at >= 0; at = elements[at]?.parent ?? -1) path.push(at);
    return path.reverse();
  };
  const levels = new Map<number, Map<string, readonly [number, number]>>();
  for (const [from, to] of edges) {
    const [a, b] = [pathOf(from), pathOf(to)];
    let depth = 0;
    while (depth < a.length && depth < b.length && a[depth] === b[depth]) depth++;
    const pair = [a[depth] ?? from, b[depth] ?? to] as const;
    const group = depth === 0 ? -1 : (a[depth - 1] ?? -1);
    const level = levels.get(group) ?? new Map<string, readonly [number, number]>();
    levels.set(group, level.set(pair.join(' '), pair));
  }
  return new Map([...levels].map(([group, level]) => [group, [...level.values()]]));
}

function arrange(
  members: readonly number[],
  sizes: ReadonlyMap<number, readonly [number, number]>,
  edges: readonly (readonly [number, number])[],
  isSimple: boolean,
): Level {
  const rows = rowsOf(members, edges);
  if (isSimple || rows.every((row) => row.length === 1)) return stack(rows, sizes);
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', ranksep: gaps.rank, nodesep: gaps.node, edgesep: 8, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const member of members) {
    const [width, height] = sizes.get(member) ?? [0, 0];
    graph.setNode(String(member), { width, height });
  }
  for (const [from, to] of edges) graph.setEdge(String(from), String(to));
  dagre.layout(graph);
  const corners = members.map((member) => {
    const { x = 0, y = 0, width = 0, height = 0 } = graph.node(String(member)) as Partial<Record<'x' | 'y' | 'width' | 'height', number>>;
    return { member, left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
  });
  const left = Math.min(...corners.map((corner) => corner.left));
  const top = Math.min(...corners.map((corner) => corner.top));
  return {
    width: Math.max(...corners.map((corner) => corner.right)) - left,
    height: Math.max(...corners.map((corner) => corner.bottom)) - top,
    places: new Map(corners.map((corner) => [corner.member, [corner.left - left, corner.top - top] as const])),
  };
}

/** Every box below all that it reads. The members come in the order in which the network computes, so one pass is enough. */
function rowsOf(members: readonly number[], edges: readonly (readonly [number, number])[]): readonly (readonly number[])[] {
  const before = new Map<number, number[]>();
  for (const [from, to] of edges) before.set(to, [...(before.get(to) ?? []), from]);
  const rank = new Map<number, number>();
  for (const member of members) {
    rank.set(member, Math.max(0, ...(before.get(member) ?? []).map((from) => (rank.has(from) ? 1 + (rank.get(from) ?? 0) : 0))));
  }
  const rows: number[][] = [];
  for (const member of members) (rows[rank.get(member) ?? 0] ??= []).push(member);
  return rows.filter((row) => row !== undefined);
}

function stack(rows: readonly (readonly number[])[], sizes: ReadonlyMap<number, readonly [number, number]>): Level {
  const widthOf = (row: readonly number[]): number =>
    row.reduce((sum, member) => sum + (sizes.get(member)?.[0] ?? 0), 0) + gaps.node * Math.max(0, row.length - 1);
  const width = Math.max(0, ...rows.map(widthOf));
  const places = new Map<number, readonly [number, number]>();
  let y = 0;
  for (const row of rows) {
    let x = (width - widthOf(row)) / 2;
    const height = Math.max(0, ...row.map((member) => sizes.get(member)?.[1] ?? 0));
    for (const member of row) {
      places.set(member, [x, y]);
      x += (sizes.get(member)?.[0] ?? 0) + gaps.node;
    }
    y += height + gaps.rank;
  }
  return { width, height: Math.max(0, y - gaps.rank), places };
}

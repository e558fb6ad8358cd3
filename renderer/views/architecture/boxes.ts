import type { GraphLayout } from './layout.ts';
import type { ShownPart } from './shown-part.ts';
import type { Rectangle } from './use-viewport.ts';

/** A part where the layout has put it. */
export interface Box extends Rectangle {
  readonly part: ShownPart;
  readonly isOpen: boolean;
}

export type Boxes = ReadonlyMap<number, Box>;

/** By position among the parts; frames before what is in them. */
export function boxesOf(parts: readonly ShownPart[], { boxes, x, y, width, height, isOpen }: GraphLayout): Boxes {
  return new Map(
    boxes.flatMap((position, i) => {
      const part = parts[position];
      if (part === undefined) return [];
      const box: Box = { part, x: x[i] ?? 0, y: y[i] ?? 0, width: width[i] ?? 0, height: height[i] ?? 0, isOpen: isOpen[i] === true };
      return [[position, box]];
    }),
  );
}

/** A little beyond what is in sight, so that nothing pops up at the edge. */
const around = 60;

export function inSight({ x, y, width, height }: Rectangle, seen: Rectangle): boolean {
  return (
    x < seen.x + seen.width + around && x + width > seen.x - around && y < seen.y + seen.height + around && y + height > seen.y - around
  );
}

export interface DrawnEdge {
  readonly key: string;
  readonly path: string;
  /** At the selected part. */
  readonly isNear: boolean;
}

/** From the lower side of a box to the upper side of another, as a curve. */
export function drawnEdges(edges: GraphLayout['edges'], boxes: Boxes, seen: Rectangle, selected: number | undefined): readonly DrawnEdge[] {
  return edges.flatMap(([from, to]) => {
    const [a, b] = [boxes.get(from), boxes.get(to)];
    if (a === undefined || b === undefined) return [];
    const [x1, y1, x2, y2] = [a.x + a.width / 2, a.y + a.height, b.x + b.width / 2, b.y];
    const extent = { x: Math.min(x1, x2), y: Math.min(y1, y2), width: Math.abs(x2 - x1), height: Math.abs(y2 - y1) };
    if (!inSight(extent, seen)) return [];
    const bend = Math.max(12, Math.abs(y2 - y1) / 2);
    const path = `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2 - 5}`;
    return [{ key: `${from} ${to}`, path, isNear: from === selected || to === selected }];
  });
}

/**
 * Where an arrow key leads from a box: up and down along the edges, left and right within the row. From nowhere: to the first box.
 */
export function neighbourOf(key: string, from: number | undefined, boxes: Boxes, edges: GraphLayout['edges']): number | undefined {
  const here = from === undefined ? undefined : boxes.get(from);
  if (here === undefined) return [...boxes.values()].find((box) => !box.isOpen)?.part.position;
  const nearest = (candidates: readonly Box[]): number | undefined =>
    candidates.toSorted((a, b) => Math.hypot(a.x - here.x, a.y - here.y) - Math.hypot(b.x - here.x, b.y - here.y))[0]?.part.position;
  const at = (positions: readonly number[]): readonly Box[] => positions.flatMap((position) => boxes.get(position) ?? []);
  if (key === 'ArrowDown') return nearest(at(edges.filter(([source]) => source === from).map(([, target]) => target)));
  if (key === 'ArrowUp') return nearest(at(edges.filter(([, target]) => target === from).map(([source]) => source)));
  const side = key === 'ArrowLeft' ? -1 : 1;
  return nearest([...boxes.values()].filter((box) => !box.isOpen && (box.x - here.x) * side > 1 && Math.abs(box.y - here.y) < around));
}

import type { LineageEntry } from '../../electron/ipc/architecture.ts';

export interface LineagePlace {
  readonly entry: LineageEntry;
  readonly x: number;
  readonly y: number;
}

export interface LineageDrawing {
  readonly width: number;
  readonly height: number;
  readonly places: readonly LineagePlace[];
  /** From a parent to its child; the first parent of each is drawn stronger. */
  readonly links: readonly { readonly key: string; readonly path: string; readonly isFirst: boolean }[];
}

export const lineageBox = { width: 106, height: 40 } as const;
const gaps = { column: 26, row: 10 } as const;

/** Ancestors from left to right by generation, the trial itself at the right end. */
export function lineageDrawing(entries: readonly LineageEntry[]): LineageDrawing {
  const columns = new Map<number, LineageEntry[]>();
  for (const entry of entries) columns.set(entry.generation, [...(columns.get(entry.generation) ?? []), entry]);
  const longest = Math.max(0, ...[...columns.values()].map((column) => column.length));
  const height = longest * lineageBox.height + Math.max(0, longest - 1) * gaps.row;
  const order = [...columns.keys()].sort((a, b) => a - b);
  const places = order.flatMap((generation, column) => {
    const members = columns.get(generation) ?? [];
    const top = (height - members.length * lineageBox.height - (members.length - 1) * gaps.row) / 2;
    return members.map((entry, row): LineagePlace => ({
      entry,
      x: column * (lineageBox.width + gaps.column),
      y: top + row * (lineageBox.height + gaps.row),
    }));
  });
  const byTrial = new Map(places.map((place) => [place.entry.trial, place]));
  const links = places.flatMap(({ entry, x, y }) =>
    entry.parents.flatMap((parent, index) => {
      const from = byTrial.get(parent);
      if (from === undefined) return [];
      const [x1, y1, y2] = [from.x + lineageBox.width, from.y + lineageBox.height / 2, y + lineageBox.height / 2];
      const middle = (x1 + x) / 2;
      return [{ key: `${parent} ${entry.trial}`, path: `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x} ${y2}`, isFirst: index === 0 }];
    }),
  );
  const width = order.length * lineageBox.width + Math.max(0, order.length - 1) * gaps.column;
  return { width, height, places, links };
}

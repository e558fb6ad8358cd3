export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Place extends Size {
  /** Left upper corner. */
  readonly x: number;
  readonly y: number;
}

export interface Layout extends Size {
  readonly places: readonly Place[];
}

export interface LayoutGaps {
  readonly betweenRows: number;
  readonly inRow: number;
}

/**
 * Boxes in rows from top to bottom: each stands below everything that it reads (the longest way decides its row), and within a row near what it
 * reads (mean position of the neighbours above, then below, in turn). For drawings in files; edges that would run upwards are left out of the order.
 */
export function layeredLayout(sizes: readonly Size[], edges: readonly (readonly [number, number])[], gaps: LayoutGaps): Layout {
  const rows = rowsOf(sizes.length, edges);
  order(rows, edges);
  const widths = rows.map((row) => row.reduce((sum, i) => sum + (sizes[i]?.width ?? 0), 0) + gaps.inRow * Math.max(0, row.length - 1));
  const width = Math.max(0, ...widths);
  const places: Place[] = new Array<Place>(sizes.length);
  let y = 0;
  rows.forEach((row, r) => {
    const height = Math.max(0, ...row.map((i) => sizes[i]?.height ?? 0));
    let x = (width - (widths[r] ?? 0)) / 2;
    for (const i of row) {
      const size = sizes[i] as Size;
      places[i] = { ...size, x, y: y + (height - size.height) / 2 };
      x += size.width + gaps.inRow;
    }
    y += height + gaps.betweenRows;
  });
  return { width, height: Math.max(0, y - gaps.betweenRows), places };
}

function rowsOf(count: number, edges: readonly (readonly [number, number])[]): number[][] {
  const rank = new Array<number>(count).fill(0);
  const open = new Array<number>(count).fill(0);
  const next: number[][] = Array.from({ length: count }, () => []);
  for (const [from, to] of edges) {
    if (from === to) continue;
    next[from]?.push(to);
    open[to] = (open[to] ?? 0) + 1;
  }
  const ready = [...open.keys()].filter((i) => open[i] === 0);
  const done = new Set<number>();
  const waiting = [...open.keys()];
  while (done.size < count) {
    // In a circle nobody is ready: the first that is left goes on.
    const i = ready.shift() ?? waiting.find((candidate) => !done.has(candidate));
    if (i === undefined) break;
    if (done.has(i)) continue;
    done.add(i);
    for (const to of next[i] ?? []) {
      if (done.has(to)) continue;
      rank[to] = Math.max(rank[to] ?? 0, (rank[i] ?? 0) + 1);
      open[to] = (open[to] ?? 0) - 1;
      if (open[to] === 0) ready.push(to);
    }
  }
  const rows: number[][] = [];
  rank.forEach((row, i) => (rows[row] ??= []).push(i));
  return rows.filter((row) => row !== undefined);
}

function order(rows: number[][], edges: readonly (readonly [number, number])[]): void {
  const above = new Map<number, number[]>();
  const below = new Map<number, number[]>();
  for (const [from, to] of edges) {
    above.set(to, [...(above.get(to) ?? []), from]);
    below.set(from, [...(below.get(from) ?? []), to]);
  }
  const position = new Map<number, number>();
  const note = (row: readonly number[]): void => row.forEach((i, p) => position.set(i, (p + 0.5) / row.length));
  rows.forEach(note);
  const sweep = (list: readonly number[][], neighbours: ReadonlyMap<number, readonly number[]>): void => {
    for (const row of list) {
      const wish = new Map(
        row.map((i) => [
          i,
          mean(
            (neighbours.get(i) ?? []).map((n) => position.get(n) ?? 0.5),
            position.get(i) ?? 0.5,
          ),
        ]),
      );
      row.sort((a, b) => (wish.get(a) ?? 0) - (wish.get(b) ?? 0) || a - b);
      note(row);
    }
  };
  for (let i = 0; i < 3; i++) {
    sweep(rows, above);
    sweep(rows.toReversed(), below);
  }
  sweep(rows, above);
}

function mean(values: readonly number[], otherwise: number): number {
  return values.length === 0 ? otherwise : values.reduce((sum, value) => sum + value, 0) / values.length;
}

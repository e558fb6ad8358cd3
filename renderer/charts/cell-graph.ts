import type { CellTrial } from '../../electron/ipc/dynamics.ts';

/** A box of a cell's drawing, px. */
export interface CellBox {
  readonly key: string;
  readonly title: string;
  /** Rates or grid, heights first. */
  readonly detail: string;
  readonly x: number;
  readonly y: number;
  readonly kind: 'end' | 'conv' | 'atrous' | 'pool';
}

export interface CellDrawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly CellBox[];
  readonly links: readonly { readonly key: string; readonly path: string; readonly isOutput: boolean }[];
}

export const cellBox = { width: 92, height: 38 } as const;
const gap = { x: 14, y: 30 } as const;

/** Features above, below them every branch as deep as its chain of inputs, the concatenation of all at the bottom. */
export function cellDrawing({ branches }: Pick<CellTrial, 'branches'>): CellDrawing {
  const depths: number[] = [];
  for (const { input } of branches) depths.push(input < 0 ? 1 : (depths[input] ?? 0) + 1);
  const rows = Math.max(0, ...depths);
  const columnsOf = (depth: number): number[] => branches.flatMap((_, b) => (depths[b] === depth ? [b] : []));
  const widest = Math.max(1, ...Array.from({ length: rows }, (_, row) => columnsOf(row + 1).length));
  const width = widest * cellBox.width + (widest - 1) * gap.x;
  const yOf = (row: number): number => row * (cellBox.height + gap.y);
  const xOf = (place: number, count: number): number => {
    const own = count * cellBox.width + (count - 1) * gap.x;
    return (width - own) / 2 + place * (cellBox.width + gap.x);
  };
  const middle = xOf(0, 1);
  const boxes = branches.map(({ label }, b): CellBox => {
    const row = columnsOf(depths[b] ?? 1);
    return { key: `branch${b}`, ...wordsOf(label), x: xOf(row.indexOf(b), row.length), y: yOf(depths[b] ?? 1) };
  });
  const features: CellBox = { key: 'features', title: 'features', detail: 'of the backbone', x: middle, y: 0, kind: 'end' };
  const output: CellBox = { key: 'concat', title: 'concatenate', detail: 'then 1x1', x: middle, y: yOf(rows + 1), kind: 'end' };
  const inputs = branches.map(({ input }, b) => ({
    key: `in ${b}`,
    path: curve(input < 0 ? features : boxes[input]!, boxes[b]!),
    isOutput: false,
  }));
  const outputs = boxes.map((box) => ({ key: `out ${box.key}`, path: curve(box, output), isOutput: true }));
  return { width, height: yOf(rows + 1) + cellBox.height, boxes: [features, ...boxes, output], links: [...outputs, ...inputs] };
}

/** From the bottom of one box to the top of another. */
function curve(from: CellBox, to: CellBox): string {
  const [x1, y1, x2, y2] = [from.x + cellBox.width / 2, from.y + cellBox.height, to.x + cellBox.width / 2, to.y];
  const bend = Math.min(40, (y2 - y1) / 2);
  return `M${x1},${y1} C${x1},${y1 + bend} ${x2},${y2 - bend} ${x2},${y2}`;
}

/** 'a6x21' -> atrous 3x3, rates 6 x 21. */
function wordsOf(label: string): Pick<CellBox, 'title' | 'detail' | 'kind'> {
  const size = label.slice(1).replace('x', ' × ');
  if (label.startsWith('a')) return { kind: 'atrous', title: 'atrous 3x3', detail: `rates ${size}` };
  if (label.startsWith('p')) return { kind: 'pool', title: 'pyramid pool', detail: `grid ${size}` };
  return { kind: 'conv', title: 'conv 1x1', detail: 'no rate' };
}

import { expect, test } from 'vitest';
import { cellBox, cellDrawing } from '../../../renderer/charts/cell-graph.ts';

const drawing = cellDrawing({
  branches: [
    { label: 'a1x6', input: -1 },
    { label: 'a18x15', input: 0 },
    { label: 'a6x3', input: 1 },
    { label: 'p2x4', input: 0 },
    { label: 'c1', input: -1 },
  ],
});
const boxOf = (key: string) => drawing.boxes.find((box) => box.key === key)!;

test('a branch lies below what it reads, the concatenation below all', () => {
  expect(boxOf('branch0').y).toBeGreaterThan(boxOf('features').y);
  expect(boxOf('branch4').y).toBe(boxOf('branch0').y);
  expect(boxOf('branch3').y).toBe(boxOf('branch1').y);
  expect(boxOf('branch2').y).toBeGreaterThan(boxOf('branch1').y);
  expect(boxOf('concat').y).toBeGreaterThan(boxOf('branch2').y);
});

test('boxes of one row do not overlap and stay within the drawing', () => {
  for (const a of drawing.boxes) {
    expect(a.x).toBeGreaterThanOrEqual(0);
    expect(a.x + cellBox.width).toBeLessThanOrEqual(drawing.width);
    for (const b of drawing.boxes) if (a !== b && a.y === b.y) expect(Math.abs(a.x - b.x)).toBeGreaterThanOrEqual(cellBox.width);
  }
});

test('every branch has a link from its input and one to the concatenation; rates and grids are in words, heights first', () => {
  expect(drawing.links.filter(({ isOutput }) => isOutput)).toHaveLength(5);
  expect(drawing.links.filter(({ isOutput }) => !isOutput)).toHaveLength(5);
  expect(boxOf('branch1')).toMatchObject({ kind: 'atrous', detail: 'rates 18 × 15' });
  expect(boxOf('branch3')).toMatchObject({ kind: 'pool', detail: 'grid 2 × 4' });
});

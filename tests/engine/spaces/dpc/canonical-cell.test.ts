import { describe, expect, it } from 'vitest';
import { rngFor } from '../../../../engine/rng.ts';
import { canonicalCell, cellText, countCells, countEncodings } from '../../../../engine/spaces/dpc/canonical-cell.ts';
import { operations, type DpcCell } from '../../../../engine/spaces/dpc/cell.ts';
import { drawCell } from '../../../../engine/spaces/dpc/choices.ts';
import { cellId } from '../../../../engine/spaces/dpc/cell-id.ts';
import { publishedCell } from './published-cell.ts';

/** All orders of the branches in which every branch comes after the one it reads. */
function reorderings(cell: DpcCell): DpcCell[] {
  const extend = (order: readonly number[]): (readonly number[])[] => {
    if (order.length === cell.length) return [order];
    const next = cell.map((_, b) => b).filter((b) => !order.includes(b) && (cell[b]!.input < 0 || order.includes(cell[b]!.input)));
    return next.flatMap((b) => extend([...order, b]));
  };
  return extend([]).map((order) => order.map((b) => ({ ...cell[b]!, input: cell[b]!.input < 0 ? -1 : order.indexOf(cell[b]!.input) })));
}

/** Every encoding of `branches` branches with the first `colours` operations. */
function allCells(branches: number, colours: number): DpcCell[] {
  if (branches === 0) return [[]];
  const options = operations
    .slice(0, colours)
    .flatMap((operation) => Array.from({ length: branches }, (_, input) => ({ operation, input: input - 1 })));
  return allCells(branches - 1, colours).flatMap((cell) => options.map((branch) => [...cell, branch]));
}

describe('canonical form', () => {
  it.each([
    ['top1', 'F(a1x6(a18x15(a6x3),a1x1,a6x21))', 12],
    ['aspp', 'F(a12x12,a18x18,a6x6,c1,p1x1)', 120],
  ] as const)('%s is %s in all its encodings', (name, text, encodings) => {
    const orders = reorderings(publishedCell(name));
    expect(new Set(orders.map(cellId)).size).toBe(encodings);
    expect(new Set(orders.map(cellText))).toEqual(new Set([text]));
    expect(new Set(orders.map((cell) => cellId(canonicalCell(cell)))).size).toBe(1);
  });

  it('the published cell is in canonical order', () => {
    expect(canonicalCell(publishedCell('top1'))).toEqual(publishedCell('top1'));
  });

  it('it is one of the orders of the cell, stable, and equal texts mean equal canonical cells', () => {
    for (let n = 0; n < 50; n++) {
      const cell = drawCell(5, rngFor(7, 'cell', n));
      const canonical = canonicalCell(cell);
      expect(reorderings(cell).map(cellId)).toContain(cellId(canonical));
      expect(canonicalCell(canonical)).toEqual(canonical);
      expect(cellText(canonical)).toBe(cellText(cell));
    }
  });

  it.each([
    [2, 3, 26],
    [3, 3, 82],
    [2, 4, 107],
    [3, 4, 495],
    [2, 5, 458],
  ])('%i operations, %i branches: %i different cells, by enumeration and by the formula', (colours, branches, expected) => {
    const cells = allCells(branches, colours);
    expect(new Set(cells.map(cellText)).size).toBe(expected);
    expect(new Set(cells.map((cell) => cellId(canonicalCell(cell)))).size).toBe(expected);
    expect(countCells(branches, colours)).toBe(BigInt(expected));
  });
});

describe('size of the space (specification section 1)', () => {
  it.each([
    [1, 81n, 81n],
    [2, 13_122n, 9_882n],
    [3, 3_188_646n, 1_423_764n],
    [4, 1_033_121_304n, 225_405_909n],
    [5, 418_414_128_120n, 37_888_452_756n],
    [6, 203_349_266_266_320n, 6_638_493_252_960n],
    [8, 74_713_774_014_506_229_120n, 221_698_432_543_111_344n],
  ])('%i branches: %s encodings, %s cells', (branches, encodings, cells) => {
    expect(countEncodings(branches)).toBe(encodings);
    expect(countCells(branches)).toBe(cells);
  });
});

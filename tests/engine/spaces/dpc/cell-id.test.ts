import { describe, expect, it } from 'vitest';
import { canonicalCell } from '../../../../engine/spaces/dpc/canonical-cell.ts';
import type { DpcCell } from '../../../../engine/spaces/dpc/cell.ts';
import { cellId, cellOfId } from '../../../../engine/spaces/dpc/cell-id.ts';
import { publishedCell } from './published-cell.ts';

describe('cell numbers (specification section 12.7)', () => {
  it('the published cell, ASPP with image pooling last, and the largest number', () => {
    expect(cellId(publishedCell('top1'))).toBe(108_741_578_790n);
    expect(cellId(publishedCell('aspp'))).toBe(67_328_747_343n);
    const largest: DpcCell = Array.from({ length: 5 }, (_, b) => ({ operation: { kind: 'pool', grid: [8, 8] }, input: b - 1 }));
    expect(cellId(largest)).toBe(418_414_128_119n);
  });

  it.each([
    [0n, 5],
    [108_741_578_790n, 5],
    [418_414_128_119n, 5],
    [74_713_774_014_506_229_119n, 8],
  ])('%s of %i branches comes back', (id, branches) => {
    expect(cellId(cellOfId(id, branches))).toBe(id);
  });

  it('a number beyond the space and an operation beyond it are refused', () => {
    expect(() => cellOfId(418_414_128_120n, 5)).toThrow(/no cell 418414128120 of 5 branches/);
    expect(() => cellOfId(-1n, 5)).toThrow(RangeError);
    const cell: DpcCell = [{ operation: { kind: 'atrous', rate: [6, 24] }, input: -1 }];
    expect(() => cellId(cell)).toThrow(/branch 0 has operation a6x24/);
    expect(cellId(canonicalCell([{ operation: { kind: 'conv' }, input: -1 }]))).toBe(0n);
  });
});

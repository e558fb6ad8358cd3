import { describe, expect, it } from 'vitest';
import { operationIndex, operationLabel, operations } from '../../../../engine/spaces/dpc/cell.ts';

describe('operations', () => {
  it('1x1, then rates, then grids, the height slowest: 81 with labels of their own', () => {
    expect(operations).toHaveLength(81);
    expect([0, 1, 3, 24, 54, 64, 65, 66, 80].map((index) => operationLabel(operations[index]!))).toEqual([
      'c1',
      'a1x1',
      'a1x6',
      'a6x21',
      'a18x15',
      'a21x21',
      'p1x1',
      'p1x2',
      'p8x8',
    ]);
    expect(new Set(operations.map(operationLabel)).size).toBe(81);
    expect(operations.map(operationIndex)).toEqual(operations.map((_, index) => index));
  });

  it('rates and grids beyond the space have no index', () => {
    expect(operationIndex({ kind: 'atrous', rate: [6, 24] })).toBeUndefined(); // drawn in the paper's figure 2 only
    expect(operationIndex({ kind: 'pool', grid: [1, 3] })).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { smoothed } from '../../../renderer/charts/smooth.ts';
import { sparkPath } from '../../../renderer/charts/spark-path.ts';

describe('curves', () => {
  it('smoothing leaves a constant as it is from the first value on', () => {
    for (const value of smoothed([3, 3, 3, 3], 0.9)) expect(value).toBeCloseTo(3, 12);
  });

  it('weight 0.5 on 0, 1: (0.5 * 0 * 0.5 + 0.5 * 1) / 0.75', () => {
    expect(smoothed([0, 1], 0.5)[1]).toBeCloseTo(0.5 / 0.75, 12);
    expect(smoothed([0, 1], 0)).toEqual([0, 1]);
  });

  it('a value that is no number stays a gap and does not pull the rest', () => {
    const values = smoothed([2, NaN, 2], 0.8);
    expect(values[1]).toBeNaN();
    expect(values[2]).toBeCloseTo(2, 12);
  });

  it('a spark line fills its box from the lowest to the highest value', () => {
    expect(sparkPath([0, 10, 5], { width: 22, height: 14 })).toBe('M2.0 12.0L11.0 2.0L20.0 7.0');
    expect(sparkPath([4], { width: 22, height: 14 })).toBe('');
    expect(sparkPath([4, 4], { width: 22, height: 14 })).toBe('M2.0 7.0L20.0 7.0');
  });
});

import { expect, test } from 'vitest';
import { spearmanRho } from '../../../engine/metrics/spearman.ts';

test('agreement, its reverse, and a case worked out by hand', () => {
  expect(spearmanRho([1, 2, 3, 4], [10, 20, 30, 40])).toBe(1);
  expect(spearmanRho([1, 2, 3, 4], [4, 3, 2, 1])).toBe(-1);
  // ranks 0 1 2 3 against 1 0 3 2: 1 - 6 * (1 + 1 + 1 + 1) / (4 * 15) = 0.6
  expect(spearmanRho([1, 2, 3, 4], [2, 1, 4, 3])).toBeCloseTo(0.6, 12);
});

test('ties share their mean rank', () => {
  // ranks 0.5 0.5 2 against 0 1 2: 1.5 / sqrt(1.5 * 2)
  expect(spearmanRho([5, 5, 9], [1, 2, 3])).toBeCloseTo(1.5 / Math.sqrt(3), 12);
});

test('values that are not finite are left out; nothing to compare is undefined', () => {
  expect(spearmanRho([1, NaN, 2], [3, 0, 4])).toBe(1);
  expect(spearmanRho([1, 1], [3, 4])).toBeUndefined();
  expect(spearmanRho([], [])).toBeUndefined();
  expect(() => spearmanRho([1], [])).toThrow(RangeError);
});

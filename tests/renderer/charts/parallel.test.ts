import { describe, expect, test } from 'vitest';
import { axisX, axisY, brushedLines, nearestLine, parallelAxis, shareOf, valueAt } from '../../../renderer/charts/parallel.ts';

const text = String;
const area = { left: 0, right: 100, top: 0, bottom: 100 };
const axis = (key: string, values: readonly (number | null)[], isLog = false) =>
  parallelAxis({ key, title: key, hint: '', values, isLog, text });

describe('parallel coordinates', () => {
  const axes = [axis('k', [1, 3, null]), axis('macs', [10, 1000, 100], true)];

  test('places on linear and logarithmic axes, and back', () => {
    expect(axes[0]).toMatchObject({ low: 1, high: 3 });
    expect(shareOf(axes[1]!, 100)).toBeCloseTo(0.5, 12);
    expect(valueAt(axes[1]!, 0.5)).toBeCloseTo(100, 9);
    expect(valueAt(axes[0]!, 7)).toBe(3);
    expect(axisY(axes[0]!, 1, area)).toBe(100);
    expect([axisX(0, 2, area), axisX(1, 2, area)]).toEqual([0, 100]);
    expect(axisY(axis('same', [4, 4]), 4, area)).toBe(50);
  });

  test('brushes on several axes hold together; a line without a value passes none', () => {
    expect([...brushedLines(axes, [{ key: 'k', from: 2, to: 3 }], 3)]).toEqual([0, 1, 0]);
    expect([...brushedLines(axes, [{ key: 'macs', from: 50, to: Infinity }], 3)]).toEqual([0, 1, 1]);
    expect([
      ...brushedLines(
        axes,
        [
          { key: 'k', from: 2, to: 3 },
          { key: 'macs', from: 0, to: 500 },
        ],
        3,
      ),
    ]).toEqual([0, 0, 0]);
    expect([...brushedLines(axes, [{ key: 'gone', from: 2, to: 3 }], 3)]).toEqual([1, 1, 1]);
  });

  test('the nearest line between two axes; a broken one is not there', () => {
    // line 0 goes along the bottom, line 1 along the top
    expect(nearestLine(axes, [0, 1, 2], area, { x: 50, y: 95 })).toBe(0);
    expect(nearestLine(axes, [0, 1, 2], area, { x: 50, y: 4 })).toBe(1);
    expect(nearestLine(axes, [0, 1, 2], area, { x: 50, y: 50 })).toBeUndefined();
  });
});

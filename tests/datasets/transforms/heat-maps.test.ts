import { describe, expect, test } from 'vitest';
import { drawHeatMaps } from '../../../datasets/transforms/heat-maps.ts';
import type { Joint } from '../../../datasets/transforms/joints.ts';

const height = 64;
const width = 48;

function draw(joints: readonly (readonly [number, number, boolean?])[], sigma = 2) {
  const list = joints.map(([x, y, isLabelled = true]): Joint => ({ x, y, isLabelled }));
  const targets = new Float32Array(height * width * list.length);
  const weights = new Float32Array(list.length);
  drawHeatMaps({ height, width, targets, weights }, list, 4, sigma);
  const at = (x: number, y: number, joint = 0): number => targets[(y * width + x) * list.length + joint] as number;
  const drawn = (joint = 0): number => targets.filter((value, i) => i % list.length === joint && value > 0).length;
  return { at, drawn, weights: [...weights] };
}

describe('a joint inside', () => {
  test('(100.3, 50.7) peaks at (25, 13) with 1, in a window of 13 x 13', () => {
    const { at, drawn, weights } = draw([[100.3, 50.7]]);
    expect(at(25, 13)).toBe(1);
    expect(drawn()).toBe(169);
    expect(at(31, 19)).toBeCloseTo(Math.exp(-72 / 8), 7);
    expect(at(24, 15)).toBeCloseTo(Math.exp(-5 / 8), 7);
    expect([at(32, 13), at(18, 13), at(25, 20), at(25, 6)]).toEqual([0, 0, 0, 0]);
    expect(weights).toEqual([1]);
  });

  test('sigma 3: a window of 19 x 19', () => {
    expect(draw([[100, 100]], 3).drawn()).toBe(361);
  });

  test('maps of joints do not touch each other; one that is not labelled has none', () => {
    const { drawn, weights, at } = draw([
      [40, 40],
      [80, 80, false],
      [120, 200],
    ]);
    expect([drawn(0), drawn(1), drawn(2)]).toEqual([169, 0, 169]);
    expect([at(10, 10, 0), at(30, 50, 2)]).toEqual([1, 1]);
    expect(weights).toEqual([1, 0, 1]);
  });
});

describe('a joint at the border or outside', () => {
  test('the window is cut: 7 of 13 columns at the left border', () => {
    const { drawn, at } = draw([[0, 100]]);
    expect(drawn()).toBe(7 * 13);
    expect(at(0, 25)).toBe(1);
  });

  test('cut towards 0: 1.4 strides left of the crop still peak in column 0, 1.5 strides in column -1', () => {
    expect(draw([[-5.6, 100]]).at(0, 25)).toBe(1);
    expect(draw([[-6, 100]]).at(0, 25)).toBeCloseTo(Math.exp(-1 / 8), 7);
  });

  test('a peak 6 px beyond the last column draws nothing and has no weight, 5 px beyond it one column', () => {
    expect(draw([[4 * 54 - 2, 100]])).toMatchObject({ weights: [0] });
    const last = draw([[4 * 53 - 2, 100]]);
    expect(last.weights).toEqual([1]);
    expect(last.drawn()).toBe(13);
  });

  test('a window that ends before the first column has no weight; one that ends right at it keeps its weight and draws nothing', () => {
    const before = draw([[4 * -8 - 2, 100]]);
    expect(before.weights).toEqual([0]);
    const quirk = draw([[4 * -7 - 2, 100]]);
    expect(quirk.weights).toEqual([1]);
    expect(quirk.drawn()).toBe(0);
    expect(draw([[100, 4 * -7 - 2]]).weights).toEqual([1]);
    expect(draw([[100, 4 * -8 - 2]]).weights).toEqual([0]);
    expect(draw([[100, 4 * 70]]).weights).toEqual([0]);
  });
});

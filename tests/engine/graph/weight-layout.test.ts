import { describe, expect, it } from 'vitest';
import type { WeightLayout } from '../../../engine/graph/model-graph.ts';
import { nchwToNhwc, ownShape, permute, toOfficialLayout, toOwnLayout } from '../../../engine/graph/weight-layout.ts';

const count = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

describe('layouts', () => {
  it.each<[WeightLayout, number[], number[]]>([
    ['oihw', [5, 3, 2, 4], [2, 4, 3, 5]],
    ['depthwise-oihw', [5, 1, 2, 3], [2, 3, 5, 1]],
    ['hwio', [2, 4, 3, 5], [2, 4, 3, 5]],
    ['depthwise-hwio', [2, 3, 5, 1], [2, 3, 5, 1]],
    ['oi', [5, 3], [3, 5]],
    ['as-is', [7], [7]],
    ['as-is', [], []],
  ])('%s %j becomes %j and comes back unchanged', (layout, official, own) => {
    expect(ownShape(layout, official)).toEqual(own);
    const values = count(official.reduce((a, b) => a * b, 1));
    expect(toOfficialLayout(layout, official, toOwnLayout(layout, official, values))).toEqual(values);
  });

  it('an OIHW element is found at its HWIO place', () => {
    const own = toOwnLayout('oihw', [5, 3, 2, 4], count(120));
    const [o, i, h, w] = [4, 1, 1, 2];
    expect(own[((h * 4 + w) * 3 + i) * 5 + o]).toBe(((o * 3 + i) * 2 + h) * 4 + w);
  });

  it('an NCHW pixel is found at its NHWC place', () => {
    const own = nchwToNhwc(count(2 * 3 * 4 * 5), [2, 3, 4, 5]);
    expect(own[((1 * 4 + 2) * 5 + 3) * 3 + 1]).toBe(((1 * 3 + 1) * 4 + 2) * 5 + 3);
  });

  it('values of another number than the shape are refused', () => {
    expect(() => permute(count(5), [2, 3], [1, 0])).toThrow(/5 values for shape \[2, 3\]/);
  });
});

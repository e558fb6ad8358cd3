import { describe, expect, it } from 'vitest';
import { fillImages, fillValues } from '../../../engine/run/fill.ts';

// Worked numbers of tests/fixtures/reference/README.md, section 1.

describe('fill', () => {
  it('a convolution: first, last and sum', () => {
    const values = fillValues({ name: 'conv.weight', shape: [4, 3, 3, 3], kind: 'weight' });
    expect(values).toHaveLength(108);
    expect(values[0]).toBeCloseTo(0.224596217, 8);
    expect(values[107]).toBeCloseTo(0.332360119, 8);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(-1.09896590833, 9);
  });

  it.each([
    ['hwio', [2, 3, 4, 5], 24],
    ['depthwise-hwio', [2, 3, 4, 1], 6],
  ] as const)('a convolution kernel %s %j: fan in %i, in the official order', (layout, shape, fanIn) => {
    const values = fillValues({ name: 'a', shape, kind: 'weight', layout });
    expect(values[0]).toBeCloseTo((2 * 0.62168568139895797 - 1) * Math.sqrt(3 / fanIn), 7);
    expect(values[1]).toBeCloseTo((2 * 0.30822347407229245 - 1) * Math.sqrt(3 / fanIn), 7);
  });

  it('an image: drawn in NCHW order, laid out NHWC', () => {
    const { values, shape } = fillImages([1, 3, 4, 5]);
    expect(shape).toEqual([1, 4, 5, 3]);
    expect(values[0]).toBeCloseTo(0.960720241, 8);
    expect(values[59]).toBeCloseTo(0.831317842, 8);
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1.08688131999, 9);
    expect(values[3]).toBeCloseTo(2 * 0.79236961319111288 - 1, 7); // u_1 is the next pixel of channel 0
  });

  it('batch 2 continues the stream, so the first image is the same', () => {
    const [one, two] = [fillImages([1, 3, 4, 5]), fillImages([2, 3, 4, 5])];
    expect(two.values.slice(0, 60)).toEqual(one.values);
    expect(two.values.slice(60)).not.toEqual(one.values);
  });

  it('each kind by its rule; u_0 of "a" is 0.62168568139895797', () => {
    const u = 0.62168568139895797;
    const first = (kind: 'sparse_weight' | 'norm_weight' | 'bias' | 'running_var' | 'other' | 'count', runningVarScale?: number): number =>
      fillValues({ name: 'a', shape: [2, 3, 4], kind }, runningVarScale === undefined ? {} : { runningVarScale })[0]!;
    expect(first('sparse_weight')).toBeCloseTo((2 * u - 1) * Math.sqrt(3 / 6), 7);
    expect(first('norm_weight')).toBeCloseTo(0.75 + 0.5 * u, 7);
    expect(first('bias')).toBeCloseTo(0.2 * (u - 0.5), 7);
    expect(first('other')).toBeCloseTo(0.2 * (u - 0.5), 7);
    expect(first('running_var')).toBeCloseTo(0.5 + u, 6);
    expect(first('running_var', 3)).toBeCloseTo(3 * (0.5 + u), 6);
    expect(first('count')).toBe(0);
  });
});

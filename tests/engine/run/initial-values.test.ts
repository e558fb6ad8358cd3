import { describe, expect, it } from 'vitest';
import type { WeightKind, WeightSpec } from '../../../engine/graph/model-graph.ts';
import { initialValues } from '../../../engine/run/initial-values.ts';

function spec(name: string, shape: number[], kind: WeightKind = 'weight'): WeightSpec {
  return { name, shape, kind, layout: 'as-is', isRun: true };
}

function deviation(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

describe('initial values', () => {
  const mnas = initialValues(1995);

  it.each<[string, number[], number]>([
    ['3x3 convolution, 40 -> 30: fan out 30 * 9', [30, 40, 3, 3], Math.sqrt(2 / 270)],
    ['depthwise 5x5: fan out 25', [400, 1, 5, 5], Math.sqrt(2 / 25)],
    ['grouped residual with as many groups as inputs: sqrt 2', [4000, 1, 1, 1], Math.SQRT2],
    ['grouped residual with fewer groups: all outputs count', [60, 40, 1, 1], Math.sqrt(2 / 60)],
  ])('%s', (name, shape, expected) => {
    const relative = deviation(mnas(spec(name, shape))) / expected;
    expect(Math.abs(relative - 1)).toBeLessThan(0.06); // 4,000 values or more
  });

  it('linear layers are uniform within 1 / sqrt(out), packed attention and tables Xavier-uniform', () => {
    const bound = (values: Float32Array): number => values.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    expect(bound(mnas(spec('linear1.weight', [64, 32])))).toBeLessThanOrEqual(1 / 8);
    expect(bound(mnas(spec('linear1.weight', [64, 32])))).toBeGreaterThan(0.99 / 8);
    expect(bound(mnas(spec('in_proj_weight', [192, 64])))).toBeCloseTo(Math.sqrt(6 / 256), 3);
    expect(bound(mnas(spec('query_embed.weight', [64, 64], 'other')))).toBeCloseTo(Math.sqrt(6 / 128), 2);
  });

  it('norms start at 1 and 0, biases at 0, running statistics at 0 and 1, counters at 0', () => {
    const first = (kind: WeightKind): number => mnas(spec('x', [3], kind))[1]!;
    expect((['norm_weight', 'norm_bias', 'bias', 'running_mean', 'running_var', 'count'] as const).map(first)).toEqual([1, 0, 0, 0, 1, 0]);
  });

  it('what a network states comes before what kind and shape say', () => {
    const normal = mnas({ ...spec('a.weight', [100, 200]), initial: { distribution: 'normal', scale: 0.02 } });
    expect(Math.abs(deviation(normal) / 0.02 - 1)).toBeLessThan(0.03); // 20,000 values
    const uniform = mnas({ ...spec('a.bias', [20_000], 'bias'), initial: { distribution: 'uniform', scale: 0.5 } });
    expect(Math.abs(deviation(uniform) / (0.5 / Math.sqrt(3)) - 1)).toBeLessThan(0.02);
    expect(uniform.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBeLessThanOrEqual(0.5);
  });

  it('a truncated normal keeps within two deviations and has 0.88 of the deviation', () => {
    const values = mnas({ ...spec('a.weight', [100, 200]), initial: { distribution: 'truncated-normal', scale: 0.33 } });
    expect(values.reduce((a, b) => Math.max(a, Math.abs(b)), 0)).toBeLessThanOrEqual(0.66);
    expect(Math.abs(deviation(values) / (0.8796 * 0.33) - 1)).toBeLessThan(0.03);
  });

  it('values follow from seed and name alone', () => {
    const conv = spec('a.weight', [5, 4, 3, 3]);
    expect(initialValues(1)(conv)).toEqual(initialValues(1)(conv));
    expect(initialValues(1)(conv)).not.toEqual(initialValues(2)(conv));
    expect(initialValues(1)(conv)).not.toEqual(initialValues(1)({ ...conv, name: 'b.weight' }));
  });
});

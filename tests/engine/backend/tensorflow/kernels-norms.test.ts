import { describe, expect, it } from 'vitest';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput } from './native-ops.ts';
import { activations, derivative, nonLinearity } from './non-linearities.ts';

const epsilon = 1e-3;

interface Sums {
  readonly mean: number[];
  readonly variance: number[];
}

/** Of x [..., channels], in float64. */
function statistics(x: NativeInput): Sums {
  const channels = x.shape.at(-1)!;
  const rows = x.values.length / channels;
  const mean = Array.from({ length: channels }, () => 0);
  const variance = Array.from({ length: channels }, () => 0);
  x.values.forEach((value, i) => (mean[i % channels]! += value / rows));
  x.values.forEach((value, i) => (variance[i % channels]! += (value - mean[i % channels]!) ** 2 / rows));
  return { mean, variance };
}

describe.skipIf(!hasNative)('batch norm of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  // 18, 144: periods of 8 and 1 rows; 1 and 19: of many; 5 rows of 600: a cut-off block; [700, 48] and [9000, 18]: several blocks.
  it.each([
    [2, 3, 5, 18],
    [3, 2, 1, 144],
    [37, 1],
    [5, 7, 19],
    [5, 600],
    [1, 3],
    [700, 48],
    [9000, 18],
  ])('train on [%s, %s, ...]: output, mean and biased variance as in float64', (...shape) => {
    const sizes = shape.filter((size) => size !== undefined);
    const channels = sizes.at(-1)!;
    const x = randomTensor(sizes, 1, 2, 30);
    const [gamma, beta] = [randomTensor([channels], 2), randomTensor([channels], 3)];
    const [y, mean, variance] = ops!.run('LabBatchNormTrain', [x, gamma, beta], { epsilon, kind: 'none' }, 3);
    const wanted = statistics(x);
    expect(y!.shape).toEqual(sizes);
    expect(largestDifference(mean!.values, wanted.mean)).toBeLessThan(3e-7);
    expect(largestDifference(variance!.values, wanted.variance)).toBeLessThan(1e-6);
    const normal = Array.from(x.values, (value, i) => {
      const c = i % channels;
      return ((value - wanted.mean[c]!) / Math.sqrt(wanted.variance[c]! + epsilon)) * gamma.values[c]! + beta.values[c]!;
    });
    expect(largestDifference(y!.values, normal)).toBeLessThan(1e-5);
  });

  it.each(activations)('%s behind it: output and all gradients as in float64', (kind) => {
    const shape = [5, 3, 7, 19];
    const channels = 19;
    const x = randomTensor(shape, 1, 2, -1);
    const [gamma, beta, dy] = [randomTensor([channels], 2, 2), randomTensor([channels], 3), randomTensor(shape, 4)];
    const [y, mean, variance] = ops!.run('LabBatchNormTrain', [x, gamma, beta], { epsilon, kind }, 3);
    const stats = [mean!, variance!].map(({ shape, values }) => ({ shape, values: values as Float32Array }));
    const gradients = ops!.run('LabBatchNormTrainGradient', [dy, x, gamma, beta, ...stats], { epsilon, kind }, 3);
    const wanted = gradientOracle(dy, x, gamma, beta, kind);
    expect(largestDifference(y!.values, wanted.y)).toBeLessThan(2e-6);
    expect(gradients.map(({ shape }) => shape)).toEqual([shape, [channels], [channels]]);
    expect(largestDifference(gradients[0]!.values, wanted.dx)).toBeLessThan(1e-5);
    expect(largestDifference(gradients[1]!.values, wanted.dGamma)).toBeLessThan(1e-5);
    expect(largestDifference(gradients[2]!.values, wanted.dBeta)).toBeLessThan(1e-5);
  });

  it('inference: with the given statistics', () => {
    const x = randomTensor([4, 3, 21], 1);
    const [mean, gamma, beta] = [2, 3, 4].map((seed) => randomTensor([21], seed)) as [NativeInput, NativeInput, NativeInput];
    const variance = { shape: [21], values: randomTensor([21], 5).values.map((value) => value * value + 0.1) };
    const [y] = ops!.run('LabBatchNormInference', [x, mean, variance, gamma, beta], { epsilon, kind: 'relu6' });
    const wanted = Array.from(x.values, (value, i) => {
      const c = i % 21;
      const z = ((value - mean.values[c]!) / Math.sqrt(variance.values[c]! + epsilon)) * gamma.values[c]! + beta.values[c]!;
      return Math.min(6, Math.max(0, z));
    });
    expect(largestDifference(y!.values, wanted)).toBeLessThan(1e-6);
  });

  it('no rows: statistics of 0; unknown activations and parameters of another length are refused', () => {
    const parameter = randomTensor([3], 2);
    const [y, mean] = ops!.run('LabBatchNormTrain', [randomTensor([0, 3], 1), parameter, parameter], { epsilon, kind: 'relu' }, 3);
    expect([y!.shape, Array.from(mean!.values, Number)]).toEqual([
      [0, 3],
      [0, 0, 0],
    ]);
    const x = randomTensor([2, 4], 1);
    expect(() => ops!.run('LabBatchNormTrain', [x, parameter, parameter], { epsilon, kind: 'relu' }, 3)).toThrow(/x \[2, 4\], gamma \[3\]/);
    const right = randomTensor([4], 2);
    expect(() => ops!.run('LabBatchNormTrain', [x, right, right], { epsilon, kind: 'softplus' }, 3)).toThrow(/no activation 'softplus'/);
  });
});

function gradientOracle(dy: NativeInput, x: NativeInput, gamma: NativeInput, beta: NativeInput, kind: string) {
  const channels = x.shape.at(-1)!;
  const rows = x.values.length / channels;
  const { mean, variance } = statistics(x);
  const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const normal = Array.from(x.values, (value, i) => (value - mean[i % channels]!) * inverse[i % channels]!);
  const z = normal.map((value, i) => value * gamma.values[i % channels]! + beta.values[i % channels]!);
  const dz = z.map((value, i) => dy.values[i]! * derivative(kind, value));
  const dBeta = mean.map(() => 0);
  const dGamma = mean.map(() => 0);
  dz.forEach((value, i) => {
    dBeta[i % channels]! += value;
    dGamma[i % channels]! += value * normal[i]!;
  });
  const dx = dz.map((value, i) => {
    const c = i % channels;
    return gamma.values[c]! * inverse[c]! * (value - dBeta[c]! / rows - (normal[i]! * dGamma[c]!) / rows);
  });
  return { y: z.map((value) => nonLinearity(kind, value)), dx, dGamma, dBeta };
}

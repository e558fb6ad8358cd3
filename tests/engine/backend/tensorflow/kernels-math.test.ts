import { describe, expect, it } from 'vitest';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput } from './native-ops.ts';
import { activations, derivative, nonLinearity } from './non-linearities.ts';

/** From -20 to 20, dense about 0; 16,003 values: whole vectors and a rest. */
const x: NativeInput = {
  shape: [16003],
  values: Float32Array.from({ length: 16003 }, (_, i) => 20 * ((i - 8001) / 8001) ** 3),
};

/** The largest relative difference where |wanted| is at least `least`. */
function largestRelative(values: ArrayLike<number | bigint>, kind: string, least: number): number {
  let largest = 0;
  x.values.forEach((value, i) => {
    const wanted = nonLinearity(kind, value);
    if (Math.abs(wanted) >= least) largest = Math.max(largest, Math.abs(Number(values[i]) / wanted - 1));
  });
  return largest;
}

describe.skipIf(!hasNative)('non-linearities of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;
  const unit = 2 ** -24; // half a unit in the last place of 1

  // The figures that vector-math.inc states; the derivatives' error is that of a difference of the oracle.
  it.each([
    ['none', 0],
    ['relu', 0],
    ['relu6', 0],
    ['swish', 9],
    ['sigmoid', 8],
    ['hard-sigmoid', 4],
    ['hard-swish', 6],
    ['tanh', 6],
  ] as const)('%s: relative error of at most %s half units in the last place', (kind, units) => {
    const [y] = ops!.run('LabActivation', [x], { kind });
    expect(largestRelative(y!.values, kind, 1e-30)).toBeLessThanOrEqual(units * unit + (units > 0 ? 1e-9 : 0));
  });

  it('gelu: absolute error below 2e-6 (half a unit of 20 is 1e-6), relative below 4e-6 where it is at least 1e-6', () => {
    const [y] = ops!.run('LabActivation', [x], { kind: 'gelu' });
    const wanted = Array.from(x.values, (value) => nonLinearity('gelu', value));
    expect(largestDifference(y!.values, wanted, false)).toBeLessThan(3e-6);
    expect(largestRelative(y!.values, 'gelu', 1e-6)).toBeLessThan(4e-6);
  });

  it.each(activations)('%s: gradient as in float64', (kind) => {
    const dy = randomTensor(x.shape, 3);
    const [dx] = ops!.run('LabActivationGradient', [dy, x], { kind });
    const wanted = Array.from(x.values, (value, i) => dy.values[i]! * derivative(kind, value));
    expect(largestDifference(dx!.values, wanted, false)).toBeLessThan(3e-6);
  });

  it('infinities and what is no number', () => {
    const odd: NativeInput = { shape: [3], values: Float32Array.of(-Infinity, Infinity, NaN) };
    expect(Array.from(ops!.run('LabActivation', [odd], { kind: 'sigmoid' })[0]!.values, Number)).toEqual([0, 1, NaN]);
    expect(Array.from(ops!.run('LabActivation', [odd], { kind: 'tanh' })[0]!.values, Number)).toEqual([-1, 1, NaN]);
    expect(Array.from(ops!.run('LabActivation', [odd], { kind: 'relu' })[0]!.values, Number)).toEqual([0, Infinity, NaN]);
    const hard = { shape: [48], values: new Float32Array(48).fill(NaN) };
    for (const kind of ['hard-sigmoid', 'hard-swish', 'relu6']) {
      expect(new Set(Array.from(ops!.run('LabActivation', [hard], { kind })[0]!.values, Number))).toEqual(new Set([NaN]));
    }
  });

  it('dy of another shape is refused', () => {
    expect(() => ops!.run('LabActivationGradient', [randomTensor([3, 4], 1), randomTensor([4, 3], 1)], { kind: 'relu' })).toThrow(
      /dy \[3, 4\], x \[4, 3\]/,
    );
  });
});

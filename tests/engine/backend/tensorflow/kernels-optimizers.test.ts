import { describe, expect, it } from 'vitest';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput, NativeOutput } from './native-ops.ts';

const shape = [7, 3, 11]; // 231 values: whole vectors and a rest
const hyper = (values: readonly number[]): NativeInput => ({ shape: [values.length], values: Float32Array.from(values) });
const [rate, l2, l1, emaDecay, emaRest] = [0.02, 3e-3, 1e-3, 0.97, 0.03] as const;
const shared = [rate, l2, l1, emaDecay, emaRest];

const weight = randomTensor(shape, 1);
const gradient = randomTensor(shape, 2, 0.3);
const first = randomTensor(shape, 3, 0.1);
const squares: NativeInput = { shape, values: randomTensor(shape, 4, 0.2).values.map((x) => x * x) };
const shadow = randomTensor(shape, 5);
weight.values[4] = 0; // no sign

const penalised = (i: number): number => gradient.values[i]! + l2 * weight.values[i]! + l1 * Math.sign(weight.values[i]!);
const follow = (i: number, next: number): number => emaDecay * shadow.values[i]! + emaRest * next;

function expectAll(outputs: readonly NativeOutput[], oracle: (i: number) => readonly number[]): void {
  outputs.forEach(({ shape: got, values }, output) => {
    expect(got).toEqual(shape);
    const wanted = Array.from({ length: weight.values.length }, (_, i) => oracle(i)[output]!);
    expect(largestDifference(values, wanted)).toBeLessThan(1e-6);
  });
}

describe.skipIf(!hasNative)('optimisers of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  it.each([false, true])('SGD with momentum, nesterov %s: as the formula, with and without a shadow', (nesterov) => {
    const oracle = (i: number): number[] => {
      const g = penalised(i);
      const velocity = 0.9 * first.values[i]! + g;
      const next = weight.values[i]! - rate * (nesterov ? g + 0.9 * velocity : velocity);
      return [next, velocity, follow(i, next)];
    };
    expectAll(ops!.run('LabUpdateSgd', [weight, gradient, first, hyper([...shared, 0.9])], { nesterov }, 2), oracle);
    expectAll(ops!.run('LabUpdateSgdEma', [weight, gradient, first, shadow, hyper([...shared, 0.9])], { nesterov }, 3), oracle);
  });

  it.each([false, true])('RMSProp, rate on the gradient %s: as the formula', (isRateOnGradient) => {
    const oracle = (i: number): number[] => {
      const g = penalised(i);
      const square = 0.95 * squares.values[i]! + 0.05 * g * g;
      const scaled = g / Math.sqrt(square + 1e-3);
      const velocity = 0.8 * first.values[i]! + (isRateOnGradient ? rate * scaled : scaled);
      const next = weight.values[i]! - (isRateOnGradient ? velocity : rate * velocity);
      return [next, square, velocity, follow(i, next)];
    };
    const numbers = hyper([...shared, 0.95, 0.05, 0.8]);
    const attributes = { epsilon: 1e-3, rate_on_gradient: isRateOnGradient };
    expectAll(ops!.run('LabUpdateRmsProp', [weight, gradient, squares, first, numbers], attributes, 3), oracle);
    expectAll(ops!.run('LabUpdateRmsPropEma', [weight, gradient, squares, first, shadow, numbers], attributes, 4), oracle);
  });

  it.each([false, true])('AdamW, coupled %s: as the formula', (coupled) => {
    const [c1, c2] = [1 - 0.9 ** 3, 1 - 0.999 ** 3];
    const oracle = (i: number): number[] => {
      const g = coupled ? penalised(i) : penalised(i) - l2 * weight.values[i]!;
      const m = 0.9 * first.values[i]! + 0.1 * g;
      const v = 0.999 * squares.values[i]! + 0.001 * g * g;
      const shrunk = weight.values[i]! * (coupled ? 1 : 1 - rate * l2);
      const next = shrunk - ((rate / c1) * m) / (Math.sqrt(v / c2) + 1e-8);
      return [next, m, v, follow(i, next)];
    };
    const numbers = hyper([...shared, 0.9, 0.1, 0.999, 0.001, c1, c2]);
    const attributes = { epsilon: 1e-8, coupled };
    expectAll(ops!.run('LabUpdateAdamW', [weight, gradient, first, squares, numbers], attributes, 3), oracle);
    expectAll(ops!.run('LabUpdateAdamWEma', [weight, gradient, first, squares, shadow, numbers], attributes, 4), oracle);
  });

  it('EMA: decay * shadow + rest * value', () => {
    const [next] = ops!.run('LabUpdateEma', [shadow, weight, hyper([emaDecay, emaRest])]);
    expectAll([next!], (i) => [follow(i, weight.values[i]!)]);
  });

  it('inputs that somebody holds are not written into', () => {
    const before = Float32Array.from(weight.values);
    const { binding } = ops!;
    const inputs = [weight, gradient, first, hyper([...shared, 0.9])];
    const ids = inputs.map(({ shape, values }) => binding.createTensor(shape, binding.TF_FLOAT, values));
    for (const { id } of binding.executeOp('LabUpdateSgd', [], ids, 2)) binding.deleteTensor(id);
    expect(largestDifference(binding.tensorDataSync(ids[0]!), before)).toBe(0);
    for (const id of ids) binding.deleteTensor(id);
  });

  it('an empty variable has an empty successor', () => {
    const none = randomTensor([0, 3], 1);
    expect(ops!.run('LabUpdateSgd', [none, none, none, hyper([...shared, 0.9])], {}, 2).map(({ shape }) => shape)).toEqual([
      [0, 3],
      [0, 3],
    ]);
  });

  it('shapes that differ and a hyper vector of another length are refused by name and shape', () => {
    const other = randomTensor([7, 33], 6);
    expect(() => ops!.run('LabUpdateSgd', [weight, other, first, hyper([...shared, 0.9])], {}, 2)).toThrow(
      /LabUpdateSgd.*variable \[7, 3, 11\], gradient \[7, 33\]/s,
    );
    expect(() => ops!.run('LabUpdateSgd', [weight, gradient, first, hyper(shared)], {}, 2)).toThrow(/hyper \[5\]/);
  });
});

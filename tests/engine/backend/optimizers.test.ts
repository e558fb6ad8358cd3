import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { Variable } from '../../../engine/backend/tf.ts';
import { testableBackends } from './testable-backends.ts';

const gradients = [
  [0.5, -1, 2, 0, 0.25, -3, 1],
  [-0.5, 1, 1, 0.125, 2, 1, -1],
  [0.1, 0.2, -0.3, 0.4, 0, 0, 3],
];
const start = [1, -2, 3, 0, -0.5, 0.25, 8];

function variableOf(values: readonly number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d([...values])));
}

function valuesOf(variable: Variable): number[] {
  return Array.from(variable.dataSync());
}

function close(actual: readonly number[], expected: readonly number[]): void {
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected[i]!))));
}

/** Applies `update` for each gradient to a fresh weight, slots and shadow, and `formula` element by element; compares all. */
function compare(
  slotNames: readonly string[],
  slotStart: number,
  update: (weight: Variable, gradient: tf.Tensor, slots: Record<string, Variable>, shadow: Variable, step: number) => void,
  formula: (state: Record<string, number>, gradient: number, step: number) => void,
): void {
  const weight = variableOf(start);
  const shadow = variableOf(start);
  const slots = Object.fromEntries(slotNames.map((name) => [name, variableOf(start.map(() => slotStart))]));
  const expected = start.map((w): Record<string, number> => ({
    w,
    shadow: w,
    ...Object.fromEntries(slotNames.map((name) => [name, slotStart])),
  }));
  gradients.forEach((values, i) => {
    const gradient = tf.tensor1d(values);
    update(weight, gradient, slots, shadow, i + 1);
    expected.forEach((state, k) => {
      formula(state, values[k]!, i + 1);
      state.shadow = 0.9 * state.shadow! + 0.1 * state.w!;
    });
    gradient.dispose();
  });
  close(
    valuesOf(weight),
    expected.map((state) => state.w!),
  );
  close(
    valuesOf(shadow),
    expected.map((state) => state.shadow!),
  );
  for (const name of slotNames)
    close(
      valuesOf(slots[name]!),
      expected.map((state) => state[name]!),
    );
  tf.dispose([weight, shadow, ...Object.values(slots)]);
}

describe.each(testableBackends)('optimiser updates on %s: three steps of seven weights agree with the formula', (id) => {
  beforeAll(() => openBackend(id).then(() => undefined));

  test.each([false, true])('SGD with momentum, Nesterov %s, L2 and L1 penalty', (nesterov) => {
    compare(
      ['velocity'],
      0,
      (weight, gradient, slots, shadow) => {
        const options = { learningRate: 0.1, momentum: 0.9, nesterov, weightDecay: 0.01, l1: 0.02, ema: { shadow, decay: 0.9 } };
        tf.updateSgd(weight, gradient, { velocity: slots.velocity! }, options);
      },
      (state, gradient) => {
        const g = gradient + 0.01 * state.w! + 0.02 * Math.sign(state.w!);
        state.velocity = 0.9 * state.velocity! + g;
        state.w! -= 0.1 * (nesterov ? g + 0.9 * state.velocity : state.velocity);
      },
    );
  });

  test('SGD without momentum needs no slot', () => {
    compare(
      [],
      0,
      (weight, gradient, _, shadow) => {
        tf.updateSgd(weight, gradient, {}, { learningRate: 0.1, momentum: 0, ema: { shadow, decay: 0.9 } });
      },
      (state, gradient) => {
        state.w! -= 0.1 * gradient;
      },
    );
  });

  test.each(['velocity', 'gradient'] as const)('RMSprop, epsilon inside the root, rate on the %s, with a rate that changes', (rateOn) => {
    compare(
      ['meanSquare', 'velocity'],
      1,
      (weight, gradient, slots, shadow, step) => {
        const options = {
          learningRate: 0.1 / step,
          decay: 0.9,
          momentum: 0.8,
          epsilon: 1e-3,
          rateOn,
          weightDecay: 1e-2,
          ema: { shadow, decay: 0.9 },
        };
        tf.updateRmsProp(weight, gradient, { meanSquare: slots.meanSquare!, velocity: slots.velocity! }, options);
      },
      (state, gradient, step) => {
        const g = gradient + 0.01 * state.w!;
        state.meanSquare = 0.9 * state.meanSquare! + 0.1 * g * g;
        const scaled = g / Math.sqrt(state.meanSquare + 1e-3);
        state.velocity = 0.8 * state.velocity! + (rateOn === 'gradient' ? (0.1 / step) * scaled : scaled);
        state.w! -= rateOn === 'gradient' ? state.velocity : (0.1 / step) * state.velocity;
      },
    );
  });

  test.each(['decoupled', 'coupled'] as const)('AdamW, decay %s', (decayKind) => {
    compare(
      ['firstMoment', 'secondMoment'],
      0,
      (weight, gradient, slots, shadow, step) => {
        const options = {
          learningRate: 0.05,
          beta1: 0.9,
          beta2: 0.99,
          epsilon: 1e-3,
          corrections: tf.adamCorrections(0.9, 0.99, step),
          decayKind,
          weightDecay: 0.1,
          ema: { shadow, decay: 0.9 },
        };
        tf.updateAdamW(weight, gradient, { firstMoment: slots.firstMoment!, secondMoment: slots.secondMoment! }, options);
      },
      (state, gradient, step) => {
        const g = gradient + (decayKind === 'coupled' ? 0.1 * state.w! : 0);
        if (decayKind === 'decoupled') state.w! *= 1 - 0.05 * 0.1;
        state.firstMoment = 0.9 * state.firstMoment! + 0.1 * g;
        state.secondMoment = 0.99 * state.secondMoment! + 0.01 * g * g;
        state.w! -= (0.05 * state.firstMoment) / (1 - 0.9 ** step) / (Math.sqrt(state.secondMoment / (1 - 0.99 ** step)) + 1e-3);
      },
    );
  });

  test('a moving average made of the weight itself, and a clone of it, keep their values when the weight is updated', () => {
    const weight = variableOf(start);
    const shadow = tf.variable(weight);
    const clone = tf.clone(weight);
    const gradient = tf.onesLike(weight);
    tf.updateSgd(weight, gradient, {}, { learningRate: 1, momentum: 0 });
    const velocity = variableOf(start.map(() => 0));
    tf.updateSgd(weight, gradient, { velocity }, { learningRate: 1, momentum: 0.9 });
    expect(valuesOf(weight)).toEqual(start.map((w) => w - 2));
    expect(valuesOf(shadow)).toEqual(start);
    expect(Array.from(clone.dataSync())).toEqual(start);
    tf.updateEma(shadow, weight, 0.5);
    close(
      valuesOf(shadow),
      start.map((w) => w - 1),
    );
    expect(Array.from(clone.dataSync())).toEqual(start);
    tf.dispose([weight, shadow, clone, gradient, velocity]);
  });

  test('decays near one: what is taken of a new value is right to float32 (1 - 0.9999 computed in float32 is not)', () => {
    const [weight, shadow, first, second] = [variableOf([2, -3]), variableOf([0, 0]), variableOf([0, 0]), variableOf([0, 0])] as const;
    const gradient = tf.tensor1d([3, -5]);
    const expectShares = (actual: readonly number[], expected: readonly number[]): void =>
      actual.forEach((value, i) => expect(Math.abs(value / expected[i]! - 1)).toBeLessThan(2e-7));
    tf.updateEma(shadow, weight, 0.9999);
    expectShares(valuesOf(shadow), [2e-4, -3e-4]);
    tf.updateAdamW(
      weight,
      gradient,
      { firstMoment: first, secondMoment: second },
      { learningRate: 0.1, beta1: 0.9995, beta2: 0.9999, epsilon: 1e-8, corrections: tf.adamCorrections(0.9995, 0.9999, 1) },
    );
    expectShares(valuesOf(first), [3 * 5e-4, -5 * 5e-4]);
    expectShares(valuesOf(second), [9e-4, 25e-4]);
    const slots = { meanSquare: variableOf([0, 0]), velocity: variableOf([0, 0]) };
    const averaged = variableOf([0, 0]);
    tf.updateRmsProp(weight, gradient, slots, {
      learningRate: 0,
      decay: 0.9999,
      momentum: 0.9,
      epsilon: 1,
      ema: { shadow: averaged, decay: 0.9999 },
    });
    expectShares(valuesOf(slots.meanSquare), [9e-4, 25e-4]);
    expectShares(
      valuesOf(averaged),
      valuesOf(weight).map((value) => value * 1e-4),
    );
    tf.dispose([weight, shadow, averaged, first, second, gradient, slots.meanSquare, slots.velocity]);
  });

  test('refused: momentum without a velocity, a step below 1', () => {
    const weight = variableOf(start);
    expect(() => tf.updateSgd(weight, weight, {}, { learningRate: 1, momentum: 0.9 })).toThrow(/no velocity/);
    expect(() => tf.adamCorrections(0.9, 0.9, 0)).toThrow(/step counts from 1/);
    weight.dispose();
  });
});

test('wasm refuses a slot of another size', async () => {
  await openBackend('wasm');
  const [weight, velocity] = [variableOf(start), variableOf([1, 2])];
  expect(() => tf.updateSgd(weight, weight, { velocity }, { learningRate: 1, momentum: 0.9 })).toThrow(/its velocity \[2\]/);
  tf.dispose([weight, velocity]);
});

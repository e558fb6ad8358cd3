import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { createSmallNetwork } from '../../../engine/backend/small-network.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { Variable } from '../../../engine/backend/tf.ts';

function slotsFor(variables: readonly Variable[]): Variable[] {
  return variables.map((variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable))));
}

/** Trains a fresh small network; the loss of every step and the final weights. */
function train(steps: number): { losses: number[]; weights: number[][] } {
  const network = createSmallNetwork(3, 10, 7);
  const velocities = slotsFor(network.variables);
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { value, grads } = tf.valueAndGradients(() => network.loss(), network.variables);
    network.variables.forEach((variable, k) =>
      tf.updateSgd(variable, grads[k]!, { velocity: velocities[k]! }, { learningRate: 0.05, momentum: 0.9 }),
    );
    losses.push(value.dataSync()[0]!);
    tf.dispose([value, ...grads]);
  }
  const weights = network.variables.map((variable) => Array.from(variable.dataSync()));
  network.dispose();
  tf.dispose(velocities);
  return { losses, weights };
}

describe('training steps on wasm', () => {
  beforeAll(() => openBackend('wasm').then(() => undefined));

  test('the same 20 steps twice: losses and weights are bit-identical, and the loss falls', () => {
    const [first, second] = [train(20), train(20)];
    expect(second).toEqual(first);
    expect(first.losses.at(-1)!).toBeLessThan(0.7 * first.losses[0]!);
  });

  test('the same steps after other work that moved memory: bit-identical', () => {
    const first = train(5);
    const others = Array.from({ length: 50 }, (_, i) => tf.ones([1000 + 37 * i]));
    tf.dispose(others.filter((_, i) => i % 2 === 0));
    expect(train(5)).toEqual(first);
    tf.dispose(others);
  });

  test('1,000 steps: the number of tensors and bytes is constant (slow)', () => {
    const network = createSmallNetwork(1, 4, 3);
    const slots = network.variables.map((_, i) => slotsFor([network.variables[i]!, network.variables[i]!]));
    const shadows = slotsFor(network.variables);
    const step = (i: number): void => {
      const { value, grads } = tf.valueAndGradients(() => network.loss(), network.variables);
      network.variables.forEach((variable, k) => {
        const [firstMoment, secondMoment] = slots[k]!;
        tf.updateAdamW(
          variable,
          grads[k]!,
          { firstMoment: firstMoment!, secondMoment: secondMoment! },
          {
            learningRate: 1e-3,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            corrections: tf.adamCorrections(0.9, 0.999, i + 1),
            ema: { shadow: shadows[k]!, decay: 0.99 },
          },
        );
      });
      tf.dispose([value, ...grads]);
    };
    step(0);
    const { numTensors, numBytes } = tf.memory();
    for (let i = 1; i <= 1000; i++) step(i);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    network.dispose();
    tf.dispose([...slots.flat(), ...shadows]);
  });
});

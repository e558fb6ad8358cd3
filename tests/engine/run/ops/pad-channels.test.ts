import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { padChannels } from '../../../../engine/run/ops/pad-channels.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

function runner(width: number): (x: tf.Tensor) => tf.Tensor {
  const run = padChannels.prepare({
    id: 'pad',
    op: 'pad-channels',
    inputs: ['x'],
    attrs: { width },
    weights: {},
    scope: '',
    shape: [2, width],
  });
  return (x) => run({ inputs: [x], weights: {}, dropoutSeed: undefined });
}

describe('pad-channels', () => {
  it('zeros come after the last channel of every row, and their gradient goes nowhere', () => {
    const x = tf.variable(tf.tensor([1, 2, 3, 4, 5, 6], [1, 2, 3]));
    expect([...runner(5)(x).dataSync()]).toEqual([1, 2, 3, 0, 0, 4, 5, 6, 0, 0]);
    const factors = tf.tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 2, 5]);
    const { grads } = tf.valueAndGradients(() => tf.sum(tf.mul(runner(5)(x), factors)) as tf.Scalar, [x]);
    expect([...grads[0]!.dataSync()]).toEqual([1, 2, 3, 6, 7, 8]);
  });

  it('nothing to append: a tensor of its own with the same values', () => {
    const x = tf.tensor([1, 2], [1, 1, 2]);
    const y = runner(2)(x);
    expect(y).not.toBe(x);
    expect([...y.dataSync()]).toEqual([1, 2]);
  });
});

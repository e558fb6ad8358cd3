import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { channelShuffle } from '../../../../engine/run/ops/channel-shuffle.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

describe('channel-shuffle', () => {
  it.each([
    [2, [0, 3, 1, 4, 2, 5]],
    [3, [0, 2, 4, 1, 3, 5]],
  ])('%i groups of a map: channels in the order %j at every position; gradients go back the same way', (groups, order) => {
    const x = tf.variable(
      tf.tensor(
        Array.from({ length: 2 * 2 * 3 * 6 }, (_, i) => i),
        [2, 2, 3, 6],
      ),
    );
    const node = { id: 'shuffle', op: 'channel-shuffle', inputs: ['x'], attrs: { groups }, weights: {}, scope: '', shape: [2, 3, 6] };
    const shuffle = (): tf.Tensor => channelShuffle.prepare(node)({ inputs: [x], weights: {}, dropoutSeed: undefined });
    const expected = Array.from({ length: 72 }, (_, i) => i - (i % 6) + order[i % 6]!);
    const y = shuffle();
    expect(y.shape).toEqual([2, 2, 3, 6]);
    expect([...y.dataSync()]).toEqual(expected);

    const factors = Float32Array.from({ length: 72 }, (_, i) => i + 1);
    const { grads } = tf.valueAndGradients(() => tf.sum(tf.mul(shuffle(), tf.tensor(factors, y.shape))) as tf.Scalar, [x]);
    const gradient = grads[0]!.dataSync();
    expected.forEach((from, i) => expect(gradient[from]).toBe(factors[i]));
  });
});

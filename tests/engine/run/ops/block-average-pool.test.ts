import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { blockAveragePool } from '../../../../engine/run/ops/block-average-pool.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

describe('block-average-pool', () => {
  it('blocks of 2x3 of two images: means per block and channel, gradients in equal shares', () => {
    const [batch, height, width, channels] = [2, 4, 9, 2];
    const values = Float32Array.from({ length: batch * height * width * channels }, (_, i) => Math.sin(i));
    const x = tf.variable(tf.tensor(values, [batch, height, width, channels]));
    const node = {
      id: 'pool',
      op: 'block-average-pool',
      inputs: ['x'],
      attrs: { block: [2, 3] },
      weights: {},
      scope: '',
      shape: [2, 3, channels],
    };
    const pool = (): tf.Tensor => blockAveragePool.prepare(node)({ inputs: [x], weights: {}, dropoutSeed: undefined });
    const blockOf = (i: number): number => {
      const [c, column, row, image] = [
        i % channels,
        Math.floor(i / channels) % width,
        Math.floor(i / (channels * width)) % height,
        Math.floor(i / (channels * width * height)),
      ] as const;
      return ((image * 2 + Math.floor(row / 2)) * 3 + Math.floor(column / 3)) * channels + c;
    };
    const means = new Float64Array(batch * 2 * 3 * channels);
    values.forEach((value, i) => (means[blockOf(i)]! += value / 6));
    const y = pool();
    expect(y.shape).toEqual([2, 2, 3, 2]);
    y.dataSync().forEach((value, i) => expect(value).toBeCloseTo(means[i]!, 6));

    const factors = Float32Array.from({ length: means.length }, (_, i) => i + 1);
    const { grads } = tf.valueAndGradients(() => tf.sum(tf.mul(pool(), tf.tensor(factors, y.shape))) as tf.Scalar, [x]);
    grads[0]!.dataSync().forEach((gradient, i) => expect(gradient).toBeCloseTo(factors[blockOf(i)]! / 6, 5));
  });
});

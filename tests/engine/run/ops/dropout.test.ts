import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { dropout } from '../../../../engine/run/ops/dropout.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

function run(x: tf.Tensor, rate: number, dropoutSeed: number | undefined): tf.Tensor {
  const attrs = { rate, perSample: true };
  const node = { id: 'drop', op: 'dropout', inputs: ['x'], attrs, weights: {}, scope: '', shape: x.shape.slice(1) };
  return dropout.prepare(node)({ inputs: [x], weights: {}, dropoutSeed });
}

describe('dropout of whole samples', () => {
  it('a sample is dropped as one or scaled by 1 / (1 - rate) as one, with the frequency asked for', () => {
    const samples = 4000;
    const values = run(tf.ones([samples, 3, 2]), 0.25, 11).dataSync();
    const rows = Array.from({ length: samples }, (_, i) => [...values.slice(6 * i, 6 * i + 6)]);
    expect(rows.every((row) => row.every((value) => value === row[0]))).toBe(true);
    expect(new Set(rows.map((row) => row[0]))).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    const dropped = rows.filter((row) => row[0] === 0).length / samples;
    expect(Math.abs(dropped - 0.25)).toBeLessThan(0.03); // 4 standard deviations
  });

  it('the gradient is dropped and scaled like the value; without a seed nothing is dropped', () => {
    const x = tf.variable(tf.ones([8, 2, 2]));
    const { grads } = tf.valueAndGradients(() => tf.sum(run(x, 0.5, 3)) as tf.Scalar, [x]);
    expect([...grads[0]!.dataSync()]).toEqual([...run(x, 0.5, 3).dataSync()]);
    expect([...run(x, 0.5, undefined).dataSync()]).toEqual([...x.dataSync()]);
  });
});

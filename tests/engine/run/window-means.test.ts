import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { GraphNode } from '../../../engine/graph/model-graph.ts';
import { opDefinitions } from '../../../engine/graph/ops/table.ts';
import { opRunners } from '../../../engine/run/ops/table.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

const input = [7, 9, 3] as const;
const batch = 2;

type Spans = readonly (readonly [number, number])[];

/** Means and, for an upstream gradient of i + 1 at output i, gradients: summed pixel by pixel. */
function byHand(values: Float32Array, rows: Spans, columns: Spans): { means: number[]; gradient: Float64Array } {
  const [height, width, channels] = input;
  const gradient = new Float64Array(values.length);
  const means: number[] = [];
  for (let image = 0; image < batch; image++) {
    for (const [top, bottom] of rows) {
      for (const [left, right] of columns) {
        for (let c = 0; c < channels; c++) {
          const area = (bottom - top) * (right - left);
          let sum = 0;
          for (let y = top; y < bottom; y++) {
            for (let x = left; x < right; x++) {
              const at = ((image * height + y) * width + x) * channels + c;
              sum += values[at]!;
              gradient[at]! += (means.length + 1) / area;
            }
          }
          means.push(sum / area);
        }
      }
    }
  }
  return { means, gradient };
}

describe('pooling over windows of any size', () => {
  it.each<[string, string, Record<string, readonly number[]>, Spans, Spans]>([
    [
      'sliding, 5x7',
      'sliding-average-pool',
      { kernel: [5, 7] },
      [
        [0, 5],
        [1, 6],
        [2, 7],
      ],
      [
        [0, 7],
        [1, 8],
        [2, 9],
      ],
    ],
    ['sliding over the whole map', 'sliding-average-pool', { kernel: [7, 9] }, [[0, 7]], [[0, 9]]],
    [
      'sliding, one row',
      'sliding-average-pool',
      { kernel: [1, 8] },
      Array.from({ length: 7 }, (_, i) => [i, i + 1] as const),
      [
        [0, 8],
        [1, 9],
      ],
    ],
    [
      'a grid of 2x4, where neighbours share rows',
      'adaptive-average-pool',
      { size: [2, 4] },
      [
        [0, 4],
        [3, 7],
      ],
      [
        [0, 3],
        [2, 5],
        [4, 7],
        [6, 9],
      ],
    ],
    [
      'a grid of 1x3',
      'adaptive-average-pool',
      { size: [1, 3] },
      [[0, 7]],
      [
        [0, 3],
        [3, 6],
        [6, 9],
      ],
    ],
  ])('%s: means and gradients of two images', (_, op, attrs, rows, columns) => {
    const shape = opDefinitions.get(op)!.shape({ inputs: [[...input]], attrs, weights: {} });
    expect(shape).toEqual([rows.length, columns.length, 3]);
    const node: GraphNode = { id: 'pool', op, inputs: ['x'], attrs, weights: {}, scope: '', shape };
    const values = Float32Array.from({ length: batch * 7 * 9 * 3 }, (_, i) => Math.sin(i));
    const x = tf.variable(tf.tensor(values, [batch, ...input]));
    const pool = (): tf.Tensor => opRunners.get(op)!.prepare(node)({ inputs: [x], weights: {}, dropoutSeed: undefined });
    const { means, gradient } = byHand(values, rows, columns);
    const y = pool();
    expect(y.shape).toEqual([batch, ...shape]);
    y.dataSync().forEach((mean, i) => expect(mean).toBeCloseTo(means[i]!, 6));
    const factors = tf.tensor(
      Float32Array.from({ length: means.length }, (_, i) => i + 1),
      y.shape,
    );
    const { grads } = tf.valueAndGradients(() => tf.sum(tf.mul(pool(), factors)) as tf.Scalar, [x]);
    const largest = gradient.reduce((a, b) => Math.max(a, b), 0);
    grads[0]!.dataSync().forEach((value, i) => expect(Math.abs(value - gradient[i]!)).toBeLessThan(1e-6 * largest));
  });
});

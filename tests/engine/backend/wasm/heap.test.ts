import { backend } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { EngineError } from '../../../../engine/error.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '../../../../engine/backend/tf.ts';

interface Library {
  readonly wasm: { _malloc: (bytes: number) => number };
  numDataIds(): number;
}

/** Ops whose kernels need several outputs or working room; sizes grow from case to case, so that the room must grow as well. */
const ops: readonly (readonly [string, readonly (readonly number[])[], (inputs: readonly Tensor[]) => Tensor])[] = [
  [
    'convolution',
    [
      [2, 12, 12, 16],
      [3, 3, 16, 32],
    ],
    ([x, w]) => tf.conv2d(x as Tensor4D, w as Tensor4D, { stride: [1, 1], padding: [1, 1, 1, 1] }),
  ],
  [
    'grouped convolution of stride 2',
    [
      [2, 12, 12, 64],
      [3, 3, 32, 64],
    ],
    ([x, w]) => tf.conv2d(x as Tensor4D, w as Tensor4D, { stride: [2, 2], padding: [1, 1, 1, 1], groups: 2 }),
  ],
  [
    'depthwise convolution',
    [
      [2, 80, 80, 4],
      [3, 3, 4, 1],
    ],
    ([x, w]) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, { stride: [1, 1], padding: [1, 1, 1, 1] }),
  ],
  ['batch norm', [[1, 2, 2, 40_000], [40_000], [40_000]], ([x, gamma, beta]) => tf.batchNormTrain(x!, gamma!, beta!, { epsilon: 1e-3 }).y],
  ['layer norm', [[3, 200_000], [200_000], [200_000]], ([x, gamma, beta]) => tf.layerNorm(x!, gamma!, beta!, { epsilon: 1e-3 })],
  [
    'product of stacks',
    [
      [2, 3, 700],
      [2, 700, 900],
    ],
    ([a, b]) => tf.batchMatMul(a as Tensor3D, b as Tensor3D),
  ],
  ['resizing', [[1, 2, 3, 400_000]], ([x]) => tf.resizeBilinear(x as Tensor4D, [3, 4])],
  [
    'cross entropy',
    [[5, 3]],
    ([x]) => tf.softmaxCrossEntropy(x as Tensor2D, tf.tensor1d([0, 1, 2, 0, 1], 'int32') as Tensor1D, { reduction: 'mean-all' }),
  ],
];

describe('memory that is used up', () => {
  beforeAll(() => openBackend('wasm').then(() => undefined));

  test.each(ops)('%s: wherever memory ends, on the way there or back, nothing is left behind (slow)', (_, shapes, op) => {
    const library = backend() as unknown as Library;
    const variables = shapes.map((shape) => tf.tidy(() => tf.variable(tf.ones([...shape]))));
    const before = { tensors: tf.memory().numTensors, places: library.numDataIds() };
    const allocate = library.wasm._malloc;
    let failures = 0;
    for (let allowed = 0; failures === allowed; allowed++) {
      let calls = 0;
      library.wasm._malloc = (bytes) => {
        if (calls++ >= allowed) throw new EngineError('out-of-memory', 'No more room in this test.');
        return allocate(bytes);
      };
      try {
        const { value, grads } = tf.valueAndGradients(() => tf.sum(op(variables)), variables);
        tf.dispose([value, ...grads]);
      } catch (cause) {
        expect(cause).toMatchObject({ code: 'out-of-memory' });
        failures++;
      } finally {
        library.wasm._malloc = allocate;
      }
      expect({ tensors: tf.memory().numTensors, places: library.numDataIds() }, `after ${allowed} places`).toEqual(before);
    }
    expect(failures).toBeGreaterThan(3);
    tf.dispose(variables);
  });
});

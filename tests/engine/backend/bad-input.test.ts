import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { Tensor1D, Tensor2D, Tensor4D } from '../../../engine/backend/tf.ts';
import { testableBackends } from './testable-backends.ts';

const map = (...shape: number[]): Tensor4D => tf.zeros(shape) as unknown as Tensor4D;
const plain = { stride: [1, 1], padding: [0, 0, 0, 0] } as const;

/** What is done wrongly, and what the message must say. */
const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
  [
    'conv2d, channels',
    () => tf.conv2d(map(1, 4, 4, 16), map(3, 3, 18, 32), plain),
    /conv2d: input has 16 channels .* weights expect 18 .*\[3, 3, 18, 32\]/,
  ],
  [
    'conv2d, groups that do not divide',
    () => tf.conv2d(map(1, 4, 4, 4), map(1, 1, 2, 5), { ...plain, groups: 2 }),
    /conv2d: input has 4 channels in 2 group/,
  ],
  [
    'conv2d, rank',
    () => tf.conv2d(map(4, 4, 3), map(1, 1, 3, 2), plain),
    /conv2d: input must be \[batch, height, width, channels\]; got \[4, 4, 3\]/,
  ],
  [
    'conv2d, window larger than the map',
    () => tf.conv2d(map(1, 3, 9, 2), map(5, 5, 2, 2), plain),
    /conv2d: a 5x5 window with dilation 1x1 does not fit the padded input 3x9/,
  ],
  [
    'conv2d, stride 0',
    () => tf.conv2d(map(1, 4, 4, 2), map(1, 1, 2, 2), { ...plain, stride: [0, 1] }),
    /conv2d: kernel, stride and dilation .* at least 1; got 0/,
  ],
  [
    'conv2d, negative padding',
    () => tf.conv2d(map(1, 4, 4, 2), map(1, 1, 2, 2), { ...plain, padding: [0, -1, 0, 0] }),
    /padding .* at least 0; got -1/,
  ],
  [
    'depthwiseConv2d, channels',
    () => tf.depthwiseConv2d(map(1, 4, 4, 6), map(3, 3, 5, 1), plain),
    /depthwiseConv2d: input has 6 channels, weights expect 5/,
  ],
  ['depthwiseConv2d, multiplier', () => tf.depthwiseConv2d(map(1, 4, 4, 6), map(3, 3, 6, 2), plain), /multiplier 1/],
  [
    'avgPool, fractional stride',
    () => tf.avgPool(map(1, 4, 4, 2), { ...plain, size: [2, 2], stride: [1.5, 1], countIncludePad: true }),
    /avgPool: .*got 1.5/,
  ],
  [
    'batchNormTrain, gamma',
    () => tf.batchNormTrain(map(2, 2, 2, 3), tf.ones([4]), tf.zeros([3]), { epsilon: 1e-3 }),
    /batchNormTrain: input has 3 channels .* gamma has shape \[4\]/,
  ],
  [
    'batchNormInference, variance',
    () =>
      tf.batchNormInference(
        map(2, 2, 2, 3),
        { mean: tf.ones([3]), variance: tf.ones([1]), gamma: tf.ones([3]), beta: tf.ones([3]) },
        { epsilon: 1 },
      ),
    /variance has shape \[1\]/,
  ],
  [
    'layerNorm, beta',
    () => tf.layerNorm(tf.zeros([2, 3]), tf.ones([3]), tf.ones([2]), { epsilon: 1 }),
    /layerNorm: rows have 3 values, gamma has 3 and beta 2/,
  ],
  [
    'linear, weights',
    () => tf.linear(tf.zeros([2, 3]), tf.zeros([4, 5]) as Tensor2D),
    /linear: input \[2, 3\] does not fit weights \[4, 5\]/,
  ],
  ['linear, bias', () => tf.linear(tf.zeros([2, 4]), tf.zeros([4, 5]) as Tensor2D, tf.zeros([4]) as Tensor1D), /bias \[4\]/],
  [
    'batchMatMul, inner sizes',
    () => tf.batchMatMul(tf.zeros([2, 3, 4]), tf.zeros([2, 3, 4])),
    /batchMatMul: \[2, 3, 4\] does not fit \[2, 3, 4\]/,
  ],
  ['batchMatMul, stacks of different length', () => tf.batchMatMul(tf.zeros([2, 3, 4]), tf.zeros([3, 4, 5])), /batchMatMul/],
  ['resizeBilinear, empty size', () => tf.resizeBilinear(map(1, 2, 2, 1), [0, 3]), /resizeBilinear: cannot resize \[1, 2, 2, 1\] to 0x3/],
  ['dropout, rate 1', () => tf.dropout(tf.zeros([2]), 1, 0), /dropout: rate must be at least 0 and below 1; got 1/],
  ['dropout, rate NaN', () => tf.dropout(tf.zeros([2]), NaN, 0), /got NaN/],
  ['addN of nothing', () => tf.addN([]), /addN: .* got none/],
  ['addN of two shapes', () => tf.addN([tf.zeros([2]), tf.zeros([3])]), /addN: .*\[2\], \[3\]/],
  ['concatChannels of two heights', () => tf.concatChannels([map(1, 2, 2, 3), map(1, 3, 2, 3)]), /differ in the last axis only/],
  ['sliceChannels beyond the end', () => tf.sliceChannels(tf.zeros([2, 5]), 3, 3), /channels 3\.\.6 do not lie in 0\.\.5/],
  ['splitChannels, wrong total', () => tf.splitChannels(tf.zeros([2, 5]), [2, 2]), /2 \+ 2 = 4, the input has 5/],
  [
    'softmaxCrossEntropy, float labels',
    () => tf.softmaxCrossEntropy(tf.zeros([2, 3]) as Tensor2D, tf.zeros([2]) as Tensor1D, { reduction: 'mean-all' }),
    /need int32 labels \[2\]; got float32/,
  ],
  [
    'softmaxCrossEntropy, too few labels',
    () => tf.softmaxCrossEntropy(tf.zeros([2, 3]) as Tensor2D, tf.tensor1d([1], 'int32'), { reduction: 'mean-all' }),
    /got int32 \[1\]/,
  ],
  ['gather, float indices', () => tf.gather(tf.zeros([2, 3]), tf.zeros([2]) as Tensor1D, 0), /gather: expected int32 indices/],
];

describe.each(testableBackends)('bad input on %s', (id) => {
  beforeAll(() => openBackend(id).then(() => undefined));

  test.each(cases)('%s: refused with what was expected and what came', (_, run, message) => {
    const before = tf.memory().numTensors;
    expect(() => tf.tidy(() => void run())).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('an int32 map given to a wasm kernel is refused, not misread', async () => {
  await openBackend('wasm');
  expect(() => tf.tidy(() => void tf.activation(tf.tensor1d([1, 2], 'int32'), 'relu'))).toThrow(
    /float32 tensor was expected, got int32 \[2\]/,
  );
});

test('a tensor larger than the memory of wasm is refused, and what was there is untouched', async () => {
  await openBackend('wasm');
  const before = tf.memory().numTensors;
  const x = tf.tensor1d([1, 2, 3]);
  expect(() => tf.tidy(() => void tf.fill([1_300_000_000], 1))).toThrow(
    expect.objectContaining({ code: 'out-of-memory', message: expect.stringContaining('5200.0 MB') }),
  );
  expect(Array.from(tf.tidy(() => tf.activation(x, 'relu').dataSync()))).toEqual([1, 2, 3]);
  x.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

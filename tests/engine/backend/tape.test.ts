import { stridedSlice } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { differentiable } from '../../../engine/backend/tape.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { Scalar, Tensor, Variable } from '../../../engine/backend/tf.ts';
import { testableBackends } from './testable-backends.ts';

/** A variable that does not keep the tensor it is made of. */
function variableOf(values: number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

function sumOf(x: Tensor): Scalar {
  return tf.sum(x);
}

/** An op of the library that has no gradient; not to be had through engine/backend/tf.ts. */
function everySecond(x: Tensor): Tensor {
  return stridedSlice(x, [0], [3], [2]);
}

function stop(_: Tensor): never {
  throw new RangeError('stop');
}

describe.each(testableBackends)('valueAndGradients on %s', (id) => {
  let a: Variable;
  let b: Variable;
  beforeAll(async () => {
    await openBackend(id);
    a = variableOf([1, -2, 3]);
    b = variableOf([4, 5, 6]);
  });
  afterAll(() => tf.dispose([a, b]));

  /** Values of the gradients, everything disposed. */
  function gradientsOf(f: () => Scalar, variables: readonly Variable[]): number[][] {
    const { value, grads } = tf.valueAndGradients(f, variables);
    const result = grads.map((gradient) => Array.from(gradient.dataSync()));
    tf.dispose([value, ...grads]);
    return result;
  }

  test('a variable used twice gets the sum of both paths', () => {
    expect(gradientsOf(() => sumOf(tf.add(tf.mul(a, b), tf.activation(a, 'relu'))), [a, b])).toEqual([
      [5, 5, 7],
      [1, -2, 3],
    ]);
  });

  test('gradients belong to the scope of their op; the scope from before is restored, also after an error', () => {
    const seen: string[] = [];
    const noted = (x: Tensor): Tensor =>
      differentiable('noted', [x], () => ({
        value: tf.mul(x, 2),
        save: [],
        gradient: (dy) => {
          seen.push(tf.currentScope());
          return [tf.mul(dy, 2)];
        },
      }));
    const f = (): Scalar => {
      tf.enterScope('stage1');
      const y = tf.add(noted(a), 1);
      tf.enterScope('stage2');
      return sumOf(noted(y));
    };
    const before = tf.enterScope('outside');
    gradientsOf(f, [a]);
    expect([seen, tf.currentScope()]).toEqual([['stage2', 'stage1'], 'outside']);
    expect(() => gradientsOf(() => stop(f()), [a])).toThrow('stop');
    expect(tf.currentScope()).toBe('outside');
    tf.enterScope(before);
  });

  test('a variable that the value does not depend on gets zeros', () => {
    expect(gradientsOf(() => sumOf(tf.square(a)), [b, a])).toEqual([
      [0, 0, 0],
      [2, -4, 6],
    ]);
  });

  test('the value itself being a variable gives one', () => {
    const v = tf.tidy(() => tf.variable(tf.scalar(7)));
    expect(gradientsOf(() => v as unknown as Scalar, [v])).toEqual([[1]]);
    v.dispose();
  });

  test('what an inner tidy frees is still there for the gradient', () => {
    const f = (): Scalar =>
      tf.tidy(() =>
        sumOf(
          tf.activation(
            tf.tidy(() => tf.activation(a, 'swish')),
            'sigmoid',
          ),
        ),
      );
    const [gradient] = gradientsOf(f, [a]);
    const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
    [1, -2, 3].forEach((x, i) => {
      const s = sigmoid(x);
      const y = sigmoid(x * s);
      expect(gradient![i]).toBeCloseTo(y * (1 - y) * (s + x * s * (1 - s)), 5);
    });
  });

  test('a condition computed from the variable is a constant', () => {
    expect(gradientsOf(() => sumOf(tf.where(tf.greater(a, 0), tf.mul(a, 3), tf.mul(a, 5))), [a])).toEqual([[3, 5, 3]]);
  });

  test('no gradient flows through stopGradient', () => {
    expect(gradientsOf(() => sumOf(tf.mul(a, tf.stopGradient(a))), [a])).toEqual([[1, -2, 3]]);
  });

  test('mean and variance of batchNormTrain are constants', () => {
    const x = tf.tidy(() => tf.variable(tf.tensor2d([[1], [2], [4]])));
    const gamma = variableOf([1]);
    const beta = variableOf([0]);
    const f = (): Scalar => {
      const { y, mean, variance } = tf.batchNormTrain(x, gamma, beta, { epsilon: 1e-3 });
      return tf.add(tf.mul(sumOf(y), 0), tf.add(sumOf(mean), sumOf(variance)));
    };
    gradientsOf(f, [x, gamma, beta])
      .flat()
      .forEach((value) => expect(value).toBeCloseTo(0, 6));
    tf.dispose([x, gamma, beta]);
  });

  test('tensors are freed: the value and the gradients alone remain', () => {
    const before = tf.memory().numTensors;
    const { value, grads } = tf.valueAndGradients(() => sumOf(tf.softmaxLastAxis(tf.mul(tf.activation(a, 'gelu'), b))), [a, b]);
    expect(tf.memory().numTensors).toBe(before + 3);
    tf.dispose([value, ...grads]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each<[string, () => Scalar, RegExp]>([
    ['an error after one op', () => stop(tf.activation(a, 'swish')), /stop/],
    ['an error after two ops in a chain', () => stop(tf.softmaxLastAxis(tf.activation(a, 'swish'))), /stop/],
    ['an error after ops of the library', () => stop(tf.exp(tf.mul(a, b))), /stop/],
    ['an error in an op', () => sumOf(tf.sliceChannels(tf.activation(a, 'swish'), 2, 5)), /sliceChannels/],
    ['a value that is no scalar', () => tf.softmaxLastAxis(tf.activation(a, 'gelu')) as unknown as Scalar, /float32 \[3\]/],
    [
      'an error on the way back',
      () => sumOf(tf.activation(everySecond(tf.activation(a, 'swish')), 'tanh')),
      /StridedSlice has no gradient/,
    ],
  ])('%s leaves nothing behind, and the next call works', (_, f, message) => {
    const before = tf.memory();
    expect(() => tf.valueAndGradients(f, [a])).toThrow(message);
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors, numDataBuffers: before.numDataBuffers });
    expect(gradientsOf(() => sumOf(a), [a])).toEqual([[1, 1, 1]]);
  });

  test('a call inside of a call is refused', () => {
    expect(() => tf.valueAndGradients(() => tf.valueAndGradients(() => sumOf(a), [a]).value, [a])).toThrow(/inside of itself/);
  });

  test('a function that gives no scalar is refused with the shape', () => {
    expect(() => tf.valueAndGradients(() => tf.square(a) as unknown as Scalar, [a])).toThrow(/float32 \[3\]/);
  });

  test('an op without a gradient on the way to a variable is named; beside the way it does not matter', () => {
    expect(() => tf.valueAndGradients(() => sumOf(everySecond(tf.activation(a, 'relu'))), [a])).toThrow(
      expect.objectContaining({ code: 'no-gradient', message: expect.stringContaining('StridedSlice') }),
    );
    expect(gradientsOf(() => tf.add(sumOf(a), sumOf(everySecond(tf.mul(b, 2)))), [a])).toEqual([[1, 1, 1]]);
    expect(gradientsOf(() => sumOf(everySecond(tf.mul(b, 2))), [a])).toEqual([[0, 0, 0]]);
  });

  test('floor has a gradient of zero; a value of integers ends the path', () => {
    expect(gradientsOf(() => sumOf(tf.floor(a)), [a])).toEqual([[0, 0, 0]]);
    expect(gradientsOf(() => sumOf(tf.cast(tf.argMax(a), 'float32')), [a])).toEqual([[0, 0, 0]]);
  });
});

describe('tidy on wasm', () => {
  beforeAll(() => openBackend('wasm').then(() => undefined));

  test.each([
    ['a tensor', (t: Tensor) => t, 1],
    ['tensors in an array and an object', (t: Tensor) => [t, { inner: tf.neg(t) }], 2],
    ['more than eight tensors', (t: Tensor) => Array.from({ length: 10 }, () => tf.neg(t)), 10],
    ['values', (t: Tensor) => t.dataSync(), 0],
    ['nothing', () => undefined, 0],
  ])('keeps what is returned and frees the rest: %s', (_, pick, kept) => {
    const before = tf.memory().numTensors;
    const result = tf.tidy(() => {
      const outer = tf.ones([3]);
      return tf.tidy(() => pick(tf.mul(outer, 2)));
    });
    expect(tf.memory().numTensors).toBe(before + kept);
    tf.dispose(result as tf.Tensor[]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('what is kept inside outlives it', () => {
    const before = tf.memory().numTensors;
    const kept: Tensor[] = [];
    tf.tidy(() => void kept.push(tf.keep(tf.ones([2]))));
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose(kept);
  });

  test('an asynchronous function is refused', () => {
    expect(() => tf.tidy(() => Promise.resolve() as never)).toThrow(/must not be asynchronous/);
  });
});

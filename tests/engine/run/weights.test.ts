import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { EngineError } from '../../../engine/error.ts';
import type { WeightRef, WeightSpec } from '../../../engine/graph/model-graph.ts';
import { elementCount } from '../../../engine/graph/shapes.ts';
import { writeSafetensors, type SafetensorsEntry } from '../../../engine/run/safetensors.ts';
import { loadWeights, saveWeights } from '../../../engine/run/weights-file.ts';
import { moveVariables, Weights } from '../../../engine/run/weights.ts';

beforeAll(async () => {
  await openBackend('cpu');
});

const specs: readonly WeightSpec[] = [
  { name: 'conv.weight', shape: [4, 3, 1, 2], kind: 'weight', layout: 'oihw', isRun: true },
  { name: 'bn.weight', shape: [4], kind: 'norm_weight', layout: 'as-is', isRun: true },
  { name: 'bn.running_mean', shape: [4], kind: 'running_mean', layout: 'as-is', isRun: true },
  { name: 'bn.num_batches_tracked', shape: [], kind: 'count', layout: 'as-is', isRun: false },
  { name: 'idle.weight', shape: [2], kind: 'norm_weight', layout: 'as-is', isRun: false },
];
const numbered = (spec: WeightSpec): Float32Array => Float32Array.from({ length: elementCount(spec.shape) }, (_, i) => i + 1);

/** Runs with fresh weights and checks that no tensor is left. */
async function withWeights(use: (weights: Weights) => void | Promise<void>): Promise<void> {
  const before = tf.memory().numTensors;
  const weights = new Weights(specs, numbered);
  await use(weights);
  weights.dispose();
  expect(tf.memory().numTensors).toBe(before);
}

describe('Weights', () => {
  it('variables are in our layout, reading and entries in the official one', () =>
    withWeights(async (weights) => {
      expect(weights.get('conv.weight').shape).toEqual([1, 2, 3, 4]);
      expect(await weights.read('conv.weight')).toEqual(numbered(specs[0]!));
      expect((await weights.entries('ema/')).map((entry) => [entry.name, entry.dtype, entry.shape])).toEqual([
        ['ema/conv.weight', 'F32', [4, 3, 1, 2]],
        ['ema/bn.weight', 'F32', [4]],
        ['ema/bn.running_mean', 'F32', [4]],
        ['ema/bn.num_batches_tracked', 'I64', []],
        ['ema/idle.weight', 'F32', [2]],
      ]);
    }));

  it('learned names leave out buffers and what never runs', () =>
    withWeights((weights) => {
      expect(weights.learnedNames()).toEqual(['conv.weight', 'bn.weight']);
      expect(weights.get('bn.running_mean').trainable).toBe(false);
    }));

  it.each<[string, NonNullable<WeightRef['slices']>, number[]]>([
    ['a prefix of the outputs', [{ kind: 'prefix', length: 2 }, undefined, undefined, undefined], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    [
      'two inputs by index, in their order',
      [{ kind: 'prefix', length: 1 }, { kind: 'indices', indices: [2, 0] }, undefined, undefined],
      [5, 6, 1, 2],
    ],
    [
      'ranges of the outputs',
      [
        {
          kind: 'ranges',
          ranges: [
            [0, 1],
            [3, 4],
          ],
        },
        { kind: 'prefix', length: 1 },
        undefined,
        undefined,
      ],
      [1, 2, 19, 20],
    ],
  ])('a slice of %s', (_, slices, expected) =>
    withWeights((weights) => {
      const values = tf.tidy(() => [...tf.transpose(weights.take({ name: 'conv.weight', slices }), [3, 2, 0, 1]).dataSync()]);
      expect(values).toEqual(expected);
    }),
  );

  it('gradients reach exactly the sliced part', () =>
    withWeights((weights) => {
      const ref: WeightRef = { name: 'bn.weight', slices: [{ kind: 'indices', indices: [3, 1] }] };
      const factors = tf.tensor1d([10, 20]);
      const { value, grads } = tf.valueAndGradients(
        () => tf.sum(tf.mul(weights.take(ref), factors)) as tf.Scalar,
        [weights.get('bn.weight')],
      );
      expect([...grads[0]!.dataSync()]).toEqual([0, 20, 0, 10]);
      expect(value.dataSync()[0]).toBe(4 * 10 + 2 * 20);
      tf.dispose([value, factors, ...grads]);
    }));

  it('a slice that does not fit and unknown names are refused', () =>
    withWeights((weights) => {
      expect(() => weights.take({ name: 'bn.weight', slices: [{ kind: 'indices', indices: [4] }] })).toThrow(/reaches index 4/);
      expect(() => weights.get('conv.bias')).toThrow(EngineError);
      expect(() => weights.spec('conv.bias')).toThrow(/hold no 'conv.bias'/);
      expect(() => weights.write('bn.weight', new Float32Array(3))).toThrow(/has shape \[4\], 3 values came/);
    }));

  it('a clone changes on its own', () =>
    withWeights(async (weights) => {
      const copy = weights.clone();
      copy.write('bn.weight', Float32Array.of(9, 9, 9, 9));
      copy.setCounter('bn.num_batches_tracked', 5);
      expect([...(await weights.read('bn.weight'))]).toEqual([1, 2, 3, 4]);
      expect(weights.counter('bn.num_batches_tracked')).toBe(1);
      expect([...(await copy.read('bn.weight'))]).toEqual([9, 9, 9, 9]);
      expect(copy.counter('bn.num_batches_tracked')).toBe(5);
      copy.dispose();
    }));

  const smaller: readonly WeightSpec[] = [
    { ...specs[0]!, name: 'first.weight', shape: [2, 3, 1, 2] },
    { ...specs[1]!, name: 'first.bn.weight' },
    { ...specs[3]!, name: 'first.bn.num_batches_tracked' },
  ];
  const moves = [
    { from: 'conv.weight', to: 'first.weight', slices: [{ kind: 'indices', indices: [1, 3] } as const, undefined, undefined, undefined] },
    { from: 'bn.weight', to: 'first.bn.weight' },
    { from: 'bn.num_batches_tracked', to: 'first.bn.num_batches_tracked' },
  ];

  it('shrinking slices, renames and frees; slots follow with the same moves', () =>
    withWeights(async (weights) => {
      weights.setCounter('bn.num_batches_tracked', 3);
      const slots = new Map(weights.learnedNames().map((name) => [name, tf.tidy(() => tf.variable(tf.mul(weights.get(name), -1)))]));
      const before = tf.memory().numTensors;
      const moved = moveVariables(slots, new Map(specs.map((spec) => [spec.name, spec])), moves);
      weights.shrink(smaller, moves);
      expect([...(await weights.read('first.weight'))]).toEqual([7, 8, 9, 10, 11, 12, 19, 20, 21, 22, 23, 24]);
      expect([...(await weights.read('first.bn.weight'))]).toEqual([1, 2, 3, 4]);
      expect(weights.counter('first.bn.num_batches_tracked')).toBe(3);
      expect(weights.specs.map((spec) => spec.name)).toEqual(smaller.map((spec) => spec.name));
      expect([...moved.keys()]).toEqual(['first.weight', 'first.bn.weight']);
      expect(moved.get('first.weight')!.shape).toEqual([1, 2, 3, 2]);
      expect(moved.get('first.weight')!.dataSync()[0]).toBe(-7);
      expect(before - tf.memory().numTensors).toBe(2); // bn.running_mean and idle.weight are gone
      tf.dispose([...moved.values()]);
    }));

  it('shrinking without a source or to another shape is refused', () => {
    const weights = new Weights(specs, numbered);
    expect(() => weights.shrink(smaller, moves.slice(1))).toThrow(/nothing says where first.weight comes from/);
    expect(() => weights.shrink([{ ...smaller[0]!, shape: [3, 3, 1, 2] }], moves)).toThrow(
      /should have shape \[1, 2, 3, 3\], \[1, 2, 3, 2\] came/,
    );
    weights.dispose();
  });
});

describe('weights files', () => {
  it('saving and loading keeps every value and counter', () =>
    withWeights(async (weights) => {
      weights.setCounter('bn.num_batches_tracked', 12);
      const loaded = loadWeights(specs, await saveWeights(weights, { space: 'test' }));
      for (const { name } of specs) expect(await loaded.read(name), name).toEqual(await weights.read(name));
      expect(loaded.counter('bn.num_batches_tracked')).toBe(12);
      loaded.dispose();
    }));

  it('missing, misshapen and unknown tensors are listed together; a missing counter is 0', () => {
    const file = writeSafetensors([
      { name: 'conv.weight', dtype: 'F32', shape: [4, 3], data: new Float32Array(12) },
      { name: 'bn.weight', dtype: 'F32', shape: [4], data: new Float32Array(4) },
      { name: 'extra', dtype: 'F32', shape: [1], data: new Float32Array(1) },
    ]);
    const before = tf.memory().numTensors;
    expect(() => loadWeights(specs.slice(0, 4), file)).toThrow(
      /conv.weight should be \[4, 3, 1, 2\], the file has \[4, 3\]; bn.running_mean \[4\] is missing; extra is unknown/,
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  const one = { name: 'bn.weight', shape: [4] } as const;
  it.each<[string, SafetensorsEntry, RegExp]>([
    [
      'whole numbers',
      { ...one, dtype: 'I32', data: Int32Array.of(1, 2, 3, 4) },
      /bn.weight should be one of F16, BF16, F32, F64, the file has I32/,
    ],
    ['truth values', { ...one, dtype: 'BOOL', data: Uint8Array.of(1, 0, 1, 0) }, /bn.weight should be one of .* has BOOL/],
    ['NaN', { ...one, dtype: 'F32', data: Float32Array.of(1, 2, NaN, NaN) }, /bn.weight has the value NaN at position 2/],
    [
      'infinity in half precision',
      { ...one, dtype: 'F16', data: Uint16Array.of(0, 0x7c00, 0, 0) },
      /bn.weight has the value Infinity at position 1/,
    ],
    [
      'a double that float32 cannot hold',
      { ...one, dtype: 'F64', data: Float64Array.of(0, 1, 2, -1e300) },
      /bn.weight has the value -Infinity at position 3/,
    ],
  ])('a learned weight of %s is refused', (_, entry, message) => {
    expect(() => loadWeights([specs[1]!], writeSafetensors([entry]))).toThrow(message);
  });

  it.each<[string, SafetensorsEntry]>([
    ['F64', { ...one, dtype: 'F64', data: Float64Array.of(1, 2, 3, 4) }],
    ['F16', { ...one, dtype: 'F16', data: Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400) }],
    ['BF16', { ...one, dtype: 'BF16', data: Uint16Array.of(0x3f80, 0x4000, 0x4040, 0x4080) }],
  ])('a learned weight of type %s is read', async (_, entry) => {
    const weights = loadWeights([specs[1]!], writeSafetensors([entry]));
    expect([...(await weights.read('bn.weight'))]).toEqual([1, 2, 3, 4]);
    weights.dispose();
  });
});

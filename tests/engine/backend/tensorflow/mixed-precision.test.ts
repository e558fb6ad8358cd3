import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { useMixedPrecision } from '../../../../engine/backend/mixed-self-test.ts';
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { setTensorflowPrecision, tensorflowCounts } from '../../../../engine/backend/tensorflow/open.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { Tensor2D, Tensor4D } from '../../../../engine/backend/tf.ts';
import { createRng } from '../../../../engine/rng.ts';

const onProcessor = (precision: Parameters<typeof setTensorflowPrecision>[0]): void => setTensorflowPrecision(precision, true);

function random(shape: number[], seed: number): tf.Tensor {
  const rng = createRng(seed);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => rng.normal()),
    shape,
  );
}

interface Case {
  readonly shapes: readonly number[][];
  readonly run: (inputs: readonly tf.Tensor[]) => tf.Tensor;
}

/** Everything that computes in 16 bits, with its gradients; sizes that are no multiples of anything. */
const cases: Readonly<Record<string, Case>> = {
  'convolution 3x3': {
    shapes: [[2, 7, 9, 5], [3, 3, 5, 11]],
    run: ([x, kernel]) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, { stride: [2, 1], padding: [1, 1, 1, 1] }),
  },
  'convolution 1x1': {
    shapes: [[2, 7, 9, 5], [1, 1, 5, 11]],
    run: ([x, kernel]) => tf.conv2d(x as Tensor4D, kernel as Tensor4D, { stride: [1, 1], padding: [0, 0, 0, 0] }),
  },
  'depthwise convolution': {
    shapes: [[2, 7, 9, 5], [3, 3, 5, 1]],
    run: ([x, kernel]) => tf.depthwiseConv2d(x as Tensor4D, kernel as Tensor4D, { stride: [2, 2], padding: [1, 1, 1, 1] }),
  },
  'linear layer': { shapes: [[7, 13], [13, 9]], run: ([x, weight]) => tf.linear(x as Tensor2D, weight as Tensor2D) },
  'stack of products': { shapes: [[3, 7, 13], [3, 5, 13]], run: ([a, b]) => tf.batchMatMul(a!, b!, { transposeB: true }) },
};

const bits = { bfloat16: 8, float16: 11 } as const;

describe.skipIf(findInstalled() === undefined)('mixed precision on native TensorFlow, on a processor', () => {
  beforeAll(() => openBackend('tensorflow', { threads: 2 }).then(() => undefined));
  afterEach(() => setTensorflowPrecision('float32'));

  const valuesOf = (name: string): number[][] =>
    tf.tidy(() => {
      const { shapes, run } = cases[name]!;
      const inputs = shapes.map((shape, i) => tf.variable(random(shape, i + 1)));
      const { value, grads } = tf.valueAndGradients(() => tf.sum(tf.square(run(inputs))), inputs);
      const values = [run(inputs), value, ...grads].map((tensor) => Array.from(tensor.dataSync()));
      tf.dispose(inputs);
      return values;
    });

  describe.each(['bfloat16', 'float16'] as const)('%s', (precision) => {
    it.each(Object.keys(cases))('%s: float32 up to rounding, and really rounded', (name) => {
      const right = valuesOf(name);
      onProcessor(precision);
      const mixed = valuesOf(name);
      for (const [i, values] of right.entries()) {
        const largest = Math.max(...values.map(Math.abs));
        const difference = Math.max(...values.map((value, k) => Math.abs(value - mixed[i]![k]!))) / largest;
        expect(difference).toBeLessThan(8 * 2 ** -bits[precision]);
        expect(difference).toBeGreaterThan(0);
      }
    });

    it('passes its self test, computes a compiled step like the same step op by op, and leaves nothing behind', async () => {
      const { tensors } = tensorflowCounts()!;
      await useMixedPrecision('tensorflow', precision, onProcessor);
      const inputs = [random([9, 13], 1), random([13, 5], 2)];
      const losses: number[] = [];
      for (const mode of ['eager', 'compiled'] as const) {
        const step = tf.createStep('mixed', ([x, weight]) => [tf.sum(tf.square(tf.linear(x as Tensor2D, weight as Tensor2D)))], mode);
        const [loss] = await step.run({ tensors: inputs, numbers: [], seeds: [] });
        losses.push((await loss!.data())[0]!);
        loss!.dispose();
        step.dispose();
      }
      tf.dispose(inputs);
      expect(losses[1]).toBe(losses[0]);
      expect(tensorflowCounts()!.tensors).toBe(tensors);
    });
  });

  it('a switch without effect fails the self test, and float32 is in use afterwards', async () => {
    const used: string[] = [];
    const failure = useMixedPrecision('tensorflow', 'bfloat16', (precision) => used.push(precision));
    await expect(failure).rejects.toMatchObject({ code: 'precision-self-test', message: expect.stringContaining('same bits') });
    expect(used).toEqual(['float32', 'bfloat16', 'float32']);
  });

  it('less precise than asked for fails the self test', async () => {
    const failure = useMixedPrecision('tensorflow', 'float16', (precision) => onProcessor(precision === 'float16' ? 'bfloat16' : precision));
    await expect(failure).rejects.toMatchObject({ code: 'precision-self-test', message: expect.stringContaining('with float32') });
  });

  it('on a processor it is refused, with what to do; float32 stays', async () => {
    await expect(openBackend('tensorflow', { precision: 'bfloat16' })).rejects.toMatchObject({
      code: 'precision-not-supported',
      message: expect.stringContaining('processor'),
      tip: expect.stringContaining('--cuda'),
    });
    expect((await openBackend('tensorflow')).precision).toBe('float32');
  });
});

it.each(['wasm', 'webgpu', 'cpu'])('%s: 16 bits are refused', async (id) => {
  await expect(openBackend(id, { precision: 'float16' })).rejects.toMatchObject({ code: 'precision-not-supported' });
});

import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { tensorflowCounts } from '../../../../engine/backend/tensorflow/open.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { StepFunction, Tensor, Variable } from '../../../../engine/backend/tf.ts';

const nothing = { tensors: [], numbers: [], seeds: [] };

function variableOf(values: number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor1d(values)));
}

function read(tensors: readonly Tensor[]): number[] {
  const values = tensors.map((tensor) => tensor.dataSync()[0]!);
  tf.dispose([...tensors]);
  return values;
}

describe.skipIf(findInstalled() === undefined)('tracing a step on native TensorFlow', () => {
  beforeAll(() => openBackend('tensorflow', { threads: 2 }).then(() => undefined));

  it('two variables made of one tensor stay two', async () => {
    const x = tf.tensor1d([1]);
    const [a, b] = [tf.variable(x), tf.variable(x)];
    const step = tf.createStep(
      'twins',
      () => {
        const before = [tf.clone(a as Tensor), tf.clone(b as Tensor)];
        a.assign(tf.add(a, 1));
        b.assign(tf.add(b, 10));
        return before;
      },
      'compiled',
    );
    expect([read(await step.run(nothing)), read(await step.run(nothing))]).toEqual([
      [1, 1],
      [2, 11],
    ]);
    expect([a.dataSync()[0], b.dataSync()[0], x.dataSync()[0]]).toEqual([3, 21, 1]);
    step.dispose();
    tf.dispose([x, a, b]);
  });

  it('two variables that were assigned one tensor stay two, also between runs', async () => {
    const [a, b, x] = [variableOf([1]), variableOf([2]), tf.tensor1d([5])];
    const assign = (): void => {
      a.assign(x);
      b.assign(x);
    };
    assign();
    const double: StepFunction = () => {
      b.assign(tf.mul(b, 2));
      return [tf.add(a as Tensor, 1), tf.clone(b as Tensor)];
    };
    const step = tf.createStep('twins', double, 'compiled');
    expect(read(await step.run(nothing))).toEqual([6, 10]);
    assign();
    expect(read(await step.run(nothing))).toEqual([6, 10]);
    expect([a.dataSync()[0], b.dataSync()[0], x.dataSync()[0]]).toEqual([5, 10, 5]);
    step.dispose();
    tf.dispose([a, b, x]);
  });

  it('a tensor that keeps what a variable was is refused, not taken for the variable', async () => {
    const weight = variableOf([1]);
    const kept = tf.clone(weight as Tensor);
    const step = tf.createStep('kept', () => [tf.add(weight, kept)], 'compiled');
    await expect(step.run(nothing)).rejects.toMatchObject({ code: 'captured-tensor' });
    tf.dispose([weight, kept]);
  });

  it('a tensor kept from another trace is refused in a trace, op by op, and as an argument', async () => {
    const weight = variableOf([7]);
    let kept: Tensor | undefined;
    const first = tf.createStep('first', () => [(kept = tf.keep(tf.mul(weight, 3)))], 'compiled');
    tf.dispose(await first.run(nothing));
    const second = tf.createStep('second', () => [tf.add(kept!, tf.add(weight, 5))], 'compiled');
    await expect(second.run(nothing)).rejects.toMatchObject({ code: 'captured-tensor' });
    expect(() => tf.add(kept!, 1)).toThrow(expect.objectContaining({ code: 'value-in-trace' }));
    const third = tf.createStep('third', ([x]) => [tf.add(x!, 1)], 'compiled');
    await expect(third.run({ ...nothing, tensors: [kept!] })).rejects.toMatchObject({ code: 'value-in-trace' });
    for (const step of [first, second, third]) step.dispose();
    tf.dispose([weight, kept!]);
  });

  it('a function that makes a variable, keeps a tensor and throws leaves nothing behind', async () => {
    const x = tf.ones([4]);
    const failing: StepFunction = ([g]) => {
      tf.variable(tf.zeros([2]), true, 'left');
      tf.add(tf.keep(tf.mul(g!, 2)), tf.tensor1d([1, 2, 3, 4]));
      throw new Error('on purpose');
    };
    tf.dispose(await tf.createStep('warm', ([g]) => [tf.add(g!, 1)], 'compiled').run({ ...nothing, tensors: [x] }));
    const before = [tf.memory().numTensors, tensorflowCounts()!.tensors];
    for (let i = 0; i < 3; i++) {
      const step = tf.createStep('failing', failing, 'compiled');
      await expect(step.run({ ...nothing, tensors: [x] })).rejects.toThrow('on purpose');
    }
    expect([tf.memory().numTensors, tensorflowCounts()!.tensors]).toEqual(before);
    x.dispose();
  });

  it('traces with plain hyper numbers, and with a decay whose rest is not given, leave no tensor behind', async () => {
    const [weight, velocity, shadow] = [variableOf([1]), variableOf([0]), variableOf([0])];
    const gradient = tf.ones([1]);
    const update: StepFunction = ([g], [decay]) => {
      tf.updateSgd(weight, g!, { velocity }, { learningRate: 0.5, momentum: 0.9 });
      tf.updateSgd(weight, g!, { velocity }, { learningRate: 0, momentum: 0, ema: { shadow, decay: decay! } });
      tf.updateSgd(weight, g!, { velocity }, { learningRate: 0, momentum: 0.9, ema: { shadow, decay: decay! } });
      return [];
    };
    const counts: number[] = [];
    for (let i = 0; i < 3; i++) {
      const step = tf.createStep('update', update, 'compiled');
      await step.run({ tensors: [gradient], numbers: [0.25], seeds: [] });
      step.dispose();
      if (i === 0) expect([weight.dataSync()[0], shadow.dataSync()[0]]).toEqual([0.5, 0.46875]);
      counts.push(tensorflowCounts()!.tensors);
    }
    expect(counts[2]).toBe(counts[0]);
    tf.dispose([weight, velocity, shadow, gradient]);
  });
});

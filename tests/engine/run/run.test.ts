import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { GraphBuilder, type Value } from '../../../engine/graph/builder.ts';
import * as layers from '../../../engine/graph/layers.ts';
import type { ModelGraph, Shape } from '../../../engine/graph/model-graph.ts';
import { opDefinitions } from '../../../engine/graph/ops/table.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { opRunners } from '../../../engine/run/ops/table.ts';
import { planFor } from '../../../engine/run/plan.ts';
import { disposeStatistics, inferenceMode, run, type NormStatistics, type RunMode } from '../../../engine/run/run.ts';
import { recalibrateBatch } from '../../../engine/run/recalibration.ts';
import { updateRunning } from '../../../engine/run/running-statistics.ts';
import { Weights } from '../../../engine/run/weights.ts';

beforeAll(async () => {
  await openBackend('cpu');
});

const norm = { epsilon: 1e-3, momentum: 0.25 };

function graphOf(input: Shape, build: (builder: GraphBuilder, x: Value) => Value): ModelGraph {
  const builder = new GraphBuilder();
  return builder.build([build(builder, builder.input('input', input))]);
}

/** Output of a filled graph for counted inputs. */
function outputOf(graph: ModelGraph, mode: RunMode = inferenceMode, batch = 2): { shape: number[]; values: number[] } {
  const weights = new Weights(graph.weights, fillValues);
  const shape = [batch, ...graph.inputs[0]!.shape];
  const result = tf.tidy(() => {
    const x = tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
      shape,
    );
    const { outputs, statistics } = run(graph, weights, { input: x }, mode);
    disposeStatistics(statistics);
    return { shape: outputs[0]!.shape, values: [...outputs[0]!.dataSync()] };
  });
  weights.dispose();
  return result;
}

/** Shapes of every op, all axes of different lengths. */
const shapes: readonly [string, Shape, (builder: GraphBuilder, x: Value) => Value][] = [
  ['conv2d', [7, 9, 6], (b, x) => layers.conv(b, x, { name: 'a', channels: 4, kernel: 3, stride: 2, groups: 2, bias: true })],
  ['depthwise-conv2d', [7, 9, 3], (b, x) => layers.conv(b, x, { name: 'a', channels: 3, kernel: 5, stride: 2, groups: 3 })],
  ['batch-norm', [7, 9, 3], (b, x) => layers.batchNorm(b, x, 'a', norm)],
  ['activation', [7, 9, 3], (b, x) => layers.activate(b, x, 'hard-swish')],
  ['add', [7, 9, 3], (b, x) => layers.add(b, [x, x, x])],
  ['mul', [7, 9, 3], (b, x) => b.node({ op: 'mul', inputs: [x, b.node({ op: 'global-average-pool', inputs: [x] })] })],
  ['resize-bilinear', [7, 9, 3], (b, x) => layers.resizeTo(b, x, [4, 11])],
  ['resize-nearest', [7, 9, 3], (b, x) => layers.resizeTo(b, x, [14, 18], 'nearest')],
  ['concat', [7, 9, 3], (b, x) => layers.concat(b, [x, x])],
  ['slice-channels', [7, 9, 3], (b, x) => b.node({ op: 'slice-channels', inputs: [x], attrs: { start: 1, length: 2 } })],
  ['linear', [5, 4], (b, x) => layers.linear(b, x, { name: 'a', features: 3, bias: true })],
  ['layer-norm', [5, 4], (b, x) => layers.layerNorm(b, x, 'a', 1e-5)],
  ['scaled-dot-product-attention', [5, 8], (b, x) => layers.multiHeadAttention(b, x, x, { name: 'a', heads: 2, dropoutRate: 0 })],
  ['reshape', [7, 9, 3], (b, x) => b.node({ op: 'reshape', inputs: [x], attrs: { shape: [63, 3] } })],
  ['transpose', [7, 9, 3], (b, x) => b.node({ op: 'transpose', inputs: [x], attrs: { permutation: [2, 0, 1] } })],
  ['append-position-map', [7, 9, 3], (b, x) => b.node({ op: 'append-position-map', inputs: [x] })],
  ['global-average-pool', [7, 9, 3], (b, x) => b.node({ op: 'global-average-pool', inputs: [x] })],
  ['dropout', [7, 9, 3], (b, x) => layers.activate(b, layers.dropout(b, x, 0.5), 'relu')],
  ['block-average-pool', [8, 9, 5], (b, x) => b.node({ op: 'block-average-pool', inputs: [x], attrs: { block: [2, 3] } })],
  ['adaptive-average-pool', [7, 9, 3], (b, x) => b.node({ op: 'adaptive-average-pool', inputs: [x], attrs: { size: [2, 4] } })],
  ['sliding-average-pool', [7, 9, 3], (b, x) => b.node({ op: 'sliding-average-pool', inputs: [x], attrs: { kernel: [3, 4] } })],
  ['channel-shuffle', [7, 9, 6], (b, x) => b.node({ op: 'channel-shuffle', inputs: [x], attrs: { groups: 3 } })],
  ['pad-channels', [7, 9, 3], (b, x) => b.node({ op: 'pad-channels', inputs: [x], attrs: { width: 5 } })],
  ['flatten', [7, 9, 3], (b, x) => b.node({ op: 'flatten', inputs: [x] })],
];

describe('running ops', () => {
  it('every op of a graph can run', () => {
    expect([...opRunners.keys(), 'batch-norm'].sort()).toEqual([...opDefinitions.keys()].sort());
    expect([...shapes.map(([op]) => op), 'parameter'].sort()).toEqual([...opDefinitions.keys()].sort());
  });

  it.each(shapes)('%s: the tensor has the shape that the graph says', (_, input, build) => {
    const graph = graphOf(input, build);
    expect(outputOf(graph).shape).toEqual([2, ...graph.nodes.at(-1)!.shape]);
  });

  it('a learned table meets a batch in attention, in a sum and in a concatenation', () => {
    const build = (join: (b: GraphBuilder, table: Value, x: Value) => Value): ModelGraph =>
      graphOf([5, 8], (b, x) => {
        const value = b.weight({ name: 'table', shape: [5, 8], kind: 'other', layout: 'as-is', isRun: true });
        return join(b, b.node({ op: 'parameter', inputs: [], weights: { value } }), x);
      });
    for (const heads of [1, 4]) {
      const graph = build((b, table, x) => layers.multiHeadAttention(b, table, x, { name: 'a', heads, dropoutRate: 0 }));
      expect(outputOf(graph, inferenceMode, 3).shape).toEqual([3, 5, 8]);
    }
    expect(outputOf(build((b, table, x) => layers.add(b, [x, table]))).shape).toEqual([2, 5, 8]);
    expect(outputOf(build((b, table, x) => layers.concat(b, [table, x]))).shape).toEqual([2, 5, 16]);
  });

  it('heads split the width: two heads equal two attentions of half the width', () => {
    const attend =
      (heads: number) =>
      (b: GraphBuilder, x: Value): Value =>
        b.node({ op: 'scaled-dot-product-attention', inputs: [x, x, x], attrs: { heads, scale: 0.5, dropoutRate: 0 } });
    const half =
      (start: number) =>
      (b: GraphBuilder, x: Value): Value =>
        attend(1)(b, b.node({ op: 'slice-channels', inputs: [x], attrs: { start, length: 4 } }));
    const whole = outputOf(graphOf([5, 8], attend(2))).values;
    const [left, right] = [0, 4].map((start) => outputOf(graphOf([5, 8], half(start))).values) as [number[], number[]];
    const joined = left.flatMap((_, i) => (i % 4 === 0 ? [...left.slice(i, i + 4), ...right.slice(i, i + 4)] : []));
    expect(Math.max(...whole.map((value, i) => Math.abs(value - joined[i]!)))).toBeLessThan(1e-6);
  });
});

describe('plan', () => {
  it('a norm takes in the activation that alone reads it, and none that is read twice or is an output', () => {
    const count = (build: (b: GraphBuilder, x: Value) => Value[]): string[] => {
      const builder = new GraphBuilder();
      const outputs = build(builder, builder.input('input', [4, 4, 2]));
      return planFor(builder.build(outputs), false).steps.map((step) =>
        step.kind === 'batch-norm' ? `norm ${step.activation}` : step.node.op,
      );
    };
    const normed = (b: GraphBuilder, x: Value): Value => layers.batchNorm(b, x, 'a', norm);
    expect(count((b, x) => [layers.activate(b, normed(b, x), 'relu')])).toEqual(['norm relu']);
    expect(
      count((b, x) => {
        const y = normed(b, x);
        return [layers.add(b, [layers.activate(b, y, 'relu'), y])];
      }),
    ).toEqual(['norm none', 'activation', 'add']);
    expect(
      count((b, x) => {
        const y = normed(b, x);
        return [y, layers.activate(b, y, 'relu')];
      }),
    ).toEqual(['norm none', 'activation']);
  });

  it('is made once a graph', () => {
    const graph = graphOf([4, 4, 2], (b, x) => layers.activate(b, x, 'relu'));
    expect(planFor(graph, false)).toBe(planFor(graph, false));
  });
});

describe('run', () => {
  const graph = graphOf([7, 9, 3], (b, x) => {
    const y = layers.convNormAct(b, x, { name: 'a', channels: 4, kernel: 3 }, norm, 'swish');
    return layers.dropout(b, layers.conv(b, y, { name: 'b', channels: 2 }), 0.5);
  });
  const training = (dropoutSeed?: number): RunMode => ({
    training: true,
    norm: 'batch',
    ...(dropoutSeed === undefined ? {} : { dropoutSeed }),
  });

  it('leaves nothing behind but the outputs and statistics, in every mode, also after an error', () => {
    const weights = new Weights(graph.weights, fillValues);
    const x = tf.zeros([2, 7, 9, 3]);
    const before = tf.memory().numTensors;
    for (const mode of [inferenceMode, training(), training(3)]) {
      const { outputs, statistics } = run(graph, weights, { input: x }, mode);
      expect(tf.memory().numTensors - before).toBe(1 + 2 * statistics.length);
      tf.dispose(outputs);
      disposeStatistics(statistics);
    }
    weights.get('b.weight').dispose();
    expect(() => run(graph, weights, { input: x }, training())).toThrow();
    expect(tf.memory().numTensors).toBe(before - 1);
    x.dispose();
    weights.dispose();
  });

  it('an input that is missing or of another size is refused', () => {
    const weights = new Weights(graph.weights, fillValues);
    const x = tf.zeros([2, 9, 7, 3]);
    expect(() => run(graph, weights, { input: x }, inferenceMode)).toThrow(/input 'input' must be \[batch, 7, 9, 3\], \[2, 9, 7, 3\] came/);
    expect(() => run(graph, weights, {}, inferenceMode)).toThrow(/nothing came/);
    x.dispose();
    weights.dispose();
  });

  it('dropout follows from the seed of the step, and is off without one or outside of training', () => {
    const seeded = outputOf(graph, training(5)).values;
    expect(outputOf(graph, training(5)).values).toEqual(seeded);
    expect(outputOf(graph, training(6)).values).not.toEqual(seeded);
    expect(seeded.filter((value) => value === 0).length).toBeGreaterThan(50); // of 252, half expected
    expect(outputOf(graph, training()).values).toEqual(outputOf(graph, { training: false, norm: 'batch', dropoutSeed: 5 }).values);
    expect(outputOf(graph, training()).values.includes(0)).toBe(false);
  });

  it('two dropouts of one step drop different elements', () => {
    const twice = graphOf([40, 2], (b, x) => layers.concat(b, [layers.dropout(b, x, 0.5), layers.dropout(b, x, 0.5)]));
    const { values } = outputOf(twice, training(1));
    const zeros = values.map((value) => value === 0);
    expect(zeros.filter((_, i) => i % 4 < 2)).not.toEqual(zeros.filter((_, i) => i % 4 >= 2));
  });
});

describe('running statistics', () => {
  const graph = graphOf([1, 3, 2], (b, x) => layers.batchNorm(b, x, 'bn', norm));
  // Channel 0: 1 2 3 | 6, mean 3, squares 4 1 0 ... of six values per batch worked out below.
  const batch = (offset: number): tf.Tensor =>
    tf.tensor(
      [1, 10, 2, 10, 3, 10, 4, 20, 5, 20, 6, 20].map((v) => v + offset),
      [2, 1, 3, 2],
    );
  // Channel 0 holds 1..6: mean 3.5, biased variance 35/12, unbiased 3.5. Channel 1: mean 15, biased 25, unbiased 30.

  it('a training batch moves them by the momentum, with the unbiased variance, and is counted', async () => {
    const weights = new Weights(graph.weights, (spec) =>
      new Float32Array(spec.shape[0] ?? 1).fill(spec.kind === 'running_var' ? 2 : spec.kind === 'count' ? 4 : 1),
    );
    const x = batch(0);
    const { outputs, statistics } = run(graph, weights, { input: x }, { training: true, norm: 'batch' });
    expect([...statistics[0]!.variance.dataSync()].map((v) => v.toFixed(4))).toEqual(['2.9167', '25.0000']);
    expect(statistics[0]!.count).toBe(6);
    updateRunning(weights, statistics);
    expect([...(await weights.read('bn.running_mean'))]).toEqual([0.75 * 1 + 0.25 * 3.5, 0.75 + 0.25 * 15]);
    const variance = await weights.read('bn.running_var');
    expect(variance[0]).toBeCloseTo(0.75 * 2 + 0.25 * 3.5, 6);
    expect(variance[1]).toBeCloseTo(0.75 * 2 + 0.25 * 30, 5);
    expect(weights.counter('bn.num_batches_tracked')).toBe(5);
    tf.dispose([x, ...outputs]);
    weights.dispose();
  });

  it.each([777, Infinity, NaN])('recalibration averages the batches, also when %d was there before, and leaves no tensor', async (old) => {
    const weights = new Weights(graph.weights, (spec) => new Float32Array(spec.shape[0] ?? 1).fill(spec.kind === 'count' ? 777 : old));
    const before = tf.memory().numTensors;
    [0, 3, 9].forEach((offset, index) => {
      const input = batch(offset);
      recalibrateBatch(graph, weights, { input }, index);
      input.dispose();
    });
    const mean = await weights.read('bn.running_mean');
    expect(mean[0]).toBeCloseTo(3.5 + 4, 5);
    expect(mean[1]).toBeCloseTo(15 + 4, 5);
    expect((await weights.read('bn.running_var'))[1]).toBeCloseTo(30, 4);
    expect(weights.counter('bn.num_batches_tracked')).toBe(3);
    expect(tf.memory().numTensors).toBe(before);
    weights.dispose();
  });

  describe('of a layer that runs twice on one value', () => {
    // Channel 0 is x, channel 1 is 2 x of the batch's channel 0; both runs give the same, so the sum is twice the norm.
    const twice = graphOf([1, 3, 2], (b, x) => {
      const path = (): Value => layers.batchNorm(b, layers.conv(b, x, { name: 'conv', channels: 2 }), 'bn', norm);
      return layers.add(b, [path(), path()]);
    });
    const newWeights = (): Weights =>
      new Weights(twice.weights, (spec) =>
        spec.kind === 'weight' ? Float32Array.of(1, 0, 2, 0) : new Float32Array(spec.shape[0] ?? 1).fill(spec.kind === 'norm_bias' ? 0 : 1),
      );

    it('they move twice a step and count two batches; the value is computed once and its gradient is that of two', async () => {
      const weights = newWeights();
      const before = tf.memory().numTensors;
      const x = batch(0);
      let statistics: readonly NormStatistics[] = [];
      const { value, grads } = tf.valueAndGradients(() => {
        const result = run(twice, weights, { input: x }, { training: true, norm: 'batch' });
        statistics = result.statistics;
        return tf.sum(tf.square(result.outputs[0]!)) as tf.Scalar;
      }, [weights.get('bn.bias'), weights.get('bn.weight')]);
      expect(planFor(twice, false).steps.map((step) => step.node.op)).toEqual(['conv2d', 'batch-norm', 'add']);
      expect(statistics).toHaveLength(2);
      updateRunning(weights, statistics);
      const decay = 0.75 ** 2;
      expect([...(await weights.read('bn.running_mean'))]).toEqual([decay + (1 - decay) * 3.5, decay + (1 - decay) * 7]);
      expect(weights.counter('bn.num_batches_tracked')).toBe(3);
      // y = 2 (gamma n + beta), 6 values n of mean 0 and mean square variance / (variance + epsilon): d sum y^2 = 8 sum (gamma n + beta) n.
      expect([...(await grads[0]!.data())].map((v) => Math.abs(v) < 1e-4)).toEqual([true, true]);
      const share = (variance: number): number => 48 * (variance / (variance + norm.epsilon));
      const gamma = await grads[1]!.data();
      expect(gamma[0]).toBeCloseTo(share(35 / 12), 2);
      expect(gamma[1]).toBeCloseTo(share((4 * 35) / 12), 2);
      tf.dispose([x, value, ...grads]);
      expect(tf.memory().numTensors).toBe(before);
      weights.dispose();
    });

    it('recalibration is the plain average of the batches all the same', async () => {
      const weights = newWeights();
      [0, 3, 9].forEach((offset, index) => {
        const input = batch(offset);
        recalibrateBatch(twice, weights, { input }, index);
        input.dispose();
      });
      expect((await weights.read('bn.running_mean'))[0]).toBeCloseTo(3.5 + 4, 5);
      weights.dispose();
    });
  });
});

describe('the scope', () => {
  it('is the one from before after a run, and after a run that failed', () => {
    const graph = graphOf([7, 9, 3], (b, x) => layers.activate(b, x, 'relu'));
    const before = tf.enterScope('outside');
    outputOf(graph);
    expect(tf.currentScope()).toBe('outside');
    const weights = new Weights(graph.weights, fillValues);
    const broken = tf.zeros([1, 7, 9, 3]);
    broken.dispose();
    expect(() => tf.tidy(() => void run(graph, weights, { input: broken }, inferenceMode))).toThrow();
    expect(tf.currentScope()).toBe('outside');
    tf.enterScope(before);
  });
});

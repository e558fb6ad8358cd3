import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { GraphBuilder, type Value } from '../../../../engine/graph/builder.ts';
import type { ModelGraph, Shape } from '../../../../engine/graph/model-graph.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { updateRunning } from '../../../../engine/run/running-statistics.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { fusion } from '../../../../engine/spaces/lite-hrnet/graph-fusion.ts';
import { depthwiseThenPointwise, pointwise } from '../../../../engine/spaces/lite-hrnet/layers.ts';
import { liteHrNet } from '../../../../engine/spaces/lite-hrnet/lite-hrnet.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

const shapes: readonly Shape[] = [
  [4, 6, 8],
  [2, 3, 12],
];

function fusionGraph(isAsReleased: boolean): ModelGraph {
  const builder = new GraphBuilder();
  const x = shapes.map((shape, b) => builder.input(`x${b}`, shape));
  return builder.build(fusion(builder, x, 'f', isAsReleased));
}

/** One path as a network of its own, under the names it has in the fusion. */
function pathGraph(shape: Shape, build: (builder: GraphBuilder, x: Value) => Value): ModelGraph {
  const builder = new GraphBuilder();
  return builder.build([build(builder, builder.input('x', shape))]);
}

const up = pathGraph(shapes[1]!, (builder, x) => pointwise(builder, x, 'f.0.1', 8));
const down = pathGraph(shapes[0]!, (builder, x) => depthwiseThenPointwise(builder, x, 'f.1.0.0', { channels: 12, stride: 2 }));

/** Values of all outputs. */
function outputsOf(graph: ModelGraph, weights: Weights, inputs: readonly tf.Tensor[]): number[][] {
  return tf.tidy(() => {
    const named = Object.fromEntries(graph.inputs.map(({ id }, i) => [id, inputs[i]!]));
    return run(graph, weights, named, inferenceMode).outputs.map((y) => [...y.dataSync()]);
  });
}

function sum(...parts: readonly (readonly number[])[]): number[] {
  return parts[0]!.map((_, i) => parts.reduce((total, part) => total + part[i]!, 0));
}

function expectRectified(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(value).toBeCloseTo(Math.max(0, expected[i]!), 4));
}

describe('fusion of two branches', () => {
  const values = shapes.map((shape, b) => Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => Math.sin((b + 1.3) * i)));

  function setUp(): { inputs: tf.Tensor[]; weights: Weights; toFine: number[]; toCoarse: (from: readonly number[]) => number[] } {
    const inputs = shapes.map((shape, b) => tf.tensor(values[b]!, [1, ...shape]));
    const weights = new Weights(fusionGraph(true).weights, fillValues);
    const small = outputsOf(up, weights, [inputs[1]!])[0]!; // [2, 3, 8]
    const toFine = values[0]!.map((_, i) => {
      const [row, column, channel] = [Math.floor(i / 48), Math.floor(i / 8) % 6, i % 8];
      return small[(Math.floor(row / 2) * 3 + Math.floor(column / 2)) * 8 + channel]!;
    });
    const toCoarse = (from: readonly number[]): number[] => {
      const x = tf.tensor(from as number[], [1, ...shapes[0]!]);
      const y = outputsOf(down, weights, [x])[0]!;
      x.dispose();
      return y;
    };
    return { inputs, weights, toFine, toCoarse };
  }

  it('as released: the fine branch counts twice, and what it sends, twice, is its unrectified sum', () => {
    const { inputs, weights, toFine, toCoarse } = setUp();
    const [fine, coarse] = outputsOf(fusionGraph(true), weights, inputs);
    const z = sum(values[0]!, values[0]!, toFine);
    expectRectified(fine!, z);
    const sent = toCoarse(z);
    expectRectified(coarse!, sum(sent, sent, values[1]!));
    tf.dispose(inputs);
    weights.dispose();
  });

  it('plain: every branch is the rectified sum of what all send', () => {
    const { inputs, weights, toFine, toCoarse } = setUp();
    const [fine, coarse] = outputsOf(fusionGraph(false), weights, inputs);
    expectRectified(fine!, sum(values[0]!, toFine));
    expectRectified(coarse!, sum(toCoarse(values[0]!), values[1]!));
    tf.dispose(inputs);
    weights.dispose();
  });
});

describe('running statistics of a training step', () => {
  it.each([
    [1, 2],
    [0, 1],
  ])('fuseQuirk %i: norms on the paths from branch 0 see the batch %i times, all others once', async (fuseQuirk, times) => {
    const settings = { widths: [[16], [24], [32], [40]], maxModules: 1, maxBlocks: 1, ratios: [8] };
    const arch = liteHrNet.largest(settings);
    const graph = liteHrNet.graph({ ...arch, choices: { ...arch.choices, fuseQuirk } }, [32, 32, 3]);
    const weights = new Weights(graph.weights, fillValues);
    const x = tf.tensor(
      Float32Array.from({ length: 2 * 32 * 32 * 3 }, (_, i) => Math.sin(i)),
      [2, 32, 32, 3],
    );
    const { outputs, statistics } = run(graph, weights, { input: x }, { training: true, norm: 'batch' });
    const name = 'backbone.stage1.0.fuse_layers.2.0.1.3.running_mean';
    const before = await weights.read(name);
    const seen = [...statistics.find(({ node }) => node.weights['mean']!.name === name)!.mean.dataSync()];
    updateRunning(weights, statistics);
    const after = await weights.read(name);
    // Two updates with momentum 0.1 are one with 1 - 0.9^2 = 0.19.
    seen.forEach((mean, c) => expect(after[c]).toBeCloseTo(0.9 ** times * before[c]! + (1 - 0.9 ** times) * mean, 6));
    for (const { name: counter, kind } of graph.weights) {
      if (kind !== 'count') continue;
      expect(weights.counter(counter), counter).toBe(/\.fuse_layers\.[1-3]\.0\./.test(counter) ? times : 1);
    }
    tf.dispose([x, ...outputs]);
    weights.dispose();
  });
});

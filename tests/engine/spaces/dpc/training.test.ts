import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { ModelGraph } from '../../../../engine/graph/model-graph.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { disposeStatistics, run, type RunMode } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { dpc } from '../../../../engine/spaces/dpc/dpc.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

/** Every kind of operation, and branches that are read. */
const official = [
  { op: 'pyramid_pooling', grid_size: [2, 4], input: -1 },
  { op: 'conv', kernel: 3, rate: [1, 6], input: -1 },
  { op: 'conv', kernel: 3, rate: [9, 3], input: 0 },
  { op: 'pyramid_pooling', grid_size: [1, 1], input: 1 },
  { op: 'conv', kernel: 1, input: 2 },
];

/** Sum of the logits times fixed factors: a loss whose gradients are not small anywhere. */
function lossOf(graph: ModelGraph, weights: Weights, x: tf.Tensor, factors: tf.Tensor, norm: RunMode['norm']): tf.Scalar {
  const { outputs, statistics } = run(graph, weights, { input: x }, { training: true, norm });
  disposeStatistics(statistics);
  return tf.sum(tf.mul(outputs[0]!, factors));
}

function uniformTensor(shape: readonly number[], name: string): tf.Tensor {
  const rng = rngFor(1, name);
  return tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * rng.uniform() - 1),
    [...shape],
  );
}

describe('training a cell', () => {
  it.each<[string, RunMode['norm'], Architecture['settings'], readonly number[]]>([
    ['sliding pooling', 'batch', { backbone: 'none', featureChannels: 6, filters: 8, classes: 3 }, [7, 10, 6]],
    [
      'grid pooling, output stride 8',
      'batch',
      { backbone: 'none', featureChannels: 6, filters: 8, classes: 3, poolMode: 'grid', outputStride: 8 },
      [7, 10, 6],
    ],
    // float32 does not follow fifty batch norms on statistics of few values
    ['slow: MobileNet-v2 with a decoder', 'running', { width: 0.1, filters: 8, classes: 3, decoder: true }, [33, 48, 3]],
  ])('%s: every weight gets a gradient, which is the slope of the loss', (_, mode, settings, input) => {
    const before = tf.memory().numTensors;
    const graph = dpc.graph(dpc.importOfficial(official, undefined, settings), input);
    const weights = new Weights(graph.weights, (spec) => fillValues(spec));
    const names = weights.learnedNames();
    const x = uniformTensor([2, ...input], 'x');
    const factors = uniformTensor([2, ...graph.nodes.at(-1)!.shape], 'factors');
    const loss = (): number => tf.tidy(() => lossOf(graph, weights, x, factors, mode).dataSync()[0]!);
    const { value, grads } = tf.valueAndGradients(
      () => lossOf(graph, weights, x, factors, mode),
      names.map((name) => weights.get(name)),
    );
    const gradients = grads.map((gradient) => gradient.dataSync() as Float32Array);
    tf.dispose([value, ...grads]);
    names.forEach((name, i) =>
      expect(
        gradients[i]!.some((g) => g !== 0),
        name,
      ).toBe(true),
    );
    // along a random direction: central differences of the whole against the sum of gradients times direction
    const directions = names.map((name, i) => gradients[i]!.map((_, j) => (rngFor(2, name, j).uniform() < 0.5 ? -1 : 1)));
    const slope = gradients.reduce((sum, gradient, i) => sum + gradient.reduce((part, g, j) => part + g * directions[i]![j]!, 0), 0);
    const step = 1e-4;
    const originals = names.map((name) => weights.get(name).dataSync().slice());
    const moveBy = (by: number): void =>
      names.forEach((name, i) => {
        const moved = tf.tensor(
          originals[i]!.map((w, j) => w + by * directions[i]![j]!),
          weights.get(name).shape,
        );
        weights.get(name).assign(moved);
        moved.dispose();
      });
    moveBy(step);
    const above = loss();
    moveBy(-step);
    const below = loss();
    const norm = Math.sqrt(gradients.reduce((sum, gradient) => sum + gradient.reduce((part, g) => part + g * g, 0), 0));
    expect(Math.abs((above - below) / (2 * step) - slope) / norm).toBeLessThan(0.05);
    weights.dispose();
    tf.dispose([x, factors]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

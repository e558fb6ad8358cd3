import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import type { ModelGraph, Shape } from '../../../../engine/graph/model-graph.ts';
import { elementCount } from '../../../../engine/graph/shapes.ts';
import { fillImages, fillValues } from '../../../../engine/run/fill.ts';
import { toOfficialLayout } from '../../../../engine/graph/weight-layout.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { networkOf } from '../../../../engine/spaces/vit-resnas/choices.ts';
import { graphVitNetwork } from '../../../../engine/spaces/vit-resnas/graph.ts';
import { withDefaults } from '../../../../engine/spaces/vit-resnas/settings.ts';
import { vitResNas } from '../../../../engine/spaces/vit-resnas/vit-resnas.ts';
import { smallInput, smallSettings } from './small-space.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

const settings = { ...smallSettings, head: 'patches', dropPath: 0 } as const;
const largest = vitResNas.largest(settings);
/** One block left out in each stage, every axis smaller somewhere. */
const arch = {
  ...largest,
  choices: {
    'stage0.width': 8,
    'stage0.block0.heads': 2,
    'stage0.block0.hidden': 14,
    'stage0.block1.exists': 0,
    'stage0.block1.heads': 3,
    'stage0.block1.hidden': 20,
    'stage0.block2.heads': 1,
    'stage0.block2.hidden': 20,
    'stage1.width': 13,
    'stage1.block0.exists': 0,
    'stage1.block0.heads': 4,
    'stage1.block0.hidden': 24,
    'stage1.block1.heads': 2,
    'stage1.block1.hidden': 10,
  },
};

/** For every element of a sub-network's weight its position in the shared one: first channels, Q, K and V by thirds (specification 2.2). */
function positions(name: string, own: Shape, shared: Shape): number[] {
  const strides = shared.map((_, axis) => elementCount(shared.slice(axis + 1)));
  return Array.from({ length: elementCount(own) }, (_, flat) => {
    let rest = flat;
    const index = own.map((_, axis) => {
      const stride = elementCount(own.slice(axis + 1));
      const i = Math.floor(rest / stride);
      rest %= stride;
      return i;
    });
    if (name.includes('.qkv.')) {
      const third = own[0]! / 3;
      index[0] = Math.floor(index[0]! / third) * (shared[0]! / 3) + (index[0]! % third);
    }
    return index.reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
  });
}

/** The sub-network on weights of its own, cut out of the shared ones; official block numbers stay. */
function separate(): { graph: ModelGraph; weights: Weights } {
  const subnet = networkOf(arch, withDefaults(settings));
  const graph = graphVitNetwork(subnet, smallInput, 'training');
  const shared = new Map(vitResNas.graph(largest, smallInput).weights.map((spec) => [spec.name, spec]));
  const weights = new Weights(graph.weights, (spec) => {
    const whole = shared.get(spec.name)!;
    const values = fillValues(whole);
    return Float32Array.from(positions(spec.name, spec.shape, whole.shape), (position) => values[position]!);
  });
  return { graph, weights };
}

function images(): tf.Tensor {
  const { values, shape } = fillImages([2, 3, 16, 16]);
  return tf.tensor(values, [...shape]);
}

async function gradientsOf(graph: ModelGraph, weights: Weights): Promise<Map<string, Float32Array>> {
  const names = weights.learnedNames();
  const x = images();
  const { value, grads } = tf.valueAndGradients(
    () => {
      const { outputs } = run(graph, weights, { input: x }, { training: true, norm: 'running' });
      const sums = outputs.map((y) =>
        tf.sum(
          tf.mul(
            y,
            tf.tensor(
              Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
              y.shape,
            ),
          ),
        ),
      );
      return sums.reduce((a, b) => tf.add(a, b)) as tf.Scalar;
    },
    names.map((name) => weights.get(name)),
  );
  const result = new Map<string, Float32Array>();
  for (const [i, name] of names.entries()) {
    const { layout, shape } = weights.spec(name);
    result.set(name, toOfficialLayout(layout, shape, (await grads[i]!.data()) as Float32Array));
  }
  tf.dispose([value, x, ...grads]);
  return result;
}

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const scale = Array.from(expected).reduce((a, b) => Math.max(a, Math.abs(b)), 1e-6);
  return Array.from(expected).reduce((max, value, i) => Math.max(max, Math.abs(value - actual[i]!)), 0) / scale;
}

describe('sub-networks over shared weights', () => {
  it('outputs equal those of the network cut out, and the largest is not sliced at all', () => {
    const graph = vitResNas.shared!.trainingGraph(arch, smallInput);
    const weights = new Weights(graph.weights, fillValues);
    const alone = separate();
    const x = images();
    const outputsOf = (of: { graph: ModelGraph; weights: Weights }): Float32Array[] =>
      tf.tidy(() => run(of.graph, of.weights, { input: x }, inferenceMode).outputs.map((y) => y.dataSync<'float32'>()));
    const [scores, patches] = outputsOf({ graph, weights }) as [Float32Array, Float32Array];
    const [expected, expectedPatches] = outputsOf(alone) as [Float32Array, Float32Array];
    expect([scores.length, patches.length]).toEqual([2 * 5, 2 * 4 * 5]);
    expect(worst(scores, expected)).toBeLessThan(1e-6);
    expect(worst(patches, expectedPatches)).toBeLessThan(1e-6);
    const whole = vitResNas.shared!.graph(largest, smallInput);
    expect(whole).toEqual(vitResNas.graph(largest, smallInput));
    tf.dispose(x);
    weights.dispose();
    alone.weights.dispose();
  });

  it('gradients reach the slices alone: equal there, exactly 0 elsewhere and in blocks that are left out', async () => {
    const graph = vitResNas.shared!.trainingGraph(arch, smallInput);
    const weights = new Weights(graph.weights, fillValues);
    const alone = separate();
    const [shared, own] = [await gradientsOf(graph, weights), await gradientsOf(alone.graph, alone.weights)];
    for (const [name, gradient] of shared) {
      const expected = new Float32Array(gradient.length);
      const part = own.get(name);
      if (part !== undefined) {
        positions(name, alone.weights.spec(name).shape, weights.spec(name).shape).forEach((position, i) => (expected[position] = part[i]!));
      }
      expect(worst(gradient, expected), name).toBeLessThan(1e-5);
      const outside = gradient.filter((_, i) => expected[i] === 0);
      expect(
        outside.every((value) => value === 0),
        name,
      ).toBe(true);
    }
    expect([...shared.keys()].filter((name) => !own.has(name)).some((name) => name.startsWith('blocks.1.'))).toBe(true);
    weights.dispose();
    alone.weights.dispose();
  });

  it('blocks that are left out can be deleted: later blocks move up, the outputs stay', () => {
    const kept = separate();
    const deleted = vitResNas.trainingGraph!(arch, smallInput);
    const names = kept.graph.weights.map((spec) => spec.name);
    expect(deleted.weights.map((spec) => spec.name)).toEqual(names.map((name) => name.replace(/^blocks\.(\d+)\./, renumber)));
    const values = new Map(deleted.weights.map((spec, i) => [spec.name, names[i]!]));
    const read = (name: string): Float32Array => {
      const { layout, shape } = kept.weights.spec(name);
      return toOfficialLayout(layout, shape, kept.weights.get(name).dataSync<'float32'>());
    };
    const weights = new Weights(deleted.weights, (spec) => (spec.kind === 'count' ? Float32Array.of(0) : read(values.get(spec.name)!)));
    const x = images();
    const outputOf = (graph: ModelGraph, of: Weights): Float32Array =>
      tf.tidy(() => run(graph, of, { input: x }, inferenceMode).outputs[0]!.dataSync<'float32'>());
    expect(outputOf(deleted, weights)).toEqual(outputOf(kept.graph, kept.weights));
    tf.dispose(x);
    weights.dispose();
    kept.weights.dispose();
  });
});

/** Blocks 0, 2, 3 (reduction) and 5 of six are alive. */
function renumber(_: string, number: string): string {
  return `blocks.${[0, 2, 3, 5].indexOf(Number(number))}.`;
}

import { describe, expect, it } from 'vitest';
import * as tf from '../../../../engine/backend/tf.ts';
import { findPublished, findSpace } from '../../../../engine/catalog.ts';
import { GraphBuilder } from '../../../../engine/graph/builder.ts';
import type { Value } from '../../../../engine/graph/builder.ts';
import type { AttrValue, ModelGraph, Shape, WeightSpec } from '../../../../engine/graph/model-graph.ts';
import { activationKinds } from '../../../../engine/graph/ops/activation.ts';
import { opDefinitions } from '../../../../engine/graph/ops/table.ts';
import { elementCount } from '../../../../engine/graph/shapes.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';

export interface Values {
  /** With the batch first. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Exports a network, runs it in the foreign runtime on inputs by id and returns its outputs in the graph's order, all in our order of axes. */
export type RunElsewhere = (
  graph: ModelGraph,
  weights: (name: string) => Float32Array,
  inputs: Readonly<Record<string, Values>>,
) => Promise<readonly Values[]>;

/** The largest difference between foreign outputs and ours, each divided by the standard deviation of ours. */
async function largestDifference(graph: ModelGraph, runElsewhere: RunElsewhere, batch: number): Promise<number> {
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  const weights = new Weights(graph.weights, fillValues);
  const rng = rngFor(7, 'export', 0);
  const inputs = Object.fromEntries(
    graph.inputs.map(({ id, shape }) => [
      id,
      { shape: [batch, ...shape], values: Float32Array.from({ length: batch * elementCount(shape) }, () => rng.uniform() * 2 - 1) },
    ]),
  );
  const theirs = await runElsewhere(graph, (name) => fillValues(specs.get(name) as WeightSpec), inputs);
  const { outputs } = run(
    graph,
    weights,
    Object.fromEntries(Object.entries(inputs).map(([id, { shape, values }]) => [id, tf.tensor(values, shape)])),
    inferenceMode,
  );
  let worst = 0;
  for (const [index, output] of outputs.entries()) {
    const own = (await output.data()) as Float32Array;
    const their = theirs[index] as Values;
    expect(their.shape).toEqual(output.shape);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    expect(deviation).toBeGreaterThan(0);
    for (const [i, value] of own.entries()) worst = Math.max(worst, Math.abs(value - Number(their.values[i])) / deviation);
    output.dispose();
  }
  weights.dispose();
  return worst;
}

/** A graph of one op behind an input. */
function graphOf(shape: Shape, write: (builder: GraphBuilder, x: Value) => Value): ModelGraph {
  const builder = new GraphBuilder();
  return builder.build([write(builder, builder.input('x', shape))]);
}

const map: Shape = [7, 9, 6];
const tokens: Shape = [5, 6];
type OpCase = readonly [op: string, attrs: Readonly<Record<string, AttrValue>>, shape?: Shape];
const onMaps: readonly OpCase[] = [
  ['adaptive-average-pool', { size: [3, 4] }],
  ['adaptive-average-pool', { size: [2, 3] }, [6, 9, 4]],
  ['append-position-map', {}],
  ['block-average-pool', { block: [2, 3] }, [6, 9, 4]],
  ['channel-shuffle', { groups: 3 }],
  ['dropout', { rate: 0.5 }],
  ['flatten', {}],
  ['global-average-pool', {}],
  ['pad-channels', { width: 8 }],
  ['reshape', { shape: [63, 6] }],
  ['resize-bilinear', { size: [13, 5] }],
  ['resize-bilinear', { size: [13, 5], alignCorners: true }],
  ['resize-nearest', { size: [14, 27] }],
  ['slice-channels', { start: 1, length: 4 }],
  ['sliding-average-pool', { kernel: [3, 2] }],
  ['transpose', { permutation: [2, 0, 1] }],
  ...activationKinds.map((kind): OpCase => ['activation', { kind }]),
];
const onTokens: readonly (readonly [string, Readonly<Record<string, AttrValue>>])[] = [
  ['channel-shuffle', { groups: 2 }],
  ['pad-channels', { width: 9 }],
  ['slice-channels', { start: 2, length: 3 }],
  ['transpose', { permutation: [1, 0] }],
  ['reshape', { shape: [5, 2, 3] }],
];
const networks: readonly (readonly [string, Shape])[] = [
  ['hr-nas:cs2', [64, 96, 3]],
  ['hr-nas:in', [64, 64, 3]],
  ['lite-hrnet:18', [64, 64, 3]],
  ['lite-hrnet:wider-naive-18', [64, 64, 3]],
  ['vit-resnas:tiny', [112, 112, 3]],
];

/** What every export must keep: each op alone, and whole networks to 1e-4 of their outputs' deviation. */
export function describeExport(name: string, converters: Readonly<Record<string, unknown>>, runElsewhere: RunElsewhere): void {
  const check = async (graph: ModelGraph, allowed: number, batch = 2): Promise<void> => {
    expect(await largestDifference(graph, runElsewhere, batch)).toBeLessThan(allowed);
  };

  describe(`${name}: every op`, () => {
    it('has a form, and none is left over', () => {
      expect(Object.keys(converters).sort()).toEqual([...opDefinitions.keys()].sort());
    });

    it.each(onMaps.map((given) => [`${given[0]} ${JSON.stringify(given[1])}`, given] as const))(
      '%s of a map',
      async (_op, [op, attrs, shape = map]) => {
        await check(
          graphOf(shape, (builder, x) => builder.node({ op, inputs: [x], attrs })),
          1e-5,
        );
      },
    );

    it.each(onTokens)('%s %j of a token matrix', async (op, attrs) => {
      await check(
        graphOf(tokens, (builder, x) => builder.node({ op, inputs: [x], attrs })),
        1e-5,
      );
    });

    it('add of three and mul by a gate', async () => {
      const graph = graphOf(map, (builder, x) => {
        const sum = builder.node({ op: 'add', inputs: [x, x, x] });
        return builder.node({ op: 'mul', inputs: [sum, builder.node({ op: 'global-average-pool', inputs: [x] })] });
      });
      await check(graph, 1e-5);
    });

    it.each([
      { stride: [2, 1], dilation: [1, 1] },
      { stride: [1, 1], dilation: [1, 2] },
    ])('convolution in groups, %j, with padding of its own on each side', async (window) => {
      const graph = graphOf(map, (builder, x) => {
        const kernel = builder.weight({ name: 'kernel', shape: [8, 3, 3, 2], kind: 'weight', layout: 'oihw', isRun: true });
        const bias = builder.weight({ name: 'bias', shape: [8], kind: 'bias', layout: 'as-is', isRun: true });
        const attrs = { ...window, padding: [1, 0, 2, 1], groups: 2 };
        return builder.node({ op: 'conv2d', inputs: [x], attrs, weights: { kernel, bias } });
      });
      await check(graph, 1e-5);
    });

    it('a convolution on a part of a shared kernel', async () => {
      const graph = graphOf(map, (builder, x) => {
        const { name: kernel } = builder.weight({ name: 'kernel', shape: [9, 8, 3, 3], kind: 'weight', layout: 'oihw', isRun: true });
        const slices = [{ kind: 'indices', indices: [1, 4, 8] }, { kind: 'ranges', ranges: [[0, 2], [4, 8]] }, undefined, undefined] as const; // prettier-ignore
        const attrs = { stride: [1, 1], padding: [1, 1, 1, 1] };
        return builder.node({ op: 'conv2d', inputs: [x], attrs, weights: { kernel: { name: kernel, slices } } });
      });
      await check(graph, 1e-5);
    });

    it('multi-head attention of queries, keys and values of other lengths', async () => {
      const builder = new GraphBuilder();
      const [q, k, v] = [builder.input('q', [3, 8]), builder.input('k', [5, 8]), builder.input('v', [5, 12])];
      const attrs = { heads: 4, scale: 0.7, dropoutRate: 0.1 };
      await check(builder.build([builder.node({ op: 'scaled-dot-product-attention', inputs: [q, k, v], attrs })]), 1e-5);
    });
  });

  describe(`${name}: whole networks`, () => {
    it.each(networks)('slow: %s', { timeout: 60_000 }, async (published, input) => {
      const arch = findPublished(published);
      await check(findSpace(arch.space).graph(arch, input), 1e-4, 1);
    });

    it('slow: the HR-NAS supernet with its transformers', { timeout: 60_000 }, async () => {
      const space = findSpace('hr-nas');
      await check(space.graph(space.largest(space.defaultSettings), [64, 64, 3]), 1e-4, 1);
    });

    it('slow: DPC top-1 on MobileNet-v2', { timeout: 60_000 }, async () => {
      const published = findPublished('dpc:top1');
      const arch = { ...published, settings: { ...published.settings, crop: [65, 97] } };
      await check(findSpace('dpc').graph(arch, [65, 97, 3]), 1e-4, 1);
    });
  });
}

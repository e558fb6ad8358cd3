import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { findPublished, findSpace } from '../../../../engine/catalog.ts';
import { graphToOnnx } from '../../../../engine/export/onnx/graph-to-onnx.ts';
import { onnxConverters } from '../../../../engine/export/onnx/ops.ts';
import { GraphBuilder } from '../../../../engine/graph/builder.ts';
import type { Value } from '../../../../engine/graph/builder.ts';
import type { ModelGraph, Shape, WeightSpec } from '../../../../engine/graph/model-graph.ts';
import { opDefinitions } from '../../../../engine/graph/ops/table.ts';
import { elementCount } from '../../../../engine/graph/shapes.ts';
import { permute } from '../../../../engine/graph/weight-layout.ts';
import { rngFor } from '../../../../engine/rng.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { inferenceMode, run } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

/** [batch, ...shape] in our order <-> as the file has it. */
const toFile = (values: Float32Array, [n, ...shape]: readonly number[]): Float32Array =>
  shape.length === 3 ? permute(values, [n ?? 1, ...shape], [0, 3, 1, 2]) : values;
const fileShape = ([n = 1, ...shape]: readonly number[]): number[] =>
  shape.length === 3 ? [n, shape[2] ?? 0, shape[0] ?? 0, shape[1] ?? 0] : [n, ...shape];

function randomInput(shape: Shape, batch: number): Float32Array {
  const rng = rngFor(7, 'onnx-input', 0);
  return Float32Array.from({ length: batch * elementCount(shape) }, () => rng.uniform() * 2 - 1);
}

/** The largest difference between onnxruntime's outputs and ours, each divided by the standard deviation of ours. */
async function largestDifference(graph: ModelGraph, batch = 2): Promise<number> {
  const values = (spec: WeightSpec): Float32Array => fillValues(spec);
  const weights = new Weights(graph.weights, values);
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  const bytes = graphToOnnx(graph, (name) => values(specs.get(name) as WeightSpec), { name: 'net', producerVersion: '0.0.0' });
  const session = await InferenceSession.create(bytes);
  const given = graph.inputs.map(({ id, shape }) => ({ id, shape: [batch, ...shape], values: randomInput(shape, batch) }));
  const theirs = await session.run(
    Object.fromEntries(given.map(({ id, shape, values: data }) => [id, new Tensor('float32', toFile(data, shape), fileShape(shape))])),
  );
  const inputs = Object.fromEntries(given.map(({ id, shape, values: data }) => [id, tf.tensor(data, shape)]));
  const { outputs } = run(graph, weights, inputs, inferenceMode);
  let worst = 0;
  for (const [index, output] of outputs.entries()) {
    const own = toFile((await output.data()) as Float32Array, output.shape);
    const their = theirs[session.outputNames[index] as string];
    expect(their?.dims).toEqual(fileShape(output.shape));
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
    expect(deviation).toBeGreaterThan(0);
    own.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - Number(their?.data[i])) / deviation);
    });
  }
  weights.dispose();
  for (const output of outputs) output.dispose();
  return worst;
}

/** A graph of one op behind an input. */
function graphOf(shape: Shape, write: (builder: GraphBuilder, x: Value) => Value): ModelGraph {
  const builder = new GraphBuilder();
  const x = builder.input('x', shape);
  return builder.build([write(builder, x)]);
}

const map: Shape = [7, 9, 6];
const tokens: Shape = [5, 6];
const attrs: Readonly<
  Record<string, { readonly shape?: Shape; readonly attrs?: Record<string, number | string | boolean | readonly number[]> }>
> = {
  'adaptive-average-pool': { attrs: { size: [3, 4] } },
  'append-position-map': {},
  'block-average-pool': { shape: [6, 9, 4], attrs: { block: [2, 3] } },
  'channel-shuffle': { attrs: { groups: 3 } },
  dropout: { attrs: { rate: 0.5 } },
  flatten: {},
  'global-average-pool': {},
  'pad-channels': { attrs: { width: 8 } },
  reshape: { attrs: { shape: [63, 6] } },
  'resize-bilinear': { attrs: { size: [13, 5] } },
  'resize-nearest': { attrs: { size: [14, 27] } },
  'slice-channels': { attrs: { start: 1, length: 4 } },
  'sliding-average-pool': { attrs: { kernel: [3, 2] } },
  transpose: { attrs: { permutation: [2, 0, 1] } },
};

describe('every op has an ONNX form that onnxruntime computes as we do', () => {
  it('none is missing and none is left over', () => {
    expect(Object.keys(onnxConverters).sort()).toEqual([...opDefinitions.keys()].sort());
  });

  it.each(Object.entries(attrs))('%s', async (op, { shape = map, attrs: given = {} }) => {
    const graph = graphOf(shape, (builder, x) => builder.node({ op, inputs: [x], attrs: given }));
    expect(await largestDifference(graph)).toBeLessThan(1e-5);
  });

  it.each(['relu', 'relu6', 'swish', 'sigmoid', 'hard-sigmoid', 'hard-swish', 'gelu', 'tanh'])('activation %s', async (kind) => {
    const graph = graphOf(map, (builder, x) => builder.node({ op: 'activation', inputs: [x], attrs: { kind } }));
    expect(await largestDifference(graph)).toBeLessThan(1e-5);
  });

  it.each([
    ['channel-shuffle', { groups: 2 }],
    ['pad-channels', { width: 9 }],
    ['slice-channels', { start: 2, length: 3 }],
    ['transpose', { permutation: [1, 0] }],
    ['reshape', { shape: [5, 2, 3] }],
  ] as const)('%s of a token matrix', async (op, given) => {
    const graph = graphOf(tokens, (builder, x) => builder.node({ op, inputs: [x], attrs: given }));
    expect(await largestDifference(graph)).toBeLessThan(1e-5);
  });

  it('add of three and mul by a gate', async () => {
    const graph = graphOf(map, (builder, x) => {
      const sum = builder.node({ op: 'add', inputs: [x, x, x] });
      const gate = builder.node({ op: 'global-average-pool', inputs: [x] });
      return builder.node({ op: 'mul', inputs: [sum, gate] });
    });
    expect(await largestDifference(graph)).toBeLessThan(1e-5);
  });

  it('bilinear with aligned corners', async () => {
    const graph = graphOf(map, (builder, x) =>
      builder.node({ op: 'resize-bilinear', inputs: [x], attrs: { size: [13, 5], alignCorners: true } }),
    );
    expect(await largestDifference(graph)).toBeLessThan(1e-5);
  });

  it('multi-head attention of queries, keys and values of other lengths', async () => {
    const builder = new GraphBuilder();
    const [q, k, v] = [builder.input('q', [3, 8]), builder.input('k', [5, 8]), builder.input('v', [5, 12])];
    const mixed = builder.node({
      op: 'scaled-dot-product-attention',
      inputs: [q, k, v],
      attrs: { heads: 4, scale: 0.7, dropoutRate: 0.1 },
    });
    expect(await largestDifference(builder.build([mixed]))).toBeLessThan(1e-5);
  });
});

describe('whole networks: outputs of onnxruntime equal ours to 1e-4 of their deviation', () => {
  it.each([
    ['hr-nas:cs2', [64, 96, 3]],
    ['hr-nas:in', [64, 64, 3]],
    ['lite-hrnet:18', [64, 64, 3]],
    ['lite-hrnet:wider-naive-18', [64, 64, 3]],
    ['vit-resnas:tiny', [112, 112, 3]],
  ] as const)('slow: %s', { timeout: 60_000 }, async (name, input) => {
    const arch = findPublished(name);
    const graph = findSpace(arch.space).graph(arch, input);
    expect(await largestDifference(graph, 1)).toBeLessThan(1e-4);
  });

  it('slow: the HR-NAS supernet with its transformers', { timeout: 60_000 }, async () => {
    const space = findSpace('hr-nas');
    const graph = space.graph(space.largest(space.defaultSettings), [64, 64, 3]);
    expect(await largestDifference(graph, 1)).toBeLessThan(1e-4);
  });

  it('slow: DPC top-1 on MobileNet-v2', { timeout: 60_000 }, async () => {
    const published = findPublished('dpc:top1');
    const arch = { ...published, settings: { ...published.settings, crop: [65, 97] } };
    expect(await largestDifference(findSpace('dpc').graph(arch, [65, 97, 3]), 1)).toBeLessThan(1e-4);
  });
});

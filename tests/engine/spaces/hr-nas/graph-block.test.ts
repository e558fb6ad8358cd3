import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import * as tf from '../../../../engine/backend/tf.ts';
import { GraphBuilder } from '../../../../engine/graph/builder.ts';
import type { ModelGraph, WeightSpec } from '../../../../engine/graph/model-graph.ts';
import { fillValues } from '../../../../engine/run/fill.ts';
import { disposeStatistics, inferenceMode, run, type RunMode } from '../../../../engine/run/run.ts';
import { Weights } from '../../../../engine/run/weights.ts';
import { blocks } from '../../../../engine/spaces/hr-nas/blocks.ts';
import { graphBlock } from '../../../../engine/spaces/hr-nas/graph-block.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { withDefaults } from '../../../../engine/spaces/hr-nas/settings.ts';
import type { Architecture } from '../../../../engine/spaces/search-space.ts';

beforeAll(async () => {
  await openBackend('wasm');
});

const small = {
  stem: [4, 4],
  stages: [
    [1, [1], [4]],
    [2, [1, 1], [4, 6]],
  ],
  lastChannels: 6,
  classes: 3,
  tokens: 3,
  expandRatio: 2,
  activation: 'swish',
};
const search: Architecture['settings'] = { task: 'segmentation', blockForm: 'search', ...small };
const fused: Architecture['settings'] = { ...search, blockForm: 'fused', seRatio: 0 };
const batchMode: RunMode = { training: true, norm: 'batch' };

function outputOf(graph: ModelGraph, weights: Weights, mode: RunMode): number[] {
  return tf.tidy(() => {
    const shape = [2, ...graph.inputs[0]!.shape];
    const x = tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.3)),
      shape,
    );
    const { outputs, statistics } = run(graph, weights, { [graph.inputs[0]!.id]: x }, mode);
    disposeStatistics(statistics);
    return [...outputs[0]!.dataSync()];
  });
}

/** The largest difference in shares of the largest magnitude. */
function differenceOf(actual: readonly number[], expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!))) / scale;
}

/** Weights of the fused form from those of the search form: joint convolutions hold the kernels' own ones side by side. */
function fusedValues(spec: WeightSpec, arrays: ReadonlyMap<string, Float32Array>): Float32Array {
  const rows = (names: readonly string[]): Float32Array => Float32Array.from(names.flatMap((name) => [...arrays.get(name)!]));
  const named = (pattern: RegExp): RegExpExecArray | null => pattern.exec(spec.name);
  const ofKernels = (module: string, suffix: string): string[] =>
    [0, 1, 2].map((p) => `${module}.ops.${p}.${suffix}`).filter((name) => arrays.has(name));

  const expand = named(/^(.*)\.expand_conv\.(.*)$/);
  if (expand) return spec.kind === 'count' ? new Float32Array(1) : rows(ofKernels(expand[1]!, `0.${expand[2]}`));
  const depthwise = named(/^(.*)\.depth_ops\.(\d)\.(.*)$/);
  if (depthwise) return arrays.get(`${depthwise[1]}.ops.${depthwise[2]}.${depthwise[3]}`)!;
  const norm = named(/^(.*)\.project_conv\.1\.(.*)$/);
  if (norm) return arrays.get(`${norm[1]}.pw_bn.${norm[2]}`)!;
  const project = named(/^(.*)\.project_conv\.0\.weight$/);
  if (!project) return arrays.get(spec.name)!;
  const parts = ofKernels(project[1]!, '2.weight').map((name) => arrays.get(name)!); // each [cOut, hidden, 1, 1]
  const [cOut = 1] = spec.shape;
  const rowOf = (part: Float32Array, out: number): number[] => [
    ...part.slice((out * part.length) / cOut, ((out + 1) * part.length) / cOut),
  ];
  return Float32Array.from(Array.from({ length: cOut }, (_, out) => parts.flatMap((part) => rowOf(part, out))).flat());
}

describe('fused form', () => {
  it.each<[string, RunMode]>([
    ['in inference', inferenceMode],
    ['with the statistics of the batch', batchMode],
  ])('without squeeze and excitation it computes what the search form computes, %s', async (_, mode) => {
    // Blocks with three kernels, with two, with one and with none; the norm of a block without kernels has no counterpart, so none is left.
    const sizes = { 'fuse0.0.0.k5': 0, 'par0.0.0.k3': 3, 'par1.1.0.k3': 0, 'par1.1.0.k7': 0, 'fuse1.new1.k7': 1, 'transform.k5': 7 };
    const withSizes = (settings: Architecture['settings']): Architecture => {
      const largest = hrNas.largest(settings);
      return { ...largest, choices: { ...largest.choices, ...sizes } };
    };
    const [from, to] = [hrNas.graph(withSizes(search), [16, 24, 3]), hrNas.graph(withSizes(fused), [16, 24, 3])];
    const searched = new Weights(from.weights, fillValues);
    const arrays = new Map<string, Float32Array>();
    for (const { name } of searched.specs) arrays.set(name, await searched.read(name));
    const joint = new Weights(to.weights, (spec) => fusedValues(spec, arrays));
    expect(differenceOf(outputOf(to, joint, mode), outputOf(from, searched, mode))).toBeLessThan(2e-5);
    searched.dispose();
    joint.dispose();
  });

  it('squeeze and excitation: every channel is scaled by a gate of the means of all channels, worked out by hand', async () => {
    // A block of 2 -> 3 channels without residual of its own width, kernels 3 and 5 with 2 and 1 hidden channels, squeezed to round(1.5 * 2) = 3.
    const one = {
      task: 'segmentation',
      blockForm: 'fused',
      seRatio: 1.5,
      activation: 'relu',
      stem: [2, 2],
      stages: [[1, [1], [3]]],
      transformer: false,
    };
    const withGate = withDefaults({ ...one, kernelSizes: [3, 5], expandRatio: [1.2, 0.6] });
    const choices = { 'fuse0.0.0.k3': 2, 'fuse0.0.0.k5': 1, 'par0.0.0.k3': 0, 'par0.0.0.k5': 0, 'transform.k3': 0, 'transform.k5': 0 };
    const graphOf = (seRatio: number): ModelGraph => {
      const settings = { ...withGate, seRatio };
      const arch = { space: 'hr-nas', version: 1, settings: settings as unknown as Architecture['settings'], choices };
      const block = blocks(arch).find(({ name }) => name === 'fuse0.0.0')!;
      const builder = new GraphBuilder();
      return builder.build([graphBlock(builder, settings, block, builder.input('input', [5, 4, 2]))]);
    };
    const graph = graphOf(1.5);
    const weights = new Weights(graph.weights, fillValues);
    const module = 'features.0.fuse_layers.0.0';
    const read = (suffix: string): Promise<Float32Array> => weights.read(`${module}.${suffix}`);
    const joined = graph.nodes.find((node) => node.op === 'concat')!;
    expect(joined.shape).toEqual([5, 4, 3]);
    const map = outputOf({ ...graph, outputs: [joined.id] }, weights, inferenceMode); // [2, 5, 4, 3]
    const [reduce, reduceBias, expand, expandBias] = await Promise.all(
      ['se_op.se_reduce.weight', 'se_op.se_reduce.bias', 'se_op.se_expand.weight', 'se_op.se_expand.bias'].map(read),
    );
    expect([reduce!.length, expand!.length]).toEqual([9, 9]);
    const gated = [0, 1].flatMap((image) => {
      const own = map.slice(image * 60, image * 60 + 60);
      const means = [0, 1, 2].map((c) => own.filter((_, i) => i % 3 === c).reduce((a, b) => a + b, 0) / 20);
      const affine = (matrix: Float32Array, bias: Float32Array, x: readonly number[]): number[] =>
        x.map((_, o) => bias[o]! + x.reduce((sum, v, i) => sum + matrix[o * 3 + i]! * v, 0));
      const squeezed = affine(reduce!, reduceBias!, means).map((value) => Math.max(0, value));
      const gate = affine(expand!, expandBias!, squeezed).map((value) => 1 / (1 + Math.exp(-value)));
      return own.map((value, i) => value * gate[i % 3]!);
    });
    const product = graph.nodes.find((node) => node.op === 'mul')!;
    expect(differenceOf(outputOf({ ...graph, outputs: [product.id] }, weights, inferenceMode), gated)).toBeLessThan(1e-5);
    expect(graph.nodes.find((node) => node.weights['kernel']?.name === `${module}.project_conv.0.weight`)!.inputs).toEqual([product.id]);
    weights.dispose();
  });
});

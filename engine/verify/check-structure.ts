import { estimate } from '../cost/estimate.ts';
import { isLearned, type ModelGraph, type Shape } from '../graph/model-graph.ts';
import { elementCount, slicedShape } from '../graph/shapes.ts';
import { exactly, type GoldenCheck } from './check.ts';
import type { GoldenFile } from './golden-file.ts';
import type { GoldenNetwork } from './systems.ts';

/** [batch, channels, height, width] of a file as the input [height, width, channels] of a graph. */
export function inputOf(nchw: readonly number[]): Shape {
  const [, channels = 0, height = 0, width = 0] = nchw;
  return [height, width, channels];
}

/** Names, order, shapes and kinds of all weights, counts, norms, and MACs at every size of the file: all exact. */
export function checkStructure(golden: GoldenFile, network: GoldenNetwork): GoldenCheck[] {
  const sizes = [...golden.eval, ...(golden.macsAtOtherSizes ?? [])];
  const graph = network(inputOf(sizes[0]?.inputShape ?? []));
  const elements = (learned: boolean): number =>
    graph.weights.filter((spec) => isLearned(spec.kind) === learned).reduce((sum, spec) => sum + elementCount(spec.shape), 0);
  const norms = golden.norms?.map(normKey);
  return [
    checkParameters(golden, graph),
    exactly('number of parameters', golden.paramCount, elements(true)),
    ...(golden.bufferCount === undefined ? [] : [exactly('number of buffers', golden.bufferCount, elements(false))]),
    ...checkSubnet(golden, network),
    ...(norms === undefined ? [] : [exactly('norms: type, epsilon, momentum, layers', sorted(norms), sorted(normsOf(graph)))]),
    ...sizes.map(({ inputShape, macs }) => exactly(`MACs at ${inputShape.join('x')}`, macs, estimate(network(inputOf(inputShape))).macs)),
  ];
}

/** Elements of the slices that a sub-network takes of the weights, those of training among them. */
function checkSubnet(golden: GoldenFile, network: GoldenNetwork): GoldenCheck[] {
  if (golden.subnetParamCount === undefined) return [];
  const graph = network(inputOf(golden.eval[0]!.inputShape), 'training');
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  const refs = new Map(graph.nodes.flatMap((node) => Object.values(node.weights)).map((ref) => [ref.name, ref]));
  const learned = [...refs.values()].filter(({ name }) => isLearned(specs.get(name)!.kind));
  const count = learned.reduce((sum, ref) => sum + elementCount(slicedShape(specs.get(ref.name)!.shape, ref)), 0);
  return [exactly('number of parameters of the sub-network', golden.subnetParamCount, count)];
}

function checkParameters(golden: GoldenFile, graph: ModelGraph): GoldenCheck {
  const what = 'names, order, shapes and kinds of the parameters';
  const length = Math.max(golden.parameters.length, graph.weights.length);
  let deviation = 0;
  let detail: string | undefined;
  for (let i = 0; i < length; i++) {
    const expected = JSON.stringify(golden.parameters[i] ?? null);
    const spec = graph.weights[i];
    const actual = JSON.stringify(spec === undefined ? null : [spec.name, spec.shape, spec.kind]);
    if (expected === actual) continue;
    deviation++;
    detail ??= `entry ${i}: expected ${expected}, ${actual} came`;
  }
  return detail === undefined ? { what, deviation, allowed: 0 } : { what, deviation, allowed: 0, detail };
}

type Norm = NonNullable<GoldenFile['norms']>[number];

function normKey({ type, eps, momentum, layers }: Norm): string {
  // Without a mask it is the ordinary one.
  return `${type === 'MaskedLayerNorm' ? 'LayerNorm' : type} eps ${eps} momentum ${momentum ?? 'none'}: ${layers}`;
}

/** Norm layers in use; one that runs several times counts once. */
function normsOf(graph: ModelGraph): string[] {
  const layers = new Map<string, Set<string>>();
  for (const { op, attrs, weights } of graph.nodes) {
    if (op !== 'batch-norm' && op !== 'layer-norm') continue;
    const type = op === 'batch-norm' ? 'BatchNorm2d' : 'LayerNorm';
    const key = `${type} eps ${String(attrs['epsilon'])} momentum ${String(attrs['momentum'] ?? 'none')}`;
    const names = layers.get(key) ?? new Set();
    layers.set(key, names.add(weights['gamma']!.name));
  }
  return [...layers].map(([key, names]) => `${key}: ${names.size}`);
}

function sorted(list: readonly string[]): string[] {
  return [...list].sort();
}

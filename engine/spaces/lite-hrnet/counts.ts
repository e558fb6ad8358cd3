import type { GraphNode, ModelGraph, Shape } from '../../graph/model-graph.ts';
import type { OpArguments } from '../../graph/op-definition.ts';
import { opDefinitions } from '../../graph/ops/table.ts';
import { repeatedNodes } from '../../graph/repeats.ts';
import { elementCount, opWeightShape } from '../../graph/shapes.ts';

/** What a Lite-HRNet costs in the three ways in which it is counted; for one input. */
export interface LiteHrNetCounts {
  /** Multiply-accumulates of convolutions as they run: the paths from branch 0 twice. */
  readonly macsAsExecuted: number;
  /** Every convolution once. */
  readonly macsOnce: number;
  /** The figure of the repository's own counter, which the README states divided by 2^20. No MACs: see `counterOf`. */
  readonly counter: number;
}

/** Of the whole network, or of the nodes whose scope begins with `prefix`. */
export function liteHrNetCounts(graph: ModelGraph, prefix = ''): LiteHrNetCounts {
  const repeats = repeatedNodes(graph);
  const shapes = new Map<string, Shape>([...graph.inputs, ...graph.nodes].map(({ id, shape }) => [id, shape]));
  const macsOf = macCounter(graph, shapes);
  const nodes = graph.nodes.filter(({ scope }) => scope.startsWith(prefix));
  const once = nodes.filter(({ id }) => !repeats.has(id));
  return {
    macsAsExecuted: sum(nodes.map(macsOf)),
    macsOnce: sum(once.map(macsOf)),
    counter: sum(once.map((node) => counterOf(node, shapes, macsOf(node)))) - sharedActivations(nodes),
  };
}

function macCounter(graph: ModelGraph, shapes: ReadonlyMap<string, Shape>): (node: GraphNode) => number {
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  return ({ op, inputs, attrs, weights, shape }) => {
    const weightShapes = Object.entries(weights).map(([role, ref]) => [role, opWeightShape(specs.get(ref.name)!, ref)] as const);
    const args: OpArguments = { inputs: inputs.map((id) => shapes.get(id)!), attrs, weights: Object.fromEntries(weightShapes) };
    return opDefinitions.get(op)!.macs?.(args, shape) ?? 0;
  };
}

/**
 * Specification section 5.1 (a copy of torchstat walks over modules): convolutions count their MACs and their biases, norms twice their
 * elements, ReLUs their elements, global pooling one row and one column more than there are, enlarging in fusions its positions without
 * the channels. Sigmoids, products and what is called as a function count nothing.
 */
function counterOf(node: GraphNode, shapes: ReadonlyMap<string, Shape>, macs: number): number {
  const elements = elementCount(node.shape);
  switch (node.op) {
    case 'conv2d':
    case 'depthwise-conv2d':
      return macs + (node.weights['bias'] === undefined ? 0 : elements);
    case 'batch-norm':
      return 2 * elements;
    case 'activation':
      return node.attrs['kind'] === 'relu' ? elements : 0;
    case 'global-average-pool': {
      const [height = 0, width = 0, channels = 0] = shapes.get(node.inputs[0]!)!;
      return channels * (height + 1) * (width + 1);
    }
    case 'resize-nearest':
      return isInFusion(node) ? node.shape[0]! * node.shape[1]! : 0;
    default:
      return 0;
  }
}

function isInFusion({ scope }: GraphNode): boolean {
  return scope.endsWith('.fuse');
}

/** The sums of one fusion are rectified by one module, of which only the last call, on the coarsest branch, is counted. */
function sharedActivations(nodes: readonly GraphNode[]): number {
  const sums = new Set(nodes.filter((node) => node.op === 'add').map(({ id }) => id));
  const byFusion = new Map<string, number[]>();
  for (const node of nodes) {
    if (node.op !== 'activation' || !isInFusion(node) || !sums.has(node.inputs[0]!)) continue;
    byFusion.set(node.scope, [...(byFusion.get(node.scope) ?? []), elementCount(node.shape)]);
  }
  return sum([...byFusion.values()].map((sizes) => sum(sizes) - Math.min(...sizes)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import { EngineError } from '../error.ts';
import { isLearned, type ModelGraph, type Shape, type WeightSpec } from '../graph/model-graph.ts';
import type { OpArguments } from '../graph/op-definition.ts';
import { opDefinitions } from '../graph/ops/table.ts';
import { elementCount, opWeightShape } from '../graph/shapes.ts';

export interface NodeCost {
  readonly id: string;
  readonly op: string;
  readonly scope: string;
  /** Without the batch axis. */
  readonly shape: Shape;
  readonly macs: number;
  /** Learned elements of the weights that this node is the first to name. */
  readonly params: number;
  /** Bytes of the output as float32; 0 where it is its input's memory. */
  readonly activationBytes: number;
}

export interface GraphCost {
  /** Multiply-accumulates of convolutions and matrix products for one input; biases, norms, activations, resizing and pooling count 0. */
  readonly macs: number;
  /** Learned elements, each name once, including what the official network owns and never runs; running statistics do not count. */
  readonly params: number;
  /** float32 bytes of all outputs for one input: what a training step has to keep at least. */
  readonly activationBytes: number;
  readonly nodes: readonly NodeCost[];
}

/** What a network costs, by arithmetic on its graph alone. */
export function estimate(graph: ModelGraph): GraphCost {
  const shapes = new Map<string, Shape>(graph.inputs.map((input) => [input.id, input.shape]));
  const specs = new Map(graph.weights.map((spec) => [spec.name, spec]));
  const counted = new Set<string>();
  const nodes = graph.nodes.map((node): NodeCost => {
    const definition = opDefinitions.get(node.op);
    if (definition === undefined) throw new EngineError('bad-graph', `estimating ${node.id}: there is no op '${node.op}'`);
    const args: OpArguments = {
      inputs: node.inputs.map((id) => lookUp(shapes, id)),
      attrs: node.attrs,
      weights: Object.fromEntries(
        Object.entries(node.weights).map(([role, ref]) => [role, opWeightShape(lookUp(specs, ref.name), ref)]),
      ),
    };
    let params = 0;
    for (const { name } of Object.values(node.weights)) {
      if (!counted.has(name)) params += learnedElements(lookUp(specs, name));
      counted.add(name);
    }
    shapes.set(node.id, node.shape);
    return {
      id: node.id,
      op: node.op,
      scope: node.scope,
      shape: node.shape,
      macs: definition.macs?.(args, node.shape) ?? 0,
      params,
      activationBytes: definition.isView === true ? 0 : 4 * elementCount(node.shape),
    };
  });
  return {
    macs: sum(nodes.map((node) => node.macs)),
    params: sum(graph.weights.map(learnedElements)),
    activationBytes: sum(nodes.map((node) => node.activationBytes)),
    nodes,
  };
}

function learnedElements(spec: WeightSpec): number {
  return isLearned(spec.kind) ? elementCount(spec.shape) : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function lookUp<T>(table: ReadonlyMap<string, T>, name: string): T {
  const value = table.get(name);
  if (value === undefined) throw new EngineError('bad-graph', `estimating a network: '${name}' is used but not defined`);
  return value;
}

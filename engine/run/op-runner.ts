import type { AttrValue, GraphNode } from '../graph/model-graph.ts';
import type * as tf from '../backend/tf.ts';

/** What an op gets when it runs. Weights are in our layout, by role. */
export interface OpCall {
  readonly inputs: readonly tf.Tensor[];
  readonly weights: Readonly<Record<string, tf.Tensor>>;
  /** For this node in this step; undefined where nothing is dropped. */
  readonly dropoutSeed: tf.StepSeed | undefined;
}

/**
 * The running side of one op; its pure side has the same name in engine/graph/ops.
 * `prepare` is called once a graph: it reads the attributes, so that a step does as little as possible.
 * The result is a tensor of its own (never an input), with the batch axis first; what does not depend on the input has batch 1.
 */
export interface OpRunner {
  readonly op: string;
  prepare(node: GraphNode): (call: OpCall) => tf.Tensor;
}

export function numberOf(attrs: Readonly<Record<string, AttrValue>>, name: string): number {
  return attrs[name] as number;
}

export function listOf(attrs: Readonly<Record<string, AttrValue>>, name: string): readonly number[] {
  return attrs[name] as readonly number[];
}

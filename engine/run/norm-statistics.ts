import type { GraphNode } from '../graph/model-graph.ts';
import type * as tf from '../backend/tf.ts';

/** What one batch norm saw of a batch. */
export interface NormStatistics {
  readonly node: GraphNode;
  /** [channels] */
  readonly mean: tf.Tensor1D;
  /** Biased: divided by `count`. */
  readonly variance: tf.Tensor1D;
  /** Values a channel. */
  readonly count: number;
}

export function disposeStatistics(statistics: readonly NormStatistics[]): void {
  for (const { mean, variance } of statistics) {
    mean.dispose();
    variance.dispose();
  }
}

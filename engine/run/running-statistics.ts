import type { ModelGraph } from '../graph/model-graph.ts';
import * as tf from '../backend/tf.ts';
import { disposeStatistics, type NormStatistics } from './norm-statistics.ts';
import { run } from './run.ts';
import type { Weights } from './weights.ts';

/**
 * Moves the running statistics towards those of a batch: running = (1 - m) running + m batch, with the unbiased variance, and counts the batch.
 * m is each norm's own momentum unless one is given. Disposes the statistics.
 */
export function updateRunning(weights: Weights, statistics: readonly NormStatistics[], momentum?: number): void {
  countBatches(weights, countedBy(statistics));
  moveRunning(weights, statistics, momentum);
}

/** What `updateRunning` does to tensors: it can be part of a compiled step. Disposes the statistics. */
export function moveRunning(weights: Weights, statistics: readonly NormStatistics[], momentum?: number): void {
  for (const { node, mean, variance, count } of statistics) {
    const decay = 1 - (momentum ?? (node.attrs['momentum'] as number));
    const meanName = node.weights['mean']!.name;
    move(weights.get(meanName), mean, decay);
    const unbiased = tf.mul(variance, count / Math.max(count - 1, 1));
    move(weights.get(node.weights['variance']!.name), unbiased, decay);
    unbiased.dispose();
  }
  disposeStatistics(statistics);
}

/** Nothing of a value that is wholly replaced stays: 0 times infinity is no number. */
function move(running: tf.Variable, value: tf.Tensor, decay: number): void {
  if (decay === 0) running.assign(value);
  else tf.updateEma(running, value, decay);
}

/** The counters that a batch moves, one entry each time a norm saw it. */
export function countedBy(statistics: readonly NormStatistics[]): string[] {
  return statistics.map(({ node }) => node.weights['mean']!.name.replace(/running_mean$/, 'num_batches_tracked'));
}

/** Counters are plain numbers beside the tensors, so that no compiled step moves them. */
export function countBatches(weights: Weights, counters: readonly string[]): void {
  for (const counter of counters) {
    const before = weights.counter(counter);
    if (before !== undefined) weights.setCounter(counter, before + 1);
  }
}

/**
 * One batch of a recalibration, after which the running statistics are the plain average of those of the batches so far; `index` counts from 0,
 * where everything from before is forgotten. All but the batch norms runs in inference mode. The inputs (by id) stay the caller's.
 */
export function recalibrateBatch(graph: ModelGraph, weights: Weights, inputs: Readonly<Record<string, tf.Tensor>>, index: number): void {
  const { outputs, statistics } = run(graph, weights, inputs, { training: false, norm: 'batch' });
  tf.dispose(outputs);
  if (index === 0) weights.specs.filter(({ kind }) => kind === 'count').forEach(({ name }) => weights.setCounter(name, 0));
  // A norm that runs several times in one pass has seen more than `index` batches: its counter knows.
  for (const seen of statistics) updateRunning(weights, [seen], 1 / (1 + (weights.counter(countedBy([seen])[0]!) ?? index)));
}

import * as tf from '../backend/tf.ts';
import { disposeStatistics, type NormStatistics } from './norm-statistics.ts';
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
  for (const seen of statistics) moveNorm(weights, seen, 1 - (momentum ?? (seen.node.attrs['momentum'] as number)));
  disposeStatistics(statistics);
}

/** running = decay running + rest batch for one norm; `rest` is 1 - decay, which is given where decay is an argument of a compiled step. */
export function moveNorm(
  weights: Weights,
  { node, mean, variance, count }: NormStatistics,
  decay: tf.StepNumber,
  rest?: tf.StepNumber,
): void {
  move(weights.get(node.weights['mean']!.name), mean, decay, rest);
  const unbiased = tf.mul(variance, count / Math.max(count - 1, 1));
  move(weights.get(node.weights['variance']!.name), unbiased, decay, rest);
  unbiased.dispose();
}

/** Nothing of a value that is wholly replaced stays: 0 times infinity is no number. */
function move(running: tf.Variable, value: tf.Tensor, decay: tf.StepNumber, rest?: tf.StepNumber): void {
  if (decay === 0) running.assign(value);
  else tf.updateEma(running, value, decay, rest);
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

import type { WeightRef } from '../../graph/model-graph.ts';
import * as tf from '../../backend/tf.ts';
import type { NormStatistics } from '../norm-statistics.ts';
import type { BatchNormStep } from '../plan.ts';

/**
 * A batch norm with the activation behind it. With norm 'batch' it reports what it saw: mean and variance are kept beyond the caller's tidy.
 * Unlike the other ops it is called by the plan itself, since it returns more than a value.
 */
export function runBatchNorm(
  step: BatchNormStep,
  x: tf.Tensor,
  weightOf: (ref: WeightRef) => tf.Tensor,
  norm: 'batch' | 'running',
  report: (statistics: NormStatistics) => void,
): tf.Tensor {
  const { node, epsilon, activation } = step;
  const role = (name: string): tf.Tensor => weightOf(node.weights[name]!);
  const [gamma, beta] = [role('gamma'), role('beta')];
  if (norm === 'running') {
    return tf.batchNormInference(x, { mean: role('mean'), variance: role('variance'), gamma, beta }, { epsilon, activation });
  }
  const { y, mean, variance } = tf.batchNormTrain(x, gamma, beta, { epsilon, activation });
  for (let i = 0; i < step.runs; i++) {
    const handle = (x: tf.Tensor1D): tf.Tensor1D => tf.keep(i === 0 ? x : tf.clone(x));
    report({ node, mean: handle(mean), variance: handle(variance), count: x.size / mean.size });
  }
  return y;
}

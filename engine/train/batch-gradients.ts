import { valueAndGradients, type Scalar, type StepSeed, type Tensor } from '../backend/tf.ts';
import { disposeStatistics, run, type NormStatistics } from '../run/run.ts';
import type { CollatedBatch } from '../tasks/task.ts';
import type { Trainable } from './train-step.ts';

export interface BatchGradients {
  readonly loss: Scalar;
  /** In the order of `learnedNames`. */
  readonly gradients: Tensor[];
  /** Of the batch norms, for the running statistics. */
  readonly statistics: readonly NormStatistics[];
}

/** Loss of one batch in training mode and its gradients. Everything that is returned belongs to the caller. */
export function batchGradients({ graph, state, loss }: Trainable, batch: CollatedBatch, dropoutSeed: StepSeed): BatchGradients {
  const [input] = graph.inputs;
  const variables = state.weights.learnedNames().map((name) => state.weights.get(name));
  let statistics: readonly NormStatistics[] = [];
  try {
    const { value, grads } = valueAndGradients(() => {
      const result = run(graph, state.weights, { [input!.id]: batch.inputs }, { training: true, norm: 'batch', dropoutSeed });
      statistics = result.statistics;
      return loss(result.outputs[0]!, batch.targets);
    }, variables);
    return { loss: value, gradients: grads, statistics };
  } catch (error) {
    disposeStatistics(statistics);
    throw error;
  }
}

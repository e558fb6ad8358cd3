import { valueAndGradients, type Scalar, type StepSeed, type Tensor } from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { disposeStatistics, run, type NormStatistics } from '../run/run.ts';
import type { Weights } from '../run/weights.ts';

/** A network, and what it is to minimise: differentiable in the outputs. */
export interface Differentiated {
  readonly graph: ModelGraph;
  readonly weights: Weights;
  loss(outputs: readonly Tensor[]): Scalar;
}

export interface BatchGradients {
  readonly loss: Scalar;
  /** In the order of `learnedNames`. */
  readonly gradients: Tensor[];
  /** Of the batch norms, for the running statistics. */
  readonly statistics: readonly NormStatistics[];
}

/**
 * Loss of one batch in training mode and its gradients; without a seed nothing is dropped. Everything that is returned belongs to the caller.
 */
export function batchGradients({ graph, weights, loss }: Differentiated, inputs: Tensor, dropoutSeed?: StepSeed): BatchGradients {
  const [input] = graph.inputs;
  const variables = weights.learnedNames().map((name) => weights.get(name));
  const mode = { training: true, norm: 'batch', ...(dropoutSeed !== undefined && { dropoutSeed }) } as const;
  let statistics: readonly NormStatistics[] = [];
  try {
    const { value, grads } = valueAndGradients(() => {
      const result = run(graph, weights, { [input!.id]: inputs }, mode);
      statistics = result.statistics;
      return loss(result.outputs);
    }, variables);
    return { loss: value, gradients: grads, statistics };
  } catch (error) {
    disposeStatistics(statistics);
    throw error;
  }
}

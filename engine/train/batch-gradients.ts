import { dispose, div, mul, valueAndGradients, type Scalar, type StepSeed, type Tensor } from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { disposeStatistics, run, type NormStatistics } from '../run/run.ts';
import type { Weights } from '../run/weights.ts';

/** A network, and what it is to minimise: differentiable in the outputs. */
export interface Differentiated {
  readonly graph: ModelGraph;
  readonly weights: Weights;
  /**
   * Factor on the loss while its gradients are computed, which are divided by it afterwards: lifts gradients that float16 would round to 0. Powers
   * of two change no other bit. Default 1.
   */
  readonly lossScale?: number | undefined;
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
export function batchGradients(model: Differentiated, inputs: Tensor, dropoutSeed?: StepSeed): BatchGradients {
  const { graph, weights, loss, lossScale = 1 } = model;
  const [input] = graph.inputs;
  const variables = weights.learnedNames().map((name) => weights.get(name));
  const mode = { training: true, norm: 'batch', ...(dropoutSeed !== undefined && { dropoutSeed }) } as const;
  let statistics: readonly NormStatistics[] = [];
  try {
    const { value, grads } = valueAndGradients(() => {
      const result = run(graph, weights, { [input!.id]: inputs }, mode);
      statistics = result.statistics;
      const value = loss(result.outputs);
      return lossScale === 1 ? value : mul<Scalar>(value, lossScale);
    }, variables);
    return { loss: unscaled<Scalar>(value, lossScale), gradients: grads.map((gradient) => unscaled(gradient, lossScale)), statistics };
  } catch (error) {
    disposeStatistics(statistics);
    throw error;
  }
}

/** Disposes what it divides. */
function unscaled<T extends Tensor>(x: T, lossScale: number): T {
  if (lossScale === 1) return x;
  const result = div<T>(x, lossScale);
  dispose(x);
  return result;
}

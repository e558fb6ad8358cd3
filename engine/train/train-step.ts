import { add, dispose, div, type Scalar, type Tensor } from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { countBatches, countedBy, moveRunning } from '../run/running-statistics.ts';
import type { CollatedBatch } from '../tasks/task.ts';
import { batchGradients, type Differentiated } from './batch-gradients.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import { numbersOf, updateWeights, weightsWithL1 } from './update-weights.ts';
import type { TrainState } from './train-state.ts';

/** What is trained and how; the same for all steps of one network. */
export interface Trainable {
  readonly graph: ModelGraph;
  readonly state: TrainState;
  readonly optimizer: Optimizer;
  /** See Differentiated. */
  readonly lossScale?: number | undefined;
  /** Differentiable in the outputs. */
  loss(outputs: Tensor, targets: readonly Tensor[]): Scalar;
}

/** Everything else that a step depends on: numbers that the caller derives from the step's number. */
export interface StepScalars {
  readonly learningRate: number;
  /** Overrides the optimiser's own where a schedule cycles it. */
  readonly beta1?: number;
  /** Number of this update, from 1. */
  readonly step: number;
  /** Coupled L2 on `isDecayed` weights. */
  readonly weightDecay: number;
  readonly averageDecay: number;
  /** L1 factor by weight name; what is not named has none. */
  readonly l1: ReadonlyMap<string, number>;
  /** One a batch. */
  readonly dropoutSeeds: readonly number[];
}

/**
 * One training step in place, op by op: gradients of the mean loss over the batches (several = accumulation), running statistics, one update
 * of every trained weight, and the moving average. A function of its arguments alone. The caller disposes the loss and the batches.
 */
export function trainStep(model: Trainable, batches: readonly CollatedBatch[], scalars: StepScalars): Scalar {
  checkSeeds(batches.length, scalars);
  const { loss, gradients } = meanGradients(model, batches, scalars.dropoutSeeds);
  updateWeights(model, gradients, weightsWithL1(scalars), numbersOf(model.optimizer, scalars));
  dispose(gradients);
  return loss;
}

export function checkSeeds(batches: number, { dropoutSeeds }: StepScalars): void {
  if (dropoutSeeds.length < batches) {
    throw new RangeError(`a training step needs a dropout seed for each of its ${batches} batches, got ${dropoutSeeds.length}`);
  }
}

interface MeanGradients {
  readonly loss: Scalar;
  readonly gradients: Tensor[];
}

function meanGradients(model: Trainable, batches: readonly CollatedBatch[], seeds: readonly number[]): MeanGradients {
  let total: MeanGradients | undefined;
  for (const [i, batch] of batches.entries()) {
    const before: MeanGradients | undefined = total;
    try {
      const next = gradientsOf(model, batch, seeds[i]!);
      total = before === undefined ? next : sumOf(before, next);
    } catch (error) {
      if (before !== undefined) dispose([before.loss, ...before.gradients]);
      throw error;
    }
  }
  if (total === undefined) throw new RangeError('a training step needs at least one batch');
  if (batches.length === 1) return total;
  const mean = {
    loss: div<Scalar>(total.loss, batches.length),
    gradients: total.gradients.map((gradient) => div(gradient, batches.length)),
  };
  dispose([total.loss, ...total.gradients]);
  return mean;
}

/** Disposes both. */
function sumOf(a: MeanGradients, b: MeanGradients): MeanGradients {
  const sum = { loss: add<Scalar>(a.loss, b.loss), gradients: a.gradients.map((gradient, k) => add(gradient, b.gradients[k]!)) };
  dispose([a.loss, b.loss, ...a.gradients, ...b.gradients]);
  return sum;
}

/** The model with the loss of one batch. */
export function differentiated({ graph, state, loss, lossScale }: Trainable, targets: readonly Tensor[]): Differentiated {
  return { graph, weights: state.weights, lossScale, loss: ([output]) => loss(output!, targets) };
}

/** Gradients of one batch's loss; the running statistics see the batch. */
function gradientsOf(model: Trainable, batch: CollatedBatch, dropoutSeed: number): MeanGradients {
  const { loss, gradients, statistics } = batchGradients(differentiated(model, batch.targets), batch.inputs, dropoutSeed);
  countBatches(model.state.weights, countedBy(statistics));
  moveRunning(model.state.weights, statistics);
  return { loss, gradients };
}

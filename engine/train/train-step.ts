import { add, dispose, div, updateEma, valueAndGradients, type Scalar, type Tensor } from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { disposeStatistics, run, type NormStatistics } from '../run/run.ts';
import { updateRunning } from '../run/running-statistics.ts';
import type { CollatedBatch } from '../tasks/task.ts';
import { isDecayed } from './l2.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { TrainState } from './train-state.ts';

/** What is trained and how; the same for all steps of one network. */
export interface Trainable {
  readonly graph: ModelGraph;
  readonly state: TrainState;
  readonly optimizer: Optimizer;
  /** Differentiable in the outputs. */
  loss(outputs: Tensor, targets: Tensor): Scalar;
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
 * One training step in place: gradients of the mean loss over the batches (several = accumulation), running statistics, one update of
 * every trained weight, and the moving average. A function of its arguments alone. The caller disposes the loss and the batches.
 */
export function trainStep(model: Trainable, batches: readonly CollatedBatch[], scalars: StepScalars): Scalar {
  const { state, optimizer } = model;
  const names = state.weights.learnedNames();
  if (scalars.dropoutSeeds.length < batches.length) {
    throw new RangeError(
      `a training step needs a dropout seed for each of its ${batches.length} batches, got ${scalars.dropoutSeeds.length}`,
    );
  }
  const { loss, gradients } = meanGradients(model, names, batches, scalars.dropoutSeeds);
  const { learningRate, beta1, step, weightDecay, averageDecay, l1 } = scalars;
  names.forEach((name, i) => {
    const decayed = isDecayed(state.weights.spec(name));
    optimizer.update(state.weights.get(name), gradients[i]!, state.slotsOf(name), {
      learningRate,
      step,
      weightDecay: decayed ? weightDecay : 0,
      l1: l1.get(name) ?? 0,
      isDecayed: decayed,
      ...(beta1 !== undefined && { beta1 }),
      ema: { shadow: state.average.get(name), decay: averageDecay },
    });
  });
  dispose(gradients);
  averageRunning(state, averageDecay);
  return loss;
}

interface MeanGradients {
  readonly loss: Scalar;
  readonly gradients: Tensor[];
}

function meanGradients(
  model: Trainable,
  names: readonly string[],
  batches: readonly CollatedBatch[],
  seeds: readonly number[],
): MeanGradients {
  let total: MeanGradients | undefined;
  for (const [i, batch] of batches.entries()) {
    const before: MeanGradients | undefined = total;
    try {
      const next = gradientsOf(model, names, batch, seeds[i]!);
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

/** Gradients of one batch's loss; the running statistics see the batch. */
function gradientsOf(model: Trainable, names: readonly string[], batch: CollatedBatch, dropoutSeed: number): MeanGradients {
  const { graph, state } = model;
  const [input] = graph.inputs;
  const variables = names.map((name) => state.weights.get(name));
  let statistics: readonly NormStatistics[] = [];
  try {
    const { value, grads } = valueAndGradients(() => {
      const result = run(graph, state.weights, { [input!.id]: batch.inputs }, { training: true, norm: 'batch', dropoutSeed });
      statistics = result.statistics;
      return model.loss(result.outputs[0]!, batch.targets);
    }, variables);
    updateRunning(state.weights, statistics);
    return { loss: value, gradients: grads };
  } catch (error) {
    disposeStatistics(statistics);
    throw error;
  }
}

/** Running statistics are averaged as weights are. */
function averageRunning(state: TrainState, decay: number): void {
  for (const { name, kind } of state.weights.specs) {
    if (kind === 'running_mean' || kind === 'running_var') updateEma(state.average.get(name), state.weights.get(name), decay);
  }
}

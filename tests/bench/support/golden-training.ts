/** One network of a golden file with its batch: a whole training step by the product's own parts. */
import * as tf from '../../../engine/backend/tf.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { fillValues } from '../../../engine/run/fill.ts';
import { disposeStatistics, run } from '../../../engine/run/run.ts';
import { moveRunning } from '../../../engine/run/running-statistics.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { batchGradients } from '../../../engine/train/batch-gradients.ts';
import { createOptimizer } from '../../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../../engine/train/train-state.ts';
import type { StepScalars, Trainable } from '../../../engine/train/train-step.ts';
import { numbersOf, updateWeights } from '../../../engine/train/update-weights.ts';
import { averageDecay } from './bench-network.ts';
import type { BenchNetwork } from './bench-network.ts';
import { lossOf } from './golden-losses.ts';
import { goldenCase } from './golden-networks.ts';

const mode = { training: true, norm: 'batch' } as const;

/** `file` as in 'hr-nas/cityscapes-cs2'. */
export function goldenNetwork(file: string, batch: number): BenchNetwork {
  const { graph, images, recipe, lossInWords } = goldenCase(file, batch);
  const weights = new Weights(graph.weights, (spec) => fillValues(spec));
  const inputId = graph.inputs[0]!.id;
  const { loss, targetsOf } = lossOf(lossInWords);
  const targets = tf.tidy(() => {
    const { outputs, statistics } = run(graph, weights, { [inputId]: images }, mode);
    disposeStatistics(statistics);
    return targetsOf(outputs);
  });
  const optimizer = createOptimizer(recipe.optimizer);
  const state = TrainState.create(weights, optimizer.slots);
  const model: Trainable = { graph, state, optimizer, loss: () => tf.scalar(NaN) }; // its loss takes one output; here a network may have two
  const { learningRate, weightDecay } = recipe;
  const scalarsAt = (step: number): StepScalars => ({ learningRate, weightDecay, averageDecay, step, l1: new Map(), dropoutSeeds: [] });
  return {
    macs: estimate(graph).macs,
    parameters: weights.learnedNames().reduce((sum, name) => sum + weights.get(name).size, 0),
    tensors: [images, ...targets],
    numbersAt: (step) => numbersOf(optimizer, scalarsAt(step)),
    train: ([x, ...aims], numbers) => {
      const differentiated = { graph, weights, loss: (outputs: readonly tf.Tensor[]) => loss(outputs, aims) };
      const { loss: value, gradients, statistics } = batchGradients(differentiated, x!);
      moveRunning(weights, statistics);
      updateWeights(model, gradients, [], numbers);
      tf.dispose(gradients);
      return [value];
    },
  };
}

/** Networks of the golden files with filled weights, the files' input stream and losses, and their systems' optimisers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '../../../engine/backend/tf.ts';
import type { Scalar, Tensor, Tensor1D } from '../../../engine/backend/tf.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import type { ModelGraph } from '../../../engine/graph/model-graph.ts';
import { fillImages, fillValues } from '../../../engine/run/fill.ts';
import { run } from '../../../engine/run/run.ts';
import type { NormStatistics } from '../../../engine/run/norm-statistics.ts';
import { moveRunning } from '../../../engine/run/running-statistics.ts';
import { Weights } from '../../../engine/run/weights.ts';
import { createOptimizer } from '../../../engine/train/optimizers/optimizer.ts';
import type { OptimizerOptions } from '../../../engine/train/optimizers/optimizer.ts';
import { TrainState } from '../../../engine/train/train-state.ts';
import type { StepScalars, Trainable } from '../../../engine/train/train-step.ts';
import { numbersOf, updateWeights } from '../../../engine/train/update-weights.ts';
import { inputOf } from '../../../engine/verify/check-structure.ts';
import { parseGoldenFile } from '../../../engine/verify/golden-file.ts';
import { networksOf } from '../../../engine/verify/systems.ts';
import { averageDecay } from './bench-network.ts';
import type { BenchNetwork } from './bench-network.ts';

/** The optimiser of pytorch/catalogue.py. */
export interface Recipe {
  readonly optimizer: OptimizerOptions;
  readonly learningRate: number;
  /** Coupled. */
  readonly weightDecay: number;
}

const moments = { beta1: 0.9, beta2: 0.999 };

/** By system. */
export const recipes = {
  'hr-nas': { optimizer: { id: 'adam', ...moments, epsilon: 1e-3 }, learningRate: 1e-3, weightDecay: 1e-5 },
  'lite-hrnet': { optimizer: { id: 'adam', ...moments, epsilon: 1e-8 }, learningRate: 2e-3, weightDecay: 0 },
  'vit-resnas': { optimizer: { id: 'adamw', ...moments, epsilon: 1e-8, decoupledWeightDecay: 0.05 }, learningRate: 1e-4, weightDecay: 0 },
} as const satisfies Readonly<Record<string, Recipe>>;

type Nchw = readonly [number, number, number, number];
type Loss = (outputs: readonly Tensor[], targets: readonly Tensor[]) => Scalar;

/** Labels i % classes at position i: images, then rows, then columns (or tokens). One output's mean cross entropy. */
function crossEntropy(output: Tensor, labels: Tensor): Scalar {
  const classes = output.shape.at(-1)!;
  return tf.softmaxCrossEntropy(tf.reshape(output, [labels.size, classes]), labels as Tensor1D, { reduction: 'mean-all' });
}

function labelsOf(output: Tensor): Tensor {
  const classes = output.shape.at(-1)!;
  return tf.tensor1d(
    Int32Array.from({ length: output.size / classes }, (_, i) => i % classes),
    'int32',
  );
}

/** Targets ((i % 7) - 3) / 10 at position i of NCHW, as NHWC. */
function heatMapsOf(output: Tensor): Tensor {
  const [batch, height, width, channels] = output.shape as Nchw;
  const values = Float32Array.from({ length: output.size }, (_, i) => ((i % 7) - 3) / 10);
  return tf.tidy(() => tf.transpose(tf.tensor(values, [batch, channels, height, width]), [0, 2, 3, 1]));
}

/** A golden file's loss in words, in a form that takes its targets as arguments. */
function lossOf(description: string): { readonly loss: Loss; readonly targetsOf: (outputs: readonly Tensor[]) => Tensor[] } {
  if (description.startsWith('mean over all elements of (y - t)^2')) {
    return {
      loss: ([y], [t]) => tf.mean(tf.square(tf.sub(y!, t!))),
      targetsOf: ([output]) => [heatMapsOf(output!)],
    };
  }
  if (description.startsWith('L(class logits) + 0.5 * L(patch logits)')) {
    return {
      loss: ([ofClass, ofPatches], [classes, patches]) =>
        tf.add(crossEntropy(ofClass!, classes!), tf.mul(0.5, crossEntropy(ofPatches!, patches!))),
      targetsOf: (outputs) => outputs.map(labelsOf),
    };
  }
  return { loss: ([output], [labels]) => crossEntropy(output!, labels!), targetsOf: ([output]) => [labelsOf(output!)] };
}

interface Training {
  readonly graph: ModelGraph;
  readonly weights: Weights;
  readonly x: Tensor;
  readonly recipe: Recipe;
  readonly lossInWords: string;
}

function training({ graph, weights, x, recipe, lossInWords }: Training): BenchNetwork {
  const inputId = graph.inputs[0]!.id;
  const { loss, targetsOf } = lossOf(lossInWords);
  const mode = { training: true, norm: 'batch' } as const;
  const targets = tf.tidy(() => {
    const { outputs, statistics } = run(graph, weights, { [inputId]: x }, mode);
    statistics.forEach(({ mean, variance }) => tf.dispose([mean, variance]));
    return targetsOf(outputs);
  });
  const optimizer = createOptimizer(recipe.optimizer);
  const state = TrainState.create(weights, optimizer.slots);
  const model: Trainable = { graph, state, optimizer, loss: () => tf.scalar(NaN) };
  const names = weights.learnedNames();
  const variables = names.map((name) => weights.get(name));
  const { learningRate, weightDecay } = recipe;
  const scalarsAt = (step: number): StepScalars => ({ learningRate, weightDecay, averageDecay, step, l1: new Map(), dropoutSeeds: [] });
  return {
    macs: estimate(graph).macs,
    parameters: variables.reduce((sum, variable) => sum + variable.size, 0),
    tensors: [x, ...targets],
    numbersAt: (step) => numbersOf(optimizer, scalarsAt(step)),
    train: ([images, ...aims], numbers) => {
      let statistics: readonly NormStatistics[] = [];
      const { value, grads } = tf.valueAndGradients(() => {
        const result = run(graph, weights, { [inputId]: images! }, mode);
        statistics = result.statistics;
        return loss(result.outputs, aims);
      }, variables);
      moveRunning(weights, statistics);
      updateWeights(model, grads, [], numbers);
      tf.dispose(grads);
      return [value];
    },
  };
}

/** `file` as in 'hr-nas/cityscapes-cs2', at the size of the file's first evaluation. */
export function goldenNetwork(file: string, batch: number): BenchNetwork {
  const path = join(import.meta.dirname, '../../fixtures/reference', `${file}.json`);
  const golden = parseGoldenFile(JSON.parse(readFileSync(path, 'utf8')), file);
  const [, ...size] = golden.eval[0]!.inputShape as Nchw;
  const shape = [batch, ...size] as const;
  const graph = networksOf(golden.system, file)(golden)(inputOf(shape), 'training');
  const images = fillImages(shape);
  return training({
    graph,
    weights: new Weights(graph.weights, (spec) => fillValues(spec)),
    x: tf.tensor(images.values, [...images.shape]),
    recipe: recipes[golden.system as keyof typeof recipes],
    lossInWords: golden.train?.loss ?? 'mean cross entropy',
  });
}

import { EngineError } from '../error.ts';
import * as tf from '../backend/tf.ts';
import type { ModelGraph } from '../graph/model-graph.ts';
import { fillImages } from '../run/fill.ts';
import { toOfficialLayout } from '../graph/weight-layout.ts';
import { countBatches, countedBy, moveRunning } from '../run/running-statistics.ts';
import type { Weights } from '../run/weights.ts';
import { batchGradients } from '../train/batch-gradients.ts';
import { sgd } from '../train/optimizers/sgd.ts';
import type { GoldenCheck } from './check.ts';
import { figuresOf } from './check-forward.ts';
import type { TrainFigures } from './golden-file.ts';
import { goldenLoss } from './golden-loss.ts';

/** Losses may deviate relatively by this, or ten times the file's own float32 figure of the same step. */
const lossFloor = 5e-6;
/** Standard deviations of gradients and weights, relatively. */
const deviationAllowed = 1e-3;
/** Means and first elements of gradients, in standard deviations (cityscapes-cs2: up to 2.2e-3, where deviations differ by 7e-5). */
const elementAllowed = 1e-2;

/**
 * Ten times the largest float32 figure of a file's gradients, as with losses and outputs. One value at the kink of a ReLU moves whatever gradient
 * lies behind it, and which value that is differs between implementations. lite-hrnet-18-coco on wasm: three values, the furthest 2e-6 standard
 * deviations from zero after 150 layers that are each right to 3e-7, move a deviation by 1.05e-3; the official float32 gradients of
 * naive-lite-hrnet-18-coco are off by 4e-3.
 */
function kinkAllowed(figures: TrainFigures): number {
  return 10 * Math.max(0, ...(figures.gradientsStep1 ?? []).map((gradient) => gradient.float32StdRelDiff ?? 0));
}

export interface TrainingCheckOptions {
  /** 'train', whose later steps are chaotic, or 'trainSmallStep'. */
  readonly name: string;
  /** Steps that are compared. */
  readonly steps: number;
  readonly mode: tf.StepMode;
}

/** Losses before each update, gradients of the first step, and weights and running statistics after the third. Changes the weights. */
export async function checkTraining(
  graph: ModelGraph,
  weights: Weights,
  figures: TrainFigures,
  { name, steps, mode }: TrainingCheckOptions,
): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  const trainer = new SgdTrainer(graph, weights, figures, mode);
  try {
    for (let step = 0; step < steps; step++) {
      const { loss, gradients } = await trainer.gradients();
      const expected = figures.losses[step]!;
      const natural = (figures.float32.lossDiffs[step] ?? 0) / Math.abs(expected);
      checks.push({
        what: `${name}: loss of step ${step + 1}, relative`,
        deviation: Math.abs(loss - expected) / Math.abs(expected),
        allowed: Math.max(10 * natural, lossFloor),
      });
      if (step === 0) checks.push(...(await compareGradients(name, weights, gradients, figures)));
      trainer.update(gradients);
    }
    if (steps >= 3) checks.push(...(await compareState(name, weights, figures)));
  } finally {
    trainer.dispose();
  }
  return checks;
}

type Gradients = ReadonlyMap<string, tf.Tensor>;

/** Plain SGD on one batch, with batch statistics and without dropout, as the golden files were made. */
class SgdTrainer {
  readonly #graph: ModelGraph;
  readonly #weights: Weights;
  readonly #figures: TrainFigures;
  readonly #images: tf.Tensor;
  readonly #names: readonly string[];
  readonly #velocities: readonly tf.Variable[];
  readonly #step: tf.Step;
  #counters: readonly string[] = [];

  constructor(graph: ModelGraph, weights: Weights, figures: TrainFigures, mode: tf.StepMode) {
    this.#graph = graph;
    this.#weights = weights;
    this.#figures = figures;
    const image = fillImages(figures.inputShape as readonly [number, number, number, number]);
    this.#images = tf.tensor(image.values, [...image.shape]);
    this.#names = weights.learnedNames();
    this.#velocities = this.#names.map((name) => tf.tidy(() => tf.variable(tf.zerosLike(weights.get(name)), false)));
    this.#step = tf.createStep('golden_gradients', ([images]) => this.#compute(images!), mode);
  }

  /** Loss and gradients at the present weights; running statistics see the batch. The gradients belong to `update`. */
  async gradients(): Promise<{ readonly loss: number; readonly gradients: Gradients }> {
    const [value, ...grads] = await this.#step.run({ tensors: [this.#images], numbers: [], seeds: [] });
    countBatches(this.#weights, this.#counters);
    const [loss] = await value!.data();
    value!.dispose();
    return { loss: loss!, gradients: new Map(this.#names.map((name, i) => [name, grads[i]!])) };
  }

  #compute(images: tf.Tensor): tf.Tensor[] {
    const model = { graph: this.#graph, weights: this.#weights, loss: goldenLoss(this.#figures.loss) };
    const { loss, gradients, statistics } = batchGradients(model, images);
    this.#counters = countedBy(statistics);
    moveRunning(this.#weights, statistics);
    return [loss, ...gradients];
  }

  /** One update; disposes the gradients. */
  update(gradients: Gradients): void {
    const { lr, momentum, weightDecay } = this.#figures.optimizer;
    const { update, numbersAt } = sgd({ id: 'sgd', momentum, nesterov: false });
    this.#names.forEach((name, i) => {
      const scalars = { learningRate: lr, numbers: numbersAt(1), weightDecay, l1: 0, isDecayed: true };
      update(this.#weights.get(name), gradients.get(name)!, [this.#velocities[i]!], scalars);
    });
    tf.dispose([...gradients.values()]);
  }

  dispose(): void {
    this.#step.dispose();
    tf.dispose([this.#images, ...this.#velocities]);
  }
}

async function compareGradients(name: string, weights: Weights, gradients: Gradients, figures: TrainFigures): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const expected of figures.gradientsStep1 ?? []) {
    const gradient = gradients.get(expected.name);
    if (gradient === undefined) throw new EngineError('bad-golden-file', `${name}: the network trains no weight '${expected.name}'.`);
    const { layout, shape } = weights.spec(expected.name);
    const values = toOfficialLayout(layout, shape, (await gradient.data()) as Float32Array);
    const { mean, std } = figuresOf(values);
    const differences = [
      ['standard deviation', std - expected.std, deviationAllowed],
      ['mean', mean - expected.mean, elementAllowed],
      ['first element', values[0]! - expected.first, elementAllowed],
    ] as const;
    for (const [what, difference, floor] of differences) {
      const allowed = Math.max(floor, kinkAllowed(figures));
      const deviation = Math.abs(difference) / expected.std;
      checks.push({ what: `${name}: ${what} of the gradient of ${expected.name}, in standard deviations`, deviation, allowed });
    }
  }
  return checks;
}

/** Means and standard deviations in shares of the standard deviation. */
async function compareState(name: string, weights: Weights, figures: TrainFigures): Promise<GoldenCheck[]> {
  const checks: GoldenCheck[] = [];
  for (const expected of figures.afterStep3 ?? []) {
    const { mean, std } = figuresOf(await weights.read(expected.name));
    checks.push({
      what: `${name}: ${expected.name} after step 3, in standard deviations`,
      deviation: Math.max(Math.abs(mean - expected.mean), Math.abs(std - expected.std)) / expected.std,
      allowed: Math.max((10 * figures.float32.maxStateMeanDiff) / expected.std, deviationAllowed),
    });
  }
  return checks;
}

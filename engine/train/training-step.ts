import { add, createStep, dispose, div, zerosLike, tidy, variable } from '../backend/tf.ts';
import type { Step, StepFunction, StepMode, Tensor, Variable } from '../backend/tf.ts';
import { countBatches, countedBy, moveRunning } from '../run/running-statistics.ts';
import type { CollatedBatch } from '../tasks/task.ts';
import { batchGradients } from './batch-gradients.ts';
import { checkSeeds, differentiated, trainStep, type StepScalars, type Trainable } from './train-step.ts';
import { numbersOf, updateWeights, weightsWithL1 } from './update-weights.ts';

/**
 * The training step of one network, again and again: op by op, or compiled into one call (two kinds of calls where gradients are accumulated:
 * one a batch, one an update, so that the graph and its memory do not grow with the number of batches). Both give the same numbers.
 * Make a new one when the network changes.
 */
export class TrainingStep {
  readonly #model: Trainable;
  readonly #mode: StepMode;
  /** By what is built into them: the number of batches is one or more, and the weights with an L1 factor. */
  readonly #steps = new Map<string, CompiledTraining>();

  constructor(model: Trainable, mode: StepMode) {
    this.#model = model;
    this.#mode = mode;
  }

  /** Runs one step in place and gives the mean loss before it. The batches stay the caller's. */
  async run(batches: readonly CollatedBatch[], scalars: StepScalars): Promise<number> {
    if (this.#mode === 'eager') {
      const loss = trainStep(this.#model, batches, scalars);
      const [value] = await loss.data();
      dispose(loss);
      return value!;
    }
    checkSeeds(batches.length, scalars);
    if (batches.length === 0) throw new RangeError('a training step needs at least one batch');
    const l1Names = weightsWithL1(scalars);
    const key = [batches.length > 1, ...l1Names].join(' ');
    let step = this.#steps.get(key);
    if (step === undefined) {
      step = batches.length > 1 ? new AccumulatedTraining(this.#model, l1Names) : new SingleTraining(this.#model, l1Names);
      this.#steps.set(key, step);
    }
    return step.run(batches, scalars);
  }

  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
  }
}

interface CompiledTraining {
  run(batches: readonly CollatedBatch[], scalars: StepScalars): Promise<number>;
  dispose(): void;
}

/** One batch: everything in one call. */
class SingleTraining implements CompiledTraining {
  readonly #model: Trainable;
  readonly #step: Step;
  #counters: readonly string[] = [];

  constructor(model: Trainable, l1Names: readonly string[]) {
    this.#model = model;
    const { weights } = model.state;
    const train = ([inputs, ...targets]: readonly Tensor[], ...[numbers, seeds]: StepArguments): Tensor[] => {
      const { loss, gradients, statistics } = batchGradients(differentiated(model, targets), inputs!, seeds[0]!);
      this.#counters = countedBy(statistics);
      moveRunning(weights, statistics);
      updateWeights(model, gradients, l1Names, numbers);
      return [loss];
    };
    this.#step = createStep('training_step', train, 'compiled');
  }

  async run([batch]: readonly CollatedBatch[], scalars: StepScalars): Promise<number> {
    const numbers = numbersOf(this.#model.optimizer, scalars);
    const results = await this.#step.run({ tensors: tensorsOf(batch!), numbers, seeds: scalars.dropoutSeeds.slice(0, 1) });
    countBatches(this.#model.state.weights, this.#counters);
    return readLoss(results);
  }

  dispose(): void {
    this.#step.dispose();
  }
}

/** Several batches: their gradients are added up in variables. */
class AccumulatedTraining implements CompiledTraining {
  readonly #model: Trainable;
  readonly #sums: readonly Variable[];
  readonly #batchStep: Step;
  readonly #updateStep: Step;
  #counters: readonly string[] = [];

  constructor(model: Trainable, l1Names: readonly string[]) {
    this.#model = model;
    const { weights } = model.state;
    this.#sums = weights.learnedNames().map((name) => tidy(() => variable(zerosLike(weights.get(name)), false)));
    const addBatch = ([inputs, ...targets]: readonly Tensor[], ...[, seeds]: StepArguments): Tensor[] => {
      const { loss, gradients, statistics } = batchGradients(differentiated(model, targets), inputs!, seeds[0]!);
      this.#counters = countedBy(statistics);
      moveRunning(weights, statistics);
      this.#sums.forEach((sum, i) => sum.assign(add(sum, gradients[i]!)));
      return [loss];
    };
    const update = (_: readonly Tensor[], ...[[count, ...numbers]]: StepArguments): Tensor[] => {
      const means = this.#sums.map((sum) => div(sum, count!));
      updateWeights(model, means, l1Names, numbers);
      this.#sums.forEach((sum) => sum.assign(zerosLike(sum)));
      return [];
    };
    this.#batchStep = createStep('accumulate_gradients', addBatch, 'compiled');
    this.#updateStep = createStep('update_weights', update, 'compiled');
  }

  async run(batches: readonly CollatedBatch[], scalars: StepScalars): Promise<number> {
    try {
      return await this.#accumulate(batches, scalars);
    } catch (cause) {
      // what a part of the batches left must not come into the next step
      for (const sum of this.#sums) tidy(() => sum.assign(zerosLike(sum)));
      throw cause;
    }
  }

  async #accumulate(batches: readonly CollatedBatch[], scalars: StepScalars): Promise<number> {
    let total = 0;
    for (const [i, batch] of batches.entries()) {
      const seeds = [scalars.dropoutSeeds[i]!];
      total = Math.fround(total + (await readLoss(await this.#batchStep.run({ tensors: tensorsOf(batch), numbers: [], seeds }))));
      countBatches(this.#model.state.weights, this.#counters);
    }
    const numbers = [batches.length, ...numbersOf(this.#model.optimizer, scalars)];
    await this.#updateStep.run({ tensors: [], numbers, seeds: [] });
    return Math.fround(total / batches.length);
  }

  dispose(): void {
    this.#batchStep.dispose();
    this.#updateStep.dispose();
    dispose([...this.#sums]);
  }
}

type StepArguments = Parameters<StepFunction> extends readonly [unknown, ...infer Rest] ? Rest : never;

function tensorsOf({ inputs, targets }: CollatedBatch): Tensor[] {
  return [inputs, ...targets];
}

async function readLoss([loss]: readonly Tensor[]): Promise<number> {
  const [value] = await loss!.data();
  loss!.dispose();
  return value!;
}

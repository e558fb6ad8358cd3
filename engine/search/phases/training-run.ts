import { dispose, type StepMode } from '../../backend/tf.ts';
import { EngineError } from '../../error.ts';
import type { ModelGraph } from '../../graph/model-graph.ts';
import { hash32 } from '../../rng.ts';
import { loadWeights } from '../../run/weights-file.ts';
import type { Architecture } from '../../spaces/search-space.ts';
import { createTask } from '../../tasks/create-task.ts';
import type { CollatedBatch, Task } from '../../tasks/task.ts';
import { emaDecayAt } from '../../train/ema.ts';
import { createOptimizer, type Optimizer } from '../../train/optimizers/optimizer.ts';
import { ratesAt } from '../../train/schedules/learning-rate.ts';
import { TrainingStep } from '../../train/training-step.ts';
import { TrainState } from '../../train/train-state.ts';
import type { SearchConfig } from '../config.ts';
import type { CheckpointFile, SearchEvent } from '../events.ts';
import { taskOptions } from '../task-options.ts';
import { parsePhaseState, type NetworkOrigin, type PhaseState } from '../state.ts';
import type { SearchParts } from '../parts.ts';
import type { PhaseContext } from './context.ts';

/** What a phase adds to a plain training step. */
export interface StepExtras {
  /** L1 factor by weight name. */
  readonly l1: ReadonlyMap<string, number>;
  readonly scalars: Readonly<Record<string, number>>;
}

export const noExtras: StepExtras = { l1: new Map(), scalars: {} };

/** Steps before this phase and in all, and for how many of them a network stays as it is. */
export interface TrainingSpan {
  readonly offset: number;
  readonly total: number;
  readonly stepsPerNetwork: number;
}

/** Compiled where a step runs often enough; the same for every run of the experiment, since the two may differ in the last bits. */
export function modeFor({ compileFrom }: SearchParts, runs: number): StepMode {
  return compileFrom !== undefined && runs >= compileFrom ? 'compiled' : 'eager';
}

/** Where a network's training stands. */
export interface TrainingStart {
  readonly arch: Architecture;
  readonly state: TrainState;
  /** Steps done in this phase. */
  readonly step: number;
  readonly isEvaluated: boolean;
  readonly origin?: NetworkOrigin;
}

/**
 * One network in training during one phase. All that a step depends on follows from the config and the step's number, so that a run
 * continued from any saved state makes the same steps. Owns the state: call `dispose`.
 */
export class TrainingRun {
  readonly context: PhaseContext;
  readonly state: TrainState;
  readonly task: Task;
  readonly #config: SearchConfig;
  readonly #optimizer: Optimizer;
  /** Steps of this network before this phase, and in all. */
  readonly #offset: number;
  readonly #total: number;
  readonly #mode: StepMode;
  #graph: ModelGraph;
  #arch: Architecture;
  #trainingStep: TrainingStep;
  #step: number;
  readonly #origin: NetworkOrigin | undefined;
  isEvaluated: boolean;

  constructor(context: PhaseContext, start: TrainingStart, span: TrainingSpan) {
    this.context = context;
    this.#config = context.plan.config;
    this.#optimizer = createOptimizer(context.recipe.train.optimizer);
    this.state = start.state;
    this.#arch = start.arch;
    this.#step = start.step;
    this.isEvaluated = start.isEvaluated;
    this.#offset = span.offset;
    this.#total = span.total;
    this.#origin = start.origin;
    this.#graph = context.recipe.trainingGraph(start.arch);
    this.task = taskOf(context, this.#graph);
    this.#mode = modeFor(context.parts, span.stepsPerNetwork);
    this.#trainingStep = this.#createStep();
  }

  #createStep(): TrainingStep {
    const { precision } = this.context.recipe.train;
    const lossScale = precision.id === 'float16' ? precision.lossScale : undefined;
    const model = { graph: this.#graph, state: this.state, optimizer: this.#optimizer, loss: this.task.loss, lossScale };
    return new TrainingStep(model, this.#mode);
  }

  get arch(): Architecture {
    return this.#arch;
  }

  /** Steps done in this phase. */
  get step(): number {
    return this.#step;
  }

  /** Steps that the weights have seen. */
  get seenSteps(): number {
    return this.#offset + this.#step;
  }

  /** Steps done over all phases. */
  get searchStep(): number {
    return this.context.plan.phases[this.context.index]!.firstStep + this.#step;
  }

  /** One training step. Throws EngineError 'loss-not-finite'. */
  async train(extras: StepExtras = noExtras): Promise<SearchEvent> {
    const { recipe, plan, index } = this.context;
    const { data, seed } = this.#config;
    const { train } = recipe;
    const began = performance.now();
    const t = this.#offset + this.#step;
    const batches: CollatedBatch[] = [];
    const dropoutSeeds = [];
    let waited: number;
    let value: number;
    const rates = ratesAt(train, t, this.#total);
    try {
      for (let i = t * train.accumulate; i < (t + 1) * train.accumulate; i++) {
        batches.push(this.task.collate(await recipe.trainBatch(i)));
        dropoutSeeds.push(hash32(`${seed}/dropout/${i}`));
      }
      waited = performance.now();
      value = await this.#trainingStep.run(batches, {
        ...rates,
        step: t + 1,
        weightDecay: train.weightDecay,
        averageDecay: emaDecayAt(train.ema, data.batchSize * train.accumulate, t),
        l1: extras.l1,
        dropoutSeeds,
      });
    } finally {
      dispose(batches.flatMap(({ inputs, targets }) => [inputs, ...targets]));
    }
    if (!Number.isFinite(value)) throw notFinite(value, t, rates.learningRate);
    this.#step++;
    this.isEvaluated = false;
    const values = {
      loss: value,
      learningRate: rates.learningRate,
      ...extras.scalars,
      stepMs: performance.now() - waited,
      waitMs: waited - began,
    };
    return { type: 'scalars', step: this.searchStep, phase: plan.phases[index]!.name, values };
  }

  /** Goes on with a smaller network; the state must have been shrunk by the same plan. */
  adopt(arch: Architecture): void {
    this.#arch = arch;
    this.#graph = this.context.recipe.trainingGraph(arch);
    this.#trainingStep.dispose();
    this.#trainingStep = this.#createStep();
  }

  /** Throws EngineError 'weights-not-finite': the loss shows what became of the weights one step late. */
  async checkFinite(): Promise<void> {
    const name = await this.state.notFinite();
    if (name === undefined) return;
    const { learningRate } = ratesAt(this.context.recipe.train, this.seenSteps - 1, this.#total);
    throw new EngineError(
      'weights-not-finite',
      `after training step ${this.seenSteps - 1}: ${name} is not finite any more, at learning rate ${learningRate.toPrecision(3)}.`,
      { tip: divergedTip },
    );
  }

  /** Writes a state to resume from. Throws EngineError 'weights-not-finite' instead of writing one that nothing can go on from. */
  async save(name: string, keep: boolean): Promise<Extract<SearchEvent, { type: 'state' }>> {
    const { parts, plan, index } = this.context;
    await this.checkFinite();
    const phase = plan.phases[index]!.name;
    const origin = this.#origin;
    const state: PhaseState = {
      version: 1,
      phase,
      step: this.#step,
      isEvaluated: this.isEvaluated,
      arch: this.#arch,
      ...(origin !== undefined && { origin }),
    };
    const done = this.isEvaluated ? 'e' : '';
    const checkpoint: CheckpointFile = await parts.saveFile(`state-${index}-${this.#step}${done}.safetensors`, await this.state.save());
    return { type: 'state', step: this.searchStep, phaseIndex: index, state: { ...state }, checkpoint, keep, name };
  }

  dispose(): void {
    this.#trainingStep.dispose();
    this.state.dispose();
  }
}

/** The state that a resume point names. The caller disposes it. */
export async function loadStart(
  context: PhaseContext,
  point: { readonly state: unknown; readonly file: string },
  phase: string,
): Promise<TrainingStart> {
  const { recipe, parts } = context;
  const { arch, step, isEvaluated, origin } = parsePhaseState(point.state, phase);
  const bytes = await parts.readFile(point.file);
  const { slots } = createOptimizer(recipe.train.optimizer);
  const state = TrainState.load(recipe.trainingGraph(arch).weights, slots, bytes);
  return { arch, step, isEvaluated, ...(origin !== undefined && { origin }), state };
}

/** New weights from the seed. The caller disposes them. */
export async function newStart(
  { plan, recipe }: PhaseContext,
  arch: Architecture,
  ...purpose: readonly (string | number)[]
): Promise<TrainingStart> {
  const seed = hash32([plan.config.seed, 'weights', ...purpose].join('/'));
  const weights = await recipe.newWeights(arch, seed);
  return { arch, step: 0, isEvaluated: false, state: TrainState.create(weights, createOptimizer(recipe.train.optimizer).slots) };
}

/** Weights of a file with the official names. Throws EngineError 'bad-weights' when they belong to another network. The caller disposes them. */
export function startFrom({ recipe }: PhaseContext, arch: Architecture, file: Uint8Array): TrainingStart {
  const weights = loadWeights(recipe.trainingGraph(arch).weights, file);
  return { arch, step: 0, isEvaluated: false, state: TrainState.create(weights, createOptimizer(recipe.train.optimizer).slots) };
}

function taskOf({ plan, recipe }: PhaseContext, graph: ModelGraph): Task {
  const output = graph.nodes.find((node) => node.id === graph.outputs[0]);
  return createTask(taskOptions(plan.config, output?.shape.at(-1) ?? 0), recipe.evaluation.truth);
}

const divergedTip = 'Fork the experiment with a smaller train.learningRate, or, in float16, a smaller train.precision.lossScale.';

function notFinite(value: number, step: number, learningRate: number): EngineError {
  return new EngineError(
    'loss-not-finite',
    `training step ${step}: the loss is ${value} at learning rate ${learningRate.toPrecision(3)}; expected a finite number.`,
    {
      tip: divergedTip,
    },
  );
}

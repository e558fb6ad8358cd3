import { createStep, dispose, type StepFunction } from '../../backend/tf.ts';
import { predictLatency } from '../../cost/latency-model.ts';
import { run, inferenceMode } from '../../run/run.ts';
import { Recalibration } from '../../run/recalibration.ts';
import type { Weights } from '../../run/weights.ts';
import { writeSafetensors } from '../../run/safetensors.ts';
import type { Architecture } from '../../spaces/search-space.ts';
import type { CheckpointFile, Metric, SearchEvent, TrialResult } from '../events.ts';
import { costOf, hashOf, latencyGraph } from '../network.ts';
import type { PhaseContext } from './context.ts';
import { modeFor, type TrainingRun } from './training-run.ts';

export interface Candidate {
  readonly number: number;
  readonly arch: Architecture;
  /** Its own weights; recalibrated and disposed here. */
  readonly weights: Weights;
  readonly role: TrialResult['role'];
  readonly series?: string;
  readonly operator?: string;
  readonly parents?: readonly number[];
  /** Of its scores; 'proxy' when left out. */
  readonly kind?: 'proxy' | 'retrained';
  readonly details: Readonly<Record<string, unknown>>;
  /** The phase has said 'trial-started' already. */
  readonly isStarted?: boolean;
}

/**
 * Evaluates one network as a trial: batch norms are recalibrated (HR-NAS spec 4.5), the metric is taken over the ranking split, the
 * weight file is written, then the trial is said. Returns false when it was stopped before its end; nothing but 'trial-started' was said then.
 * A trial that an earlier run finished is neither evaluated nor said again, and its file stays.
 */
export async function* evaluateTrial(run: TrainingRun, candidate: Candidate): AsyncGenerator<SearchEvent, boolean> {
  const { context } = run;
  const { config } = context.plan;
  const { number, arch, weights, role, series, operator, parents, kind = 'proxy', details } = candidate;
  try {
    if (context.finished.has(number)) return true;
    const hash = hashOf(config, arch);
    if (candidate.isStarted !== true) yield { type: 'trial-started', number, arch, hash };
    if (!(await recalibrateNorms(context, run, arch, weights))) return false;
    const evaluated = await measure(run, arch, weights, kind);
    if (evaluated === undefined) return false;
    const cost = costOf(config, arch);
    const trial: TrialResult = {
      number,
      arch,
      hash,
      cost,
      metrics: evaluated.metrics,
      steps: run.seenSteps,
      seed: config.seed,
      ...(operator !== undefined && { operator }),
      ...(parents !== undefined && { parents }),
      ...(series !== undefined && { series }),
      role,
      details: { ...details, ...predictedLatency(context, arch), ...evaluated.details },
    };
    const file = await saveTrial(context, trial, weights);
    context.finished.set(number, trial);
    yield { type: 'trial-finished', trial, weights: file };
    return true;
  } finally {
    weights.dispose();
  }
}

/** By the profile that limits the search, in milliseconds: a prediction, so it is no metric of kind 'measured'. */
function predictedLatency({ plan, parts }: PhaseContext, arch: Architecture): { readonly predictedLatency?: PredictedLatency } {
  const { latency } = parts;
  if (latency === undefined) return {};
  const predicted = predictLatency(latencyGraph(plan.config, arch), latency);
  if (!('ms' in predicted)) return {};
  return { predictedLatency: { ms: predicted.ms, errorMs: latency.errorMs, profile: latency.profile } };
}

/** Running statistics of the weights anew, in place (HR-NAS spec 4.5). Returns false when it was stopped before its end. */
export async function recalibrateNorms(
  context: PhaseContext,
  { task }: TrainingRun,
  arch: Architecture,
  weights: Weights,
): Promise<boolean> {
  const { parts, plan, signal, recipe } = context;
  const { calibrationBatches } = plan.config.evaluate;
  // the first batch runs op by op in any case
  const recalibration = new Recalibration(recipe.trainingGraph(arch), weights, modeFor(parts, calibrationBatches - 1));
  try {
    for (let index = 0; index < calibrationBatches; index++) {
      if (signal.aborted) return false;
      const { inputs, targets } = task.collate(await recipe.calibrationBatch(index));
      await recalibration.add(inputs, index);
      dispose([inputs, ...targets]);
      await parts.yieldToEvents();
    }
    return true;
  } finally {
    recalibration.dispose();
  }
}

/** What `TrialResult.details.predictedLatency` holds. */
export interface PredictedLatency {
  readonly ms: number;
  readonly errorMs: number;
  readonly profile: string;
}

interface Evaluated {
  readonly metrics: readonly Metric[];
  readonly details: Readonly<Record<string, unknown>>;
}

/** Undefined when it was stopped. */
async function measure(
  { task, context }: TrainingRun,
  arch: Architecture,
  weights: Weights,
  kind: Metric['kind'],
): Promise<Evaluated | undefined> {
  const { parts, plan, signal, recipe } = context;
  const { evaluation } = recipe;
  const graph = recipe.evaluationGraph(arch);
  const evaluator = task.evaluator();
  const [input] = graph.inputs;
  const outputsOf: StepFunction = ([images]) => run(graph, weights, { [input!.id]: images! }, inferenceMode).outputs;
  // the last batch may be smaller: it is not what the step is compiled for
  const forward = createStep('evaluate', outputsOf, modeFor(parts, evaluation.batches - 1));
  const last = createStep('evaluate the last', outputsOf, 'eager');
  let fullSize: number | undefined;
  try {
    for (let index = 0; index < evaluation.batches; index++) {
      if (signal.aborted) return undefined;
      const batch = await evaluation.batch(index);
      const inputs = task.evaluationInputs(batch);
      fullSize ??= inputs.shape[0];
      const outputs = await (inputs.shape[0] === fullSize ? forward : last).run({ tensors: [inputs], numbers: [], seeds: [] });
      await evaluator.add(outputs[0]!, batch);
      dispose([inputs, ...outputs]);
      await parts.yieldToEvents();
    }
  } finally {
    forward.dispose();
  }
  const metrics = evaluator.metrics().map(({ name, value }): Metric => ({
    name,
    value: Number.isNaN(value) ? null : value,
    split: plan.config.data.rankingSplit,
    kind,
  }));
  return { metrics, details: evaluator.details() };
}

/** Official names and layouts; the architecture goes along, so that the file alone is enough to run the network. */
async function saveTrial({ parts, recipe }: PhaseContext, trial: TrialResult, weights: Weights): Promise<CheckpointFile> {
  const metadata = { arch: JSON.stringify(trial.arch), trial: String(trial.number), steps: String(trial.steps) };
  const name = `trial-${String(trial.number).padStart(4, '0')}.safetensors`;
  return parts.saveFile(name, writeSafetensors(await recipe.trialEntries(trial.arch, weights), metadata));
}

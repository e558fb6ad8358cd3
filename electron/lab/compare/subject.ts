import type { TrialResultRecord } from '../../../db/store.ts';
import { findExperimentData } from './experiment-data.ts';
import { publishedFigures } from '../../../engine/spaces/published-figures.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { sizeText } from '../../../engine/export/quantity.ts';
import { spreadOf } from '../../../engine/export/front-row.ts';
import type { ComparedCell } from '../../../engine/export/comparison.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { ArchitectureRef } from '../../ipc/architecture.ts';
import type { EvaluationView } from '../../ipc/evaluations.ts';
import type { TrialView } from '../../ipc/contract.ts';
import { resolveNetwork } from '../architecture/resolve.ts';
import type { ResolvedNetwork } from '../architecture/resolve.ts';
import type { LabContext } from '../context.ts';
import { taskOfArchitecture } from '../evaluation/subject.ts';
import { latencyName, newestOf, timedOn } from '../tradeoff/trial-notes.ts';

/** One column of a comparison before it is laid beside the others. */
export interface Subject {
  readonly ref: ArchitectureRef;
  readonly label: string;
  readonly detail: string;
  readonly arch: Architecture;
  readonly hash: string;
  readonly cost: { readonly macs: number; readonly params: number; readonly activationBytes: number };
  /** By name of the metric. */
  readonly scores: Readonly<Record<string, ComparedCell>>;
  readonly latency: ComparedCell;
  readonly latencyP95: ComparedCell;
  /** By name of the class, with where they were taken. */
  readonly classes: Readonly<Record<string, ComparedCell>>;
  /** By name of the joint: mean terms of the OKS, with where they were taken. */
  readonly joints: Readonly<Record<string, ComparedCell>>;
  /** What its scores depend on; facts that are not known are missing. */
  readonly conditions: Readonly<Record<string, string>>;
}

const notMeasured: ComparedCell = { value: null, reason: 'not measured on a device' };

export function subjectOf(context: LabContext, ref: ArchitectureRef, evaluations: readonly EvaluationView[]): Subject {
  const network = resolveNetwork(context, ref);
  const { arch, hash, name, space, input } = network;
  const base = {
    ref: network.ref,
    label: name,
    arch,
    hash,
    latency: notMeasured,
    latencyP95: notMeasured,
    classes: {},
    joints: {},
  };
  const { task } = taskOfArchitecture(arch);
  const ofTask: Record<string, string> = task === undefined ? {} : { task };
  if (network.trial === undefined || network.experiment === undefined) {
    const { macs, params, activationBytes } = estimate(space.graph(arch, input));
    const figure = 'published' in ref ? publishedFigures[ref.published] : undefined;
    return {
      ...base,
      detail: network.source ?? network.experiment?.name ?? space.title,
      cost: { macs, params, activationBytes },
      scores:
        figure === undefined ? {} : { [figure.metric]: { value: figure.value, kind: 'published', note: `${figure.on}; ${figure.source}` } },
      conditions: {
        ...ofTask,
        input: sizeText(input),
        'scope of MACs': 'full',
        ...(figure === undefined ? {} : { 'data set': figure.on, 'kind of score': 'published' }),
      },
    };
  }
  const facts = trialFacts(context, network, network.trial, evaluations);
  return { ...base, ...facts, conditions: { ...ofTask, ...facts.conditions } };
}

function trialFacts(context: LabContext, network: ResolvedNetwork, trial: TrialView, evaluations: readonly EvaluationView[]) {
  const store = context.reading();
  const { experiment: record } = network;
  if (record === undefined) throw new Error('a trial belongs to an experiment');
  const results = store.trialResults(record.id).filter(({ number }) => number === trial.number);
  const { data, classNames } = findExperimentData(store, record);
  const names = [...new Set([...trial.metrics, ...results.filter(({ kind }) => kind === 'retrained')].map(({ name }) => name))];
  const scores = Object.fromEntries(
    names.map((metric) => [
      metric,
      scoreOf(
        trial,
        results.flatMap(({ name, kind, value }) => (name === metric && kind === 'retrained' && value !== null ? [value] : [])),
        metric,
      ),
    ]),
  );
  const evaluated = newestEvaluation(evaluations, record.id, trial.number);
  const first = trial.metrics[0];
  const isRetrained = Object.values(scores).some(({ kind }) => kind === 'retrained');
  const retrainedSplit = results.find(({ kind }) => kind === 'retrained')?.split;
  const split = isRetrained ? (retrainedSplit ?? first?.split) : first?.split;
  return {
    detail: record.name,
    cost: trial.cost ?? { macs: NaN, params: NaN, activationBytes: NaN },
    scores,
    latency: latencyOf(results, latencyName, trial),
    latencyP95: latencyOf(results, 'latencyP95Ms', trial),
    classes: classesOf(trial, evaluated, classNames),
    joints: jointsOf(evaluated),
    conditions: {
      ...(trial.cost === undefined ? {} : { input: sizeText(trial.cost.input), 'scope of MACs': trial.cost.scope }),
      'data set': data,
      ...(split === undefined ? {} : { split }),
      ...(first === undefined ? {} : { 'kind of score': isRetrained ? 'retrained' : first.kind }),
      ...(trial.steps === undefined ? {} : { budget: `${trial.steps} steps` }),
      ...(trial.seed === undefined ? {} : { seed: String(trial.seed) }),
      ...(trial.series === undefined ? {} : { series: trial.series }),
    },
  };
}

function scoreOf(trial: TrialView, retrained: readonly number[], metric: string): ComparedCell {
  if (retrained.length > 0) {
    const spread = spreadOf(retrained);
    return spread === undefined
      ? { value: retrained[0] as number, kind: 'retrained', note: 'one seed' }
      : { value: spread.mean, kind: 'retrained', sd: spread.sd, seeds: spread.seeds };
  }
  const own = trial.metrics.find(({ name }) => name === metric);
  if (own === undefined) return { value: null, reason: 'not evaluated' };
  return own.value === null ? { value: null, kind: own.kind, reason: 'the score is not a number' } : { value: own.value, kind: own.kind };
}

function latencyOf(results: readonly TrialResultRecord[], wanted: string, { cost }: TrialView): ComparedCell {
  const latest = newestOf(results, wanted, cost?.input);
  if (latest === undefined) return notMeasured;
  const note = timedOn(latest);
  return { value: latest.value, kind: 'measured', ...(note === undefined ? {} : { note }) };
}

/** Of the trial's own weights on a whole split. */
function newestEvaluation(evaluations: readonly EvaluationView[], experiment: string, trial: number): EvaluationView | undefined {
  return evaluations.find(
    ({ subject }) =>
      subject.kind === 'trial' && subject.experiment === experiment && subject.number === trial && subject.weights === undefined,
  );
}

/** Of an evaluation; a search does not score joints one by one. */
function jointsOf(evaluated: EvaluationView | undefined): Readonly<Record<string, ComparedCell>> {
  if (evaluated?.keypoints === undefined) return {};
  const { names, similarity } = evaluated.keypoints;
  const note = `${evaluated.dataset}, ${evaluated.split}`;
  return Object.fromEntries(
    names.map((name, joint): [string, ComparedCell] => {
      const value = similarity[joint] ?? null;
      return [name.replaceAll('_', ' '), value === null ? { value, reason: 'nowhere labelled' } : { value, note }];
    }),
  );
}

/** From the newest evaluation, else as it was scored in the search. */
function classesOf(
  trial: TrialView,
  evaluated: EvaluationView | undefined,
  classNames: readonly string[],
): Readonly<Record<string, ComparedCell>> {
  const scored = trial.details?.['classIou'];
  const values = evaluated?.classIou ?? (Array.isArray(scored) ? (scored as readonly unknown[]) : []);
  const note = evaluated === undefined ? undefined : `${evaluated.dataset}, ${evaluated.split}`;
  return Object.fromEntries(
    values.map((value, index): [string, ComparedCell] => [
      classNames[index] ?? `class ${index}`,
      typeof value === 'number'
        ? { value, ...(note === undefined ? {} : { note }) }
        : { value: null, reason: 'neither in labels nor in predictions' },
    ]),
  );
}

import { existsSync } from 'node:fs';
import type { ExperimentStore, Json } from '../../../db/store.ts';
import type { ExperimentView } from '../../ipc/contract.ts';
import type { ExperimentSummary } from '../../ipc/overview.ts';
import { bestOf, bestSoFar, scoredFront, scoredTrials } from './scored-trials.ts';
import type { ScoredFront, ScoredTrials } from './scored-trials.ts';

/** A line beside a name needs no more. */
const longestGrowth = 32;

export interface Results {
  readonly scored: ScoredTrials;
  readonly front: ScoredFront;
}

/** Fronts are computed again only when a trial has come or was excluded. */
export class ResultsCache {
  readonly #known = new Map<string, { readonly mark: string; readonly results: Results }>();

  of(store: ExperimentStore, { id, progress, environment }: ExperimentView): Results {
    const excluded = store.trialAnnotations(id).flatMap(({ number, exclusion }) => (exclusion === undefined ? [] : [number]));
    const { complete, failed } = progress.trials;
    const [edited] = store.referenceEdits(id);
    const reference = edited ?? environment.reference;
    const mark = JSON.stringify([complete, failed, excluded, reference?.macs, reference?.metric]);
    const known = this.#known.get(id);
    if (known?.mark === mark) return known.results;
    const scored = scoredTrials(store.trialPoints(id), new Set(excluded));
    const results = { scored, front: scoredFront(scored, reference) };
    this.#known.set(id, { mark, results });
    return results;
  }
}

export interface Surroundings {
  readonly store: ExperimentStore;
  readonly results: ResultsCache;
  readonly isHere: (experiment: ExperimentView) => boolean;
  readonly now: number;
}

export function summaryOf(experiment: ExperimentView, surroundings: Surroundings): ExperimentSummary {
  const { store } = surroundings;
  const { scored, front } = surroundings.results.of(store, experiment);
  const best = bestOf(scored);
  const { elapsedSeconds, secondsPerStep } = paceOf(experiment, surroundings.now);
  const { step, totalSteps, checkpointStep, trials } = experiment.progress;
  const canResume = experiment.state === 'interrupted' || experiment.state === 'stopped';
  const failedTrial = trials.failed === 0 ? undefined : lastFailed(store, experiment.id);
  return {
    experiment,
    strategy: strategyOf(experiment.config),
    ...(scored.metric === undefined ? {} : { metric: scored.metric }),
    ...(best === undefined ? {} : { best }),
    front: front.members,
    ...(front.hypervolume === undefined || front.members.length === 0 ? {} : { hypervolume: front.hypervolume }),
    growth: thinned(growthOf(scored, front)),
    elapsedSeconds,
    ...(experiment.state !== 'running' || secondsPerStep === undefined || totalSteps === 0
      ? {}
      : { remainingSeconds: secondsPerStep * Math.max(0, totalSteps - step) }),
    ...(canResume ? { redo: redoOf(step - checkpointStep, secondsPerStep) } : {}),
    data: dataOf(store, experiment),
    isHere: surroundings.isHere(experiment),
    ...(failedTrial === undefined ? {} : { failedTrial }),
  };
}

/** Computed seconds are added at each checkpoint, which also sets `updatedAt`; since then the clock counts. */
export function paceOf(
  { state, seconds, updatedAt, progress }: ExperimentView,
  now: number,
): { readonly elapsedSeconds: number; readonly secondsPerStep: number | undefined } {
  const since = state === 'running' ? Math.max(0, (now - Date.parse(updatedAt)) / 1000) : 0;
  const elapsedSeconds = seconds + since;
  return { elapsedSeconds, secondsPerStep: progress.step === 0 ? undefined : elapsedSeconds / progress.step };
}

function redoOf(steps: number, secondsPerStep: number | undefined): NonNullable<ExperimentSummary['redo']> {
  return { steps, ...(secondsPerStep === undefined ? {} : { seconds: steps * secondsPerStep }) };
}

function strategyOf(config: Json): string {
  const id = (config as { readonly strategy?: { readonly id?: unknown } } | null)?.strategy?.id;
  return typeof id === 'string' ? id : '';
}

function growthOf(scored: ScoredTrials, { changes }: ScoredFront): readonly number[] {
  const volumes = changes.flatMap(({ hypervolume }) => (hypervolume === undefined ? [] : [hypervolume]));
  return volumes.length > 1 ? volumes : bestSoFar(scored);
}

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= longestGrowth) return values;
  const every = (values.length - 1) / (longestGrowth - 1);
  return Array.from({ length: longestGrowth }, (_, index) => values[Math.round(index * every)] as number);
}

function dataOf(store: ExperimentStore, { environment }: ExperimentView): ExperimentSummary['data'] {
  const { name, fingerprint } = environment.dataset;
  const record = store.dataset(name);
  const isKnown = record?.fingerprint === fingerprint;
  return { isKnown, isAvailable: isKnown && existsSync(record.root) };
}

function lastFailed(store: ExperimentStore, id: string): ExperimentSummary['failedTrial'] {
  const { number, state } = store.trialPoints(id);
  const row = state.lastIndexOf('failed');
  const trial = number[row];
  const failure = trial === undefined ? undefined : store.trial(id, trial)?.failure;
  if (trial === undefined || failure === undefined) return undefined;
  return { trial, message: failure.message, ...(failure.tip === undefined ? {} : { tip: failure.tip }) };
}

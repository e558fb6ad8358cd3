import { unknownTrial } from '../../../db/errors.ts';
import { StoreError } from '../../../db/store.ts';
import type { ExperimentRecord, Json, TrialRecord } from '../../../db/store.ts';
import { findSpace } from '../../../engine/catalog.ts';
import { applySettings, parseSearchConfig } from '../../../engine/search/config.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { ExperimentView } from '../../ipc/contract.ts';
import type { Retraining, RetrainOf, RetrainRequest, TrialResult } from '../../ipc/follow-up.ts';
import type { LabContext } from '../context.ts';
import { asJson, findExperiment } from '../search-setup.ts';
import { environmentOf, trialView } from '../views.ts';
import { ownSteps, scoresOf, usualCost } from './retrain-figures.ts';

/** Begins with the first seed; the others follow as each is complete. */
export async function retrain(context: LabContext, request: RetrainRequest): Promise<Retraining> {
  const store = context.reading();
  const origin = findExperiment(store, request.experiment);
  const trial = store.trial(origin.id, request.trial);
  if (trial === undefined) throw unknownTrial(origin.id, request.trial);
  const busy = retrainingOf(context, origin.id, trial.number).runs.find(({ state }) => state === 'running');
  if (busy !== undefined) {
    throw new StoreError('retrain-running', `t${trial.number} of ${origin.id} is being retrained by ${busy.id}.`, {
      tip: `Wait for its end, or stop it: lab stop ${busy.id}`,
    });
  }
  const [seed = 0, ...later] = typeof request.seeds === 'object' ? request.seeds : Array.from({ length: request.seeds ?? 1 }, (_, i) => i);
  const config = retrainConfig(origin, trial, request);
  const environment = environmentOf(origin);
  await context.api().startSearch({
    config: asJson(config),
    dataset: environment.dataset.name,
    seed,
    name: nameOf(origin, trial.number, seed),
    retrains: { experiment: origin.id, trial: trial.number, seed, later },
    ...(request.backend === undefined ? {} : { backend: request.backend }),
    ...(request.threads === undefined ? {} : { threads: request.threads }),
  });
  return retrainingOf(context, origin.id, trial.number);
}

function nameOf({ name }: ExperimentRecord, trial: number, seed: number): string {
  return `${name} t${trial} retrained, seed ${seed}`;
}

/** The experiment's own configuration with the found network in place of the search, in the form that the final recipe trains. */
function retrainConfig(origin: ExperimentRecord, trial: TrialRecord, { steps, set = [] }: RetrainRequest): SearchConfig {
  const config = origin.config as unknown as SearchConfig;
  const found = trial.arch as unknown as Architecture;
  const arch = findSpace(found.space).retrainForm?.(found) ?? found;
  const base = { ...config, space: arch.settings, strategy: { id: 'fixed', arch, weights: '', steps: steps ?? ownSteps(config) } };
  return parseSearchConfig(
    applySettings(
      base,
      set.map(([path, value]) => `${path}=${JSON.stringify(value)}`),
    ),
  );
}

export function retrainingOf(context: LabContext, given: string, trial: number): Retraining {
  const store = context.reading();
  const origin = findExperiment(store, given);
  const experiment = origin.id;
  const runs = store
    .experiments()
    .filter((record) => isOf(record, experiment, trial))
    .reverse();
  const newest = runs.at(-1);
  const results = store.trialResults(experiment).filter(({ number, kind }) => number === trial && kind === 'retrained');
  return {
    experiment,
    trial,
    runs: runs.map((record) => context.view(record.id)),
    results: results.map(({ experiment: _experiment, number: _number, createdAt: _createdAt, ...result }) => result),
    waiting: newest === undefined ? [] : (retrainOf(newest)?.later ?? []),
    scores: scoresOf(results),
    usual: usualCost(store, [...runs.toReversed(), origin]),
  };
}

function isOf(record: ExperimentRecord, experiment: string, trial: number): boolean {
  const retrains = retrainOf(record);
  return retrains?.experiment === experiment && retrains.trial === trial;
}

export function retrainOf(record: Pick<ExperimentRecord, 'environment'>): RetrainOf | undefined {
  return environmentOf(record as ExperimentRecord).retrains;
}

/** After an experiment that retrains has ended: keeps its score with the trial, once, and begins the next seed. */
export async function retrained(context: LabContext, { id, state }: Pick<ExperimentView, 'id' | 'state'>): Promise<void> {
  if (state !== 'complete') return;
  const store = context.reading();
  const record = findExperiment(store, id);
  const retrains = retrainOf(record);
  if (retrains === undefined || store.experiment(retrains.experiment) === undefined) return;
  const isKept = store
    .trialResults(retrains.experiment)
    .some(({ details }) => (details as { readonly experiment?: string } | undefined)?.experiment === id);
  if (isKept) return;
  const results = resultsOf(context, record, retrains);
  await context.api().keepTrialResults(retrains.experiment, retrains.trial, results);
  const [seed, ...later] = retrains.later;
  if (seed === undefined) return;
  const origin = findExperiment(store, retrains.experiment);
  const environment = environmentOf(record);
  await context.api().startSearch({
    config: record.config,
    dataset: environment.dataset.name,
    seed,
    name: nameOf(origin, retrains.trial, seed),
    retrains: { ...retrains, seed, later },
    backend: environment.backend,
    ...(environment.threads === undefined || environment.backend === 'wasm' ? {} : { threads: environment.threads }),
  });
}

function resultsOf(context: LabContext, record: ExperimentRecord, { seed }: RetrainOf): readonly TrialResult[] {
  const details: Json = { experiment: record.id };
  return context
    .reading()
    .trials(record.id)
    .filter((trial) => trial.state === 'complete')
    .flatMap((trial) =>
      trialView(context.layout, trial).metrics.map(({ name, value, split }) => ({
        kind: 'retrained' as const,
        name,
        value,
        split,
        seed,
        details,
      })),
    );
}

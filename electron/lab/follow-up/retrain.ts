import { join } from 'node:path';
import { unknownTrial } from '../../../db/errors.ts';
import { StoreError } from '../../../db/store.ts';
import type { ExperimentRecord, ExperimentStore } from '../../../db/store.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import type { Retraining, RetrainRequest } from '../../ipc/follow-up.ts';
import type { LabContext } from '../context.ts';
import { deviceChoice } from '../device-choice.ts';
import { experimentFolder } from '../home.ts';
import { asJson, findExperiment } from '../search-setup.ts';
import { environmentOf } from '../views.ts';
import { retrainConfig } from './retrain-config.ts';
import { scoresOf, usualCost } from './retrain-figures.ts';
import { retrainOf, unkeptResults } from './retrained-results.ts';

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
  const arch = trial.arch as unknown as Architecture;
  const file = trial.weights === undefined ? undefined : join(experimentFolder(context.layout, origin.id), trial.weights);
  const config = retrainConfig(origin.config, { arch, file }, request);
  const environment = environmentOf(origin);
  await context.api().startSearch({
    config: asJson(config),
    dataset: environment.dataset.name,
    seed,
    name: nameOf(origin, trial.number, seed),
    retrains: { experiment: origin.id, trial: trial.number, seed, later },
    ...deviceChoice(request),
  });
  return retrainingOf(context, origin.id, trial.number);
}

function nameOf({ name }: ExperimentRecord, trial: number, seed: number): string {
  return `${name} t${trial} retrained, seed ${seed}`;
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

/** After an experiment that retrains is complete: keeps its score with the trial, once. */
export async function keepRetrained(context: LabContext, id: string): Promise<void> {
  const store = context.reading();
  const unkept = unkeptResults(store, context.layout, findExperiment(store, id));
  if (unkept === undefined) return;
  await context.api().keepTrialResults(unkept.retrains.experiment, unkept.retrains.trial, unkept.results);
}

/** Trials whose newest retraining is complete and has further seeds that nobody began: the ids of those retrainings. */
export function unfollowed(store: ExperimentStore): readonly string[] {
  const newest = new Map<string, string>();
  for (const record of store.experiments()) {
    const retrains = retrainOf(record);
    const trial = `${retrains?.experiment}/${retrains?.trial}`;
    if (retrains !== undefined && !newest.has(trial)) newest.set(trial, nextSeedOf(store, record) === undefined ? '' : record.id);
  }
  return [...newest.values()].filter((id) => id !== '');
}

/** Undefined also where it was begun already, whatever became of it. */
function nextSeedOf(store: ExperimentStore, record: ExperimentRecord): number | undefined {
  const retrains = retrainOf(record);
  if (record.state !== 'complete' || retrains === undefined || store.trial(retrains.experiment, retrains.trial) === undefined) return undefined;
  const hasFollower = store.logs(record.id).some(({ values }) => values !== undefined && Object.hasOwn(values as object, followerKey));
  return hasFollower ? undefined : retrains.later[0];
}

/** In the values of a log entry: id of the retraining with the next seed. */
const followerKey = 'followedBy';

/** Begins the next seed of a retraining that is complete, once. */
export async function startNextSeed(context: LabContext, id: string): Promise<void> {
  const store = context.reading();
  if (!unfollowed(store).includes(id)) return;
  const record = findExperiment(store, id);
  const retrains = retrainOf(record);
  const [seed, ...later] = retrains?.later ?? [];
  if (retrains === undefined || seed === undefined) return;
  const environment = environmentOf(record);
  const next = await context.api().startSearch({
    config: record.config,
    dataset: environment.dataset.name,
    seed,
    name: nameOf(findExperiment(store, retrains.experiment), retrains.trial, seed),
    retrains: { ...retrains, seed, later },
    backend: environment.backend,
    ...(environment.threads === undefined || environment.backend === 'wasm' ? {} : { threads: environment.threads }),
  });
  // Whoever started a search owns the home, and reads from the store that it writes.
  context
    .reading()
    .addLog({ experiment: id, level: 'info', message: `Seed ${seed} follows: ${next.id}.`, values: { [followerKey]: next.id } });
}

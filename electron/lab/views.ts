import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetRecord, ExperimentRecord, ExperimentStore, Failure, TrialRecord } from '../../db/store.ts';
import type { DatasetView, ExperimentEnvironment, ExperimentView, ShownEnvironment, TrialView } from '../ipc/contract.ts';
import type { StoredDatasetInfo } from './datasets/registry.ts';
import { experimentFolder } from './home.ts';
import type { HomeLayout } from './home.ts';
import { isAlive } from './process-mark.ts';

/** What the environment of an experiment was when it was written by `startSearch`. */
export function environmentOf(record: ExperimentRecord): ExperimentEnvironment {
  return record.environment as unknown as ExperimentEnvironment;
}

/**
 * A record as every face shows it. One that says `running` while its process is gone was cut off: it is shown as interrupted
 * also where nobody may write that down. `unstored` is a failure for which there was no room in the store.
 */
export function experimentView(store: ExperimentStore, layout: HomeLayout, record: ExperimentRecord, unstored?: Failure): ExperimentView {
  const { id, name, system, config, createdAt, updatedAt, origin, tags, note, seconds, runner, archivedAt } = record;
  const isRunning = record.state === 'running' && runner !== undefined && isAlive(runner);
  const state = record.state === 'running' && !isRunning ? 'interrupted' : record.state;
  const environment = environmentOf(record);
  const checkpointStep = store.latestCheckpoint(id)?.step ?? 0;
  const totalSteps = environment.plan?.totalSteps ?? 0;
  const failure = record.failure ?? (state === 'interrupted' ? unstored : undefined);
  return {
    id,
    name,
    system,
    state,
    config,
    environment: shownEnvironment(environment),
    createdAt,
    updatedAt,
    tags,
    note,
    seconds,
    folder: experimentFolder(layout, id),
    progress: {
      step: state === 'complete' ? totalSteps : Math.max(checkpointStep, store.lastStep(id)),
      totalSteps,
      checkpointStep,
      trials: store.trialCounts(id),
    },
    ...(failure === undefined ? {} : { failure }),
    ...(origin === undefined ? {} : { origin }),
    ...(archivedAt === undefined ? {} : { archivedAt }),
    ...(isRunning ? { runnerPid: runner.pid } : {}),
  };
}

function shownEnvironment({ latency, ...environment }: ExperimentEnvironment): ShownEnvironment {
  if (latency === undefined) return environment;
  const { layers: _layers, ...shown } = latency;
  return { ...environment, latency: shown };
}

export function trialView(layout: HomeLayout, record: TrialRecord): TrialView {
  const { weights, ...rest } = record;
  // Written by the event writer from the engine's own types.
  const view = rest as unknown as TrialView;
  return weights === undefined ? view : { ...view, checkpoint: join(experimentFolder(layout, record.experiment), weights) };
}

export function datasetView({ name, kind, root, fingerprint, info, addedAt }: DatasetRecord): DatasetView {
  return { name, kind, root, fingerprint, ...(info as unknown as StoredDatasetInfo), addedAt, isAvailable: existsSync(root) };
}

import { isDeepStrictEqual } from 'node:util';
import type { ExperimentStore } from '../../../db/store.ts';
import { updateExperimentFile } from './experiment-file.ts';
import { Journal, readJournal } from './journal.ts';
import type { JournalEntry } from './journal.ts';

/**
 * The store as one run of experiment `id` writes it: what was stored is written into the experiment's folder too, before the call returns.
 * Weight files that were replaced are deleted after that, so that either of both always names files that are there.
 */
export function journalingStore(store: ExperimentStore, id: string, folder: string, journal: Journal): ExperimentStore {
  const addTrial = (number: number): void => journal.append(...trialEntries(store, id, number));
  return {
    ...store,
    startTrial: (experiment, trial) => {
      const attempt = store.startTrial(experiment, trial);
      addTrial(trial.number);
      return attempt;
    },
    finishTrial: (experiment, trial) => {
      const outcome = store.finishTrial(experiment, trial);
      if (outcome === 'written') addTrial(trial.number);
      return outcome;
    },
    failTrial: (experiment, number, failure) => {
      store.failTrial(experiment, number, failure);
      addTrial(number);
    },
    addScalars: (experiment, points) => {
      store.addScalars(experiment, points);
      journal.append({ type: 'scalars', points: points.map(({ step, values }) => ({ step, values })) });
    },
    truncateScalars: (experiment, afterStep) => {
      store.truncateScalars(experiment, afterStep);
      journal.append({ type: 'truncated', afterStep });
    },
    addCheckpoint: (record) => {
      const replaced = store.addCheckpoint(record);
      journal.append(...checkpointEntries(store, id).filter(({ checkpoint }) => checkpoint.name === record.name));
      return replaced;
    },
    removeCheckpoint: (experiment, name) => {
      const unnamed = store.removeCheckpoint(experiment, name);
      journal.append({ type: 'checkpoint-removed', name });
      return unnamed;
    },
    addLog: (record) => {
      store.addLog(record);
      journal.append(...logEntries(store, id, 1));
    },
    setExperimentState: (experiment, state, details) => {
      const before = store.experiment(id)?.state;
      store.setExperimentState(experiment, state, details);
      // What only counts on is not worth a write at every checkpoint.
      if (before !== state) updateExperimentFile(folder, store.experiment(id));
    },
    setEnvironment: (experiment, environment) => {
      store.setEnvironment(experiment, environment);
      updateExperimentFile(folder, store.experiment(id));
    },
  };
}

/**
 * Opens the journal of an experiment that is about to run, with everything in it that the store knows: one that came from another home has none
 * yet, and an end in the middle may have left out the last change. The caller closes it.
 */
export function openJournal(store: ExperimentStore, id: string, folder: string): Journal {
  const known = readJournal(folder, { withCurves: false });
  const journal = new Journal(folder);
  const trials = new Map(known?.trials.map((trial) => [trial.number, trial]));
  const checkpoints = known?.checkpoints ?? [];
  const kept = new Set(store.checkpoints(id).map(({ name }) => name));
  journal.append(
    ...(known === undefined ? [...scalarEntries(store, id), ...logEntries(store, id)] : []),
    ...store
      .trials(id)
      .flatMap(({ number }) => trialEntries(store, id, number))
      .filter(({ trial }) => !isDeepStrictEqual(trials.get(trial.number), trial)),
    ...checkpoints.filter(({ name }) => !kept.has(name)).map(({ name }) => ({ type: 'checkpoint-removed', name }) as const),
    // Oldest first: of two with equal steps the one that was written last is resumed from.
    ...checkpointEntries(store, id).filter(({ checkpoint }) => !checkpoints.some((other) => isDeepStrictEqual(other, checkpoint))),
  );
  return journal;
}

function trialEntries(store: ExperimentStore, id: string, number: number): readonly Extract<JournalEntry, { type: 'trial' }>[] {
  const record = store.trial(id, number);
  if (record === undefined) return [];
  const { experiment: _experiment, ...trial } = record;
  return [{ type: 'trial', trial }];
}

function checkpointEntries(store: ExperimentStore, id: string): readonly Extract<JournalEntry, { type: 'checkpoint' }>[] {
  return store
    .checkpoints(id)
    .map(({ experiment: _experiment, ...checkpoint }) => ({ type: 'checkpoint' as const, checkpoint }))
    .reverse();
}

function logEntries(store: ExperimentStore, id: string, limit?: number): readonly JournalEntry[] {
  return store.logs(id, limit).map(({ experiment: _experiment, ...log }) => ({ type: 'log', log }));
}

function scalarEntries(store: ExperimentStore, id: string): readonly JournalEntry[] {
  return store
    .scalarNames(id)
    .map((name) => ({ type: 'scalars', points: store.scalars(id, name).map(({ step, value }) => ({ step, values: { [name]: value } })) }));
}

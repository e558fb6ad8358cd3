import { rmSync } from 'node:fs';
import type { ExperimentRecord, ExperimentStore } from '../../../db/store.ts';
import { updateNotesFile } from '../folder/notes-file.ts';
import { experimentFolder } from '../home.ts';
import type { HomeLayout } from '../home.ts';
import { environmentOf } from '../views.ts';
import { unkeptResults } from './retrained-results.ts';

/**
 * What the owner before did not come to: keeps the scores of complete retrainings with their trials, and removes what a check that was cut off
 * had repeated. For a new owner of the home, before anything runs in it.
 */
export function finishLeftOpen(store: ExperimentStore, layout: HomeLayout): void {
  for (const record of store.experiments()) {
    try {
      finish(store, layout, record);
    } catch (error) {
      // It stays open for the next owner; nothing that the home was taken for needs it.
      noteFailure(store, record.id, error);
    }
  }
}

export function isLeftOpen(store: ExperimentStore, layout: HomeLayout, record: ExperimentRecord): boolean {
  return environmentOf(record).repeats !== undefined || unkeptResults(store, layout, record) !== undefined;
}

function finish(store: ExperimentStore, layout: HomeLayout, record: ExperimentRecord): void {
  if (environmentOf(record).repeats !== undefined) {
    store.removeExperiment(record.id);
    rmSync(experimentFolder(layout, record.id), { recursive: true, force: true });
    return;
  }
  const unkept = unkeptResults(store, layout, record);
  if (unkept === undefined) return;
  const { experiment, trial } = unkept.retrains;
  store.addTrialResults(experiment, trial, unkept.results);
  updateNotesFile(experimentFolder(layout, experiment), store, experiment);
}

function noteFailure(store: ExperimentStore, experiment: string, error: unknown): void {
  const message = `Finishing what was left open of it: ${error instanceof Error ? error.message : String(error)}`;
  try {
    store.addLog({ experiment, level: 'warn', message });
  } catch {
    // Removed already, or no room for the log either.
  }
}

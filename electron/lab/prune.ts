import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { deleteCheckpointFiles, orphanFiles } from '../../db/checkpoints/checkpoint-files.ts';
import type { CheckpointRecord, ExperimentRecord, ExperimentStore } from '../../db/store.ts';
import type { PruneReport } from '../ipc/contract.ts';
import { folderBytes } from './folder-size.ts';
import { readJournal } from './folder/journal.ts';
import { experimentFolder } from './home.ts';
import type { HomeLayout } from './home.ts';

type PrunedFile = PruneReport['files'][number];

/**
 * Files that nothing needs: writes that were cut off, weight files that no row names, and the states of experiments that cannot go on.
 * Running experiments are left alone, since their newest file may not have its row yet. Weight files of trials always stay. Features of frozen
 * backbones can be computed again; they stay while any search runs.
 */
export function listPrunable(store: ExperimentStore, layout: HomeLayout): readonly PrunedFile[] {
  const ofExperiments = idle(store).flatMap((experiment) => {
    const folder = experimentFolder(layout, experiment.id);
    const states = finishedStates(store, experiment);
    return [
      ...orphanFiles(folder, namedFiles(store, experiment, folder)).map(({ file, bytes, reason }) => ({
        path: join(folder, file),
        bytes,
        reason,
      })),
      ...states.map(({ file, bytes }) => ({ path: join(folder, file), bytes, reason: 'finished-state' as const })),
    ];
  });
  return [...ofExperiments, ...unusedFeatures(store, layout)];
}

/** All of them together: there is a file for every picture. */
function unusedFeatures(store: ExperimentStore, { features }: HomeLayout): readonly PrunedFile[] {
  const bytes = isBusy(store) ? 0 : folderBytes(features);
  return bytes === 0 ? [] : [{ path: features, bytes, reason: 'features' }];
}

function isBusy(store: ExperimentStore): boolean {
  return store.experiments().some(({ state }) => state === 'running');
}

/** Deletes them; rows go before their files. */
export function prune(store: ExperimentStore, layout: HomeLayout): PruneReport {
  const files = listPrunable(store, layout);
  for (const experiment of idle(store)) {
    const folder = experimentFolder(layout, experiment.id);
    for (const { name } of finishedStates(store, experiment)) deleteCheckpointFiles(folder, store.removeCheckpoint(experiment.id, name));
    deleteCheckpointFiles(
      folder,
      orphanFiles(folder, namedFiles(store, experiment, folder)).map(({ file }) => file),
    );
  }
  if (!isBusy(store)) rmSync(layout.features, { recursive: true, force: true });
  return { files, bytes: sumOf(files), applied: true };
}

export function sumOf(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

function idle(store: ExperimentStore): readonly ExperimentRecord[] {
  return store.experiments().filter(({ state }) => state !== 'running');
}

/** States of an experiment that cannot go on, unless the file is also a trial's. */
function finishedStates(store: ExperimentStore, { id, state }: ExperimentRecord): readonly CheckpointRecord[] {
  if (state !== 'complete' && state !== 'failed') return [];
  const weights = trialFiles(store, id);
  return store.checkpoints(id).filter(({ file }) => !weights.has(file));
}

/** Of one that can go on also what its folder remembers: the database may have been put back from a backup. */
function namedFiles(store: ExperimentStore, { id, state }: ExperimentRecord, folder: string): ReadonlySet<string> {
  const canGoOn = state === 'interrupted' || state === 'stopped';
  const remembered = canGoOn ? readJournal(folder, { withCurves: false }) : undefined;
  return new Set([
    ...trialFiles(store, id),
    ...store.checkpoints(id).map(({ file }) => file),
    ...(remembered?.checkpoints.map(({ file }) => file) ?? []),
    ...(remembered?.trials.flatMap(({ weights }) => weights ?? []) ?? []),
  ]);
}

function trialFiles(store: ExperimentStore, id: string): ReadonlySet<string> {
  return new Set(store.trials(id).flatMap(({ weights }) => (weights === undefined ? [] : [weights])));
}

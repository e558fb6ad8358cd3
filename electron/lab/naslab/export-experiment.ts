import { mkdir, open, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { fileError, syncFolder } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import type { CheckpointRecord, ExperimentRecord, ExperimentStore } from '../../../db/store.ts';
import type { ExportReport } from '../../ipc/contract.ts';
import { experimentFolder } from '../home.ts';
import type { HomeLayout } from '../home.ts';
import { isAlive } from '../process-mark.ts';
import { copyRange, encodeDocument } from './container.ts';
import type { CarriedFile } from './container.ts';
import { carriedScalars, documentVersion } from './document.ts';
import type { NaslabDocument } from './document.ts';
import { notesOf } from './notes.ts';

/**
 * Writes an experiment with its trials, scalars, log and weight files into one file, whole or not at all. The training states of one that
 * can go on are carried too, unless `withStates` is false, it runs at the moment, or one of them is damaged. Weight files that are gone are
 * left out and reported. Errors: 'export-too-large', 'export-changed' and those of the disk.
 */
export async function exportExperiment(
  store: ExperimentStore,
  layout: HomeLayout,
  record: ExperimentRecord,
  file: string,
  withStates: boolean,
): Promise<ExportReport> {
  const folder = experimentFolder(layout, record.id);
  const states = withStates ? await soundStates(store, record, folder) : undefined;
  const { document, missing } = await documentOf(store, record, folder, states);
  const header = encodeDocument(document);
  const part = `${file}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeParts(part, header, folder, document.files);
    await rename(part, file);
    syncFolder(dirname(file));
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw fileError(`Writing ${file}`, error);
  }
  const bytes = document.files.reduce((sum, entry) => sum + entry.bytes, header.length);
  return {
    id: record.id,
    file,
    bytes,
    files: document.files.length,
    trials: document.trials.length,
    hasStates: document.hasStates,
    missing,
  };
}

/** The states that resuming needs; undefined when there is nothing to resume or not every one is sound. */
async function soundStates(
  store: ExperimentStore,
  { id, state, runner }: ExperimentRecord,
  folder: string,
): Promise<readonly CheckpointRecord[] | undefined> {
  const isRunning = state === 'running' && runner !== undefined && isAlive(runner);
  if (isRunning || state === 'complete' || state === 'failed') return undefined;
  const states = store.checkpoints(id);
  for (const { file, bytes, sha256 } of states) {
    const found = await describe(folder, file);
    if (found?.bytes !== bytes || found.sha256 !== sha256) return undefined;
  }
  return states;
}

async function documentOf(
  store: ExperimentStore,
  record: ExperimentRecord,
  folder: string,
  states: readonly CheckpointRecord[] | undefined,
): Promise<{ readonly document: NaslabDocument; readonly missing: readonly string[] }> {
  const { runner: _runner, archivedAt: _archivedAt, ...experiment } = record;
  const files = new Map<string, CarriedFile>();
  const missing: string[] = [];
  for (const file of new Set([
    ...store.trials(record.id).flatMap(({ weights }) => weights ?? []),
    ...(states ?? []).map((state) => state.file),
  ])) {
    const found = await describe(folder, file);
    if (found === undefined) missing.push(file);
    else files.set(file, found);
  }
  const notes = notesOf(store, record.id);
  const trials = store.trials(record.id).map(({ experiment: _id, weights, ...trial }) => ({
    ...trial,
    state: trial.state === 'running' ? ('abandoned' as const) : trial.state,
    ...(weights !== undefined && files.has(weights) ? { weights } : {}),
  }));
  return {
    missing,
    document: {
      version: documentVersion,
      exportedAt: new Date().toISOString(),
      appVersion: packageJson.version,
      hasStates: states !== undefined,
      experiment: { ...experiment, state: experiment.state === 'running' ? 'interrupted' : experiment.state },
      trials,
      scalars: carriedScalars(Object.fromEntries(store.scalarNames(record.id).map((name) => [name, store.scalars(record.id, name)]))),
      logs: store.logs(record.id).map(({ experiment: _id, ...log }) => log),
      checkpoints: (states ?? []).map(({ experiment: _id, ...state }) => state),
      files: [...files.values()],
      ...(notes === undefined ? {} : { notes }),
    },
  };
}

/** Size and hash of a file in the experiment's folder; undefined when it is not there. */
async function describe(folder: string, file: string): Promise<CarriedFile | undefined> {
  const path = join(folder, file);
  try {
    return await using(path, 'r', async (handle) => {
      const { size } = await handle.stat();
      return { file, bytes: size, sha256: await copyRange(handle, 0, size) };
    });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw fileError(`Reading ${path}`, error);
  }
}

async function writeParts(part: string, header: Uint8Array, folder: string, files: readonly CarriedFile[]): Promise<void> {
  await using(part, 'w', async (out) => {
    await out.writeFile(header);
    for (const { file, bytes, sha256 } of files) {
      const copied = await using(join(folder, file), 'r', (from) => copyRange(from, 0, bytes, out));
      if (copied !== sha256)
        throw new StoreError('export-changed', `Exporting: ${join(folder, file)} was changed meanwhile.`, { tip: 'Try again.' });
    }
    await out.sync();
  });
}

async function using<T>(path: string, flags: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(path, flags);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

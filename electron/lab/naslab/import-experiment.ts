import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, syncFolder } from '../../../db/checkpoints/file-system.ts';
import { StoreError } from '../../../db/store.ts';
import type { ExperimentBundle, ExperimentStore } from '../../../db/store.ts';
import type { ExperimentEnvironment } from '../../ipc/contract.ts';
import { writeExperimentFile } from '../folder/experiment-file.ts';
import { openJournal } from '../folder/journaling-store.ts';
import { updateNotesFile } from '../folder/notes-file.ts';
import { experimentFolder } from '../home.ts';
import type { HomeLayout } from '../home.ts';
import { asJson, newId } from '../search-setup.ts';
import { copyRange, invalidFile, readContainer } from './container.ts';
import { parseDocument, scalarsOf } from './document.ts';
import type { NaslabDocument } from './document.ts';
import { addNotes } from './notes.ts';

export interface Imported {
  readonly id: string;
  /** Its id where it was exported. */
  readonly exportedId: string;
}

/**
 * Adds the experiment of a file that `exportExperiment` wrote, whole or not at all; under a new id when its own is taken. One that could have
 * gone on but came without its training states is added as failed, since it can never be resumed exactly.
 * Errors: 'import-not-found', 'import-invalid', 'import-unsupported' and those of the disk. The caller owns the home.
 */
export async function importExperiment(store: ExperimentStore, layout: HomeLayout, file: string): Promise<Imported> {
  const handle = await openFile(file);
  try {
    const { document: unknownDocument, start, contentBytes } = await readContainer(handle);
    const document = parseDocument(unknownDocument);
    checkLength(document, contentBytes);
    return await add(store, layout, document, { handle, start, name: basename(file) });
  } finally {
    await handle.close();
  }
}

interface Source {
  readonly handle: FileHandle;
  readonly start: number;
  readonly name: string;
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file, 'r');
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw fileError(`Reading ${file}`, error);
  }
  throw new StoreError('import-not-found', `Importing: there is no file ${file}.`, {
    tip: 'Check the path; `lab export ID --naslab FILE` writes such a file.',
  });
}

function checkLength({ files }: NaslabDocument, contentBytes: number): void {
  const expected = files.reduce((sum, { bytes }) => sum + bytes, 0);
  if (expected !== contentBytes) throw invalidFile(`its ${files.length} files should have ${expected} bytes, it holds ${contentBytes}`);
}

async function add(store: ExperimentStore, layout: HomeLayout, document: NaslabDocument, source: Source): Promise<Imported> {
  const { experiment } = document;
  const isTaken = store.experiment(experiment.id) !== undefined || existsSync(experimentFolder(layout, experiment.id));
  const id = isTaken ? newId(store, experiment.system) : experiment.id;
  const bundle = bundleOf(document, id);
  await removeLeftovers(layout);
  const staging = join(layout.root, `${stagingPrefix}${process.pid}-${id}.part`);
  const folder = experimentFolder(layout, id);
  try {
    await writeFiles(document, source, staging);
    writeExperimentFile(staging, bundle.experiment);
    await mkdir(dirname(folder), { recursive: true });
    await rename(staging, folder);
    syncFolder(dirname(folder));
  } catch (error) {
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    throw fileError(`Importing ${source.name}`, error);
  }
  const before = isTaken ? `, where it is ${experiment.id}` : '';
  try {
    store.addExperiment(bundle);
    try {
      if (document.notes !== undefined) addNotes(store, id, document.notes);
      updateNotesFile(folder, store, id);
      store.addLog({
        experiment: id,
        level: 'info',
        message: `Imported from ${source.name}, exported at ${document.exportedAt}${before}.`,
      });
      openJournal(store, id, folder).close();
    } catch (error) {
      store.removeExperiment(id);
      throw error;
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  return { id, exportedId: experiment.id };
}

const stagingPrefix = 'import-';

/** What an import left behind whose process was ended in the middle. */
async function removeLeftovers(layout: HomeLayout): Promise<void> {
  const own = `${stagingPrefix}${process.pid}-`;
  const isLeftover = (name: string): boolean => name.startsWith(stagingPrefix) && name.endsWith('.part') && !name.startsWith(own);
  for (const name of (await readdir(layout.root)).filter(isLeftover)) await rm(join(layout.root, name), { recursive: true, force: true });
}

async function writeFiles({ files }: NaslabDocument, { handle, start }: Source, staging: string): Promise<void> {
  let position = start;
  for (const { file, bytes, sha256 } of files) {
    const path = join(staging, file);
    await mkdir(dirname(path), { recursive: true });
    // 'wx': two names that a file system takes for one are never written over each other.
    const out = await open(path, 'wx');
    try {
      const copied = await copyRange(handle, position, bytes, out);
      if (copied !== sha256) throw invalidFile(`its file ${file} was changed or damaged`);
      await out.sync();
    } finally {
      await out.close();
    }
    position += bytes;
  }
}

function bundleOf(document: NaslabDocument, id: string): ExperimentBundle {
  const { experiment, hasStates, trials, logs, checkpoints } = document;
  const canGoOn = experiment.state === 'stopped' || experiment.state === 'interrupted';
  return {
    experiment: { ...ownRecord(canGoOn && !hasStates ? endedOf(experiment) : experiment), id },
    trials,
    scalars: scalarsOf(document),
    logs,
    checkpoints,
  };
}

/** What would follow it where it was exported does not follow it here: further seeds of a retraining, removal of a check. */
function ownRecord({ environment, ...experiment }: NaslabDocument['experiment']): NaslabDocument['experiment'] {
  const { repeats: _repeats, retrains, ...rest } = environment as unknown as ExperimentEnvironment;
  return { ...experiment, environment: asJson({ ...rest, ...(retrains === undefined ? {} : { retrains: { ...retrains, later: [] } }) }) };
}

function endedOf(experiment: NaslabDocument['experiment']): NaslabDocument['experiment'] {
  const reason = experiment.failure === undefined ? '' : ` Why it had ended there: ${experiment.failure.message}`;
  return {
    ...experiment,
    state: 'failed',
    failure: {
      code: 'states-not-carried',
      message: `It was ${experiment.state} where it was exported, and its training states were not carried with it, so it cannot go on here.${reason}`,
      tip: 'Export it again after `lab stop`, with its states; or begin a changed one with: lab fork ID --set PATH=VALUE',
    },
  };
}

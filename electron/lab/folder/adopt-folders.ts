import type { ExperimentBundle, ExperimentStore } from '../../../db/store.ts';
import { experimentFolder, experimentFolders } from '../home.ts';
import type { HomeLayout } from '../home.ts';
import { isAlive } from '../process-mark.ts';
import { hasExperimentFile, readExperimentFile } from './experiment-file.ts';
import { readJournal } from './journal.ts';
import type { JournalContent } from './journal.ts';
import { readNotesFile } from './notes-file.ts';
import { addNotes } from '../naslab/notes.ts';

export interface Adopted {
  /** Experiments that the store did not know. */
  readonly added: readonly string[];
  /** Experiments whose folders knew more than the store. */
  readonly updated: readonly string[];
}

/** Brings a store that went back to a backup, or is new, up to what the folders of the experiments remember. Nobody runs them. */
export function adoptFolders(store: ExperimentStore, layout: HomeLayout): Adopted {
  const added: string[] = [];
  const updated: string[] = [];
  for (const id of experimentFolders(layout)) {
    const isKnown = store.experiment(id) !== undefined;
    if (adoptFolder(store, layout, id)) (isKnown ? updated : added).push(id);
  }
  return { added, updated };
}

/** One of them; false when its folder tells nothing new. */
export function adoptFolder(store: ExperimentStore, layout: HomeLayout, id: string): boolean {
  const folder = experimentFolder(layout, id);
  const experiment = readExperimentFile(folder);
  if (experiment?.id !== id || !knowsMore(store, experiment, readJournal(folder, { withCurves: false }))) return false;
  const content = readJournal(folder, { withCurves: true });
  if (content === undefined) return false;
  const isKnown = store.experiment(id) !== undefined;
  store.replaceExperiment({ experiment, ...content });
  if (!isKnown) adoptNotes(store, id, folder);
  store.addLog({
    experiment: id,
    level: 'warn',
    message: `Brought up to date from its folder: ${doneOf(content)} finished trials, state at step ${stepOf(content)}.`,
  });
  return true;
}

/** What is said of trials that the journal does not have is left out. */
function adoptNotes(store: ExperimentStore, id: string, folder: string): void {
  const notes = readNotesFile(folder);
  if (notes === undefined) return;
  const isThere = ({ number }: { readonly number: number }): boolean => store.trial(id, number) !== undefined;
  addNotes(store, id, { ...notes, annotations: notes.annotations.filter(isThere), results: notes.results.filter(isThere) });
}

/** Experiments whose folders know more than the store. */
export function foldersAhead(store: ExperimentStore, layout: HomeLayout): readonly string[] {
  return experimentFolders(layout).filter((id) => {
    const folder = experimentFolder(layout, id);
    const experiment = readExperimentFile(folder);
    const { state, runner } = store.experiment(id) ?? {};
    // While one runs its folder may be read a moment after the database.
    if (state === undefined || (state === 'running' && runner !== undefined && isAlive(runner))) return false;
    return experiment?.id === id && knowsMore(store, experiment, readJournal(folder, { withCurves: false }));
  });
}

/** Folders of experiments that the store does not know and that cannot be read back: their record is of another app, or damaged. */
export function foldersNotUnderstood(store: ExperimentStore, layout: HomeLayout): readonly string[] {
  return experimentFolders(layout).filter((id) => {
    const folder = experimentFolder(layout, id);
    return store.experiment(id) === undefined && hasExperimentFile(folder) && readExperimentFile(folder)?.id !== id;
  });
}

/** A finished record stays as it is; else the folder must have all that the store has, and more. */
function knowsMore(store: ExperimentStore, experiment: ExperimentBundle['experiment'], content: JournalContent | undefined): boolean {
  const known = store.experiment(experiment.id);
  if (content === undefined) return false;
  if (known === undefined) return true;
  if (known.state === 'complete' || known.state === 'failed') return false;
  const before = { trials: store.trials(experiment.id), checkpoints: store.checkpoints(experiment.id) };
  if (doneOf(content) < doneOf(before) || stepOf(content) < stepOf(before)) return false;
  const hasEnded = experiment.state === 'complete' || experiment.state === 'failed';
  return hasEnded || doneOf(content) > doneOf(before) || stepOf(content) > stepOf(before);
}

function doneOf({ trials }: Pick<JournalContent, 'trials'>): number {
  return trials.filter(({ state }) => state === 'complete' || state === 'failed').length;
}

function stepOf({ checkpoints }: Pick<JournalContent, 'checkpoints'>): number {
  return checkpoints[0]?.step ?? 0;
}

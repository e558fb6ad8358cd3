import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import type { ExperimentStore } from '../../../db/store.ts';
import { notesOf, notesSchema } from '../naslab/notes.ts';
import type { CarriedNotes } from '../naslab/notes.ts';

const fileName = 'notes.json';

/** Writes what the store says beside an experiment's trials into its folder too, so that it outlives the database; a lost folder is not made again. */
export function updateNotesFile(folder: string, store: ExperimentStore, id: string): void {
  const notes = notesOf(store, id);
  const isKnown = existsSync(join(folder, fileName));
  if (!existsSync(folder) || (notes === undefined && !isKnown)) return;
  writeFileSafely(
    join(folder, fileName),
    folder,
    Buffer.from(`${JSON.stringify(notes ?? { annotations: [], results: [], referenceEdits: [] })}\n`),
  );
}

/** Undefined when there are none that this app understands. */
export function readNotesFile(folder: string): CarriedNotes | undefined {
  const path = join(folder, fileName);
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw fileError(`Reading ${path}`, error);
  }
  try {
    return notesSchema.safeParse(JSON.parse(content)).data;
  } catch {
    // Written whole or not at all: what is no JSON is not ours.
    return undefined;
  }
}

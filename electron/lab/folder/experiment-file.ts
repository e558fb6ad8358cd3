import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, writeFileSafely } from '../../../db/checkpoints/file-system.ts';
import type { ExperimentBundle, ExperimentRecord } from '../../../db/store.ts';
import { experimentSchema } from '../naslab/document.ts';

const fileName = 'experiment.json';

/** Writes an experiment's record into its folder (made when it is missing), so that it outlives the database. */
export function writeExperimentFile(folder: string, { runner: _runner, archivedAt: _archivedAt, ...record }: ExperimentRecord): void {
  writeFileSafely(join(folder, fileName), folder, Buffer.from(`${JSON.stringify(record, undefined, 2)}\n`));
}

/** The same where the folder is there; a folder that was lost is not made again for a note. */
export function updateExperimentFile(folder: string, record: ExperimentRecord | undefined): void {
  if (record !== undefined && existsSync(folder)) writeExperimentFile(folder, record);
}

export function hasExperimentFile(folder: string): boolean {
  return existsSync(join(folder, fileName));
}

/** The record as it was written last; one that ran then was cut off. Undefined when there is none that this app understands. */
export function readExperimentFile(folder: string): ExperimentBundle['experiment'] | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, fileName), 'utf8');
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
    throw fileError(`Reading ${join(folder, fileName)}`, error);
  }
  try {
    const record = JSON.parse(text) as { readonly state?: unknown };
    return experimentSchema.safeParse({ ...record, state: record.state === 'running' ? 'interrupted' : record.state }).data;
  } catch {
    // Written whole or not at all: what is no JSON is not ours.
    return undefined;
  }
}

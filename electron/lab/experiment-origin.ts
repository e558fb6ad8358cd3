import { join } from 'node:path';
import { writeFileSafely } from '../../db/checkpoints/file-system.ts';
import type { ExperimentRecord } from '../../db/store.ts';

/** Writes experiment.json into the folder of a new experiment (made when it is missing), so that its origin is known even when the database is lost. */
export function writeExperimentOrigin(folder: string, record: Omit<ExperimentRecord, 'runner'>): void {
  const { id, name, system, createdAt, config, environment } = record;
  writeFileSafely(join(folder, 'experiment.json'), folder, Buffer.from(`${JSON.stringify({ id, name, system, createdAt, config, environment }, undefined, 2)}\n`));
}

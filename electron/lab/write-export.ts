import { basename, dirname, join, resolve } from 'node:path';
import { writeFileSafely } from '../../db/checkpoints/file-system.ts';
import { exportsFolderOf } from './workspace.ts';

/** A file that was taken away. */
export interface WrittenExport {
  /** Absolute path. */
  readonly file: string;
  /** Its last part. */
  readonly name: string;
  readonly bytes: number;
}

/** Where an export goes: the place that was asked for, else under `name` in the folder of exports. Absolute. */
export function exportTarget(home: string, name: string, target: string | undefined): string {
  return resolve(target ?? join(exportsFolderOf(home), name));
}

/** Writes an export whole; texts as UTF-8. Errors: those of `writeFileSafely`. */
export function writeExport(home: string, name: string, target: string | undefined, content: string | Uint8Array): WrittenExport {
  const file = exportTarget(home, name, target);
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  writeFileSafely(file, dirname(file), bytes);
  return { file, name: basename(file), bytes: bytes.length };
}

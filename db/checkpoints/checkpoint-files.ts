import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize, relative, sep } from 'node:path';
import { StoreError } from '../store.ts';
import { fileError, nodeFileSystem, writeFileSafely } from './file-system.ts';
import type { FileSystem } from './file-system.ts';

/** Names a completely written file; the row that names it comes after it. */
export interface WrittenFile {
  /** Relative to the experiment's folder, with forward slashes. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Writes a weight file whole or not at all. `name` is a relative path inside `folder`; writing the same name again replaces it in one step.
 * Errors: 'disk-full', 'read-only', 'no-permission', 'io-error'.
 */
export function writeCheckpointFile(folder: string, name: string, bytes: Uint8Array, system: FileSystem = nodeFileSystem): WrittenFile {
  const path = pathInside(folder, name);
  writeFileSafely(path, dirname(path), bytes, system);
  return { file: name, bytes: bytes.length, sha256: sha256Of(bytes) };
}

/** Reads it back and compares length and hash. Errors: 'file-missing', 'checkpoint-damaged' and those of the disk. */
export function readCheckpointFile(folder: string, written: WrittenFile): Uint8Array {
  const path = pathInside(folder, written.file);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw fileError(`Reading the checkpoint ${path}`, error);
  }
  const found = sha256Of(bytes);
  if (bytes.length !== written.bytes || found !== written.sha256) {
    throw new StoreError(
      'checkpoint-damaged',
      `The checkpoint ${path} should have ${written.bytes} bytes with SHA-256 ${written.sha256}; it has ${bytes.length} bytes with ${found}.`,
      { tip: 'It was changed outside of the lab or the disk is failing; put the file back from a copy, or start again with lab fork.' },
    );
  }
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Deletes files that were replaced. One that is gone already is no error. Returns the bytes that were freed. */
export function deleteCheckpointFiles(folder: string, names: readonly string[]): number {
  let freed = 0;
  for (const name of names) {
    const path = pathInside(folder, name);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    try {
      rmSync(path, { force: true });
    } catch (error) {
      throw fileError(`Deleting ${path}`, error);
    }
    freed += size;
  }
  return freed;
}

/** Moves files into a folder inside `folder`, where one of the same name is replaced. One that is gone already is no error. */
export function moveCheckpointFiles(folder: string, names: readonly string[], into: string): void {
  for (const name of names) {
    const from = pathInside(folder, name);
    const to = pathInside(folder, `${into}/${name}`);
    if (!existsSync(from)) continue;
    try {
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    } catch (error) {
      throw fileError(`Moving ${from} to ${to}`, error);
    }
  }
}

export interface OrphanFile {
  readonly file: string;
  readonly bytes: number;
  /** A write that was cut off, or a whole file that no row names. */
  readonly reason: 'partial' | 'unnamed';
}

/** Weight files (.safetensors and .part) below `folder` that are not among `named`. Other files are nobody's business here. */
export function orphanFiles(folder: string, named: ReadonlySet<string>): readonly OrphanFile[] {
  let entries: readonly string[];
  try {
    entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return [];
    throw fileError(`Listing ${folder}`, error);
  }
  const orphans: OrphanFile[] = [];
  for (const entry of [...entries].sort()) {
    const file = entry.split(sep).join('/');
    const reason = file.endsWith('.part') ? 'partial' : file.endsWith('.safetensors') && !named.has(file) ? 'unnamed' : undefined;
    if (reason === undefined) continue;
    const stat = statSync(join(folder, entry), { throwIfNoEntry: false });
    if (stat?.isFile() === true) orphans.push({ file, bytes: stat.size, reason });
  }
  return orphans;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function pathInside(folder: string, name: string): string {
  const path = join(folder, name);
  const inside = relative(folder, path);
  if (name === '' || isAbsolute(name) || inside === '' || inside.startsWith('..') || normalize(name) !== join(name)) {
    throw new StoreError('bad-file-name', `A checkpoint file must lie inside its experiment's folder; got '${name}'.`);
  }
  return path;
}

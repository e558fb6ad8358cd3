import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store.ts';

/** What writing a file safely needs of the file system; given as an argument so that tests can let it fail. */
export interface FileSystem {
  readonly openSync: (path: string, flags: string) => number;
  readonly writeSync: (handle: number, bytes: Uint8Array, offset: number, length: number) => number;
  readonly fsyncSync: (handle: number) => void;
  readonly closeSync: (handle: number) => void;
  readonly renameSync: (from: string, to: string) => void;
  readonly rmSync: (path: string, options: { readonly force: true }) => void;
  readonly mkdirSync: (path: string, options: { readonly recursive: true }) => void;
}

export const nodeFileSystem: FileSystem = fs;

/**
 * Writes a file so that under its name there is either what was there before or all of `bytes`, also when the machine stops in the middle:
 * `<file>.part`, fsync, rename, fsync of the folder. Throws StoreError ('disk-full', 'read-only', 'no-permission', 'io-error') and leaves nothing half-written.
 */
export function writeFileSafely(file: string, folder: string, bytes: Uint8Array, system: FileSystem = nodeFileSystem): void {
  const part = `${file}.part`;
  try {
    system.mkdirSync(folder, { recursive: true });
    writeDurably(part, bytes, system);
    system.renameSync(part, file);
    syncFolder(folder, system);
  } catch (error) {
    try {
      system.rmSync(part, { force: true });
    } catch {
      // The first error says what is wrong; the rest of a .part file is found by prune.
    }
    throw fileError(`Writing ${file} (${bytes.length} bytes)`, error);
  }
}

function writeDurably(path: string, bytes: Uint8Array, system: FileSystem): void {
  const handle = system.openSync(path, 'w');
  try {
    let offset = 0;
    while (offset < bytes.length) {
      const written = system.writeSync(handle, bytes, offset, bytes.length - offset);
      if (written === 0) throw Object.assign(new Error('nothing more was written'), { code: 'ENOSPC' });
      offset += written;
    }
    system.fsyncSync(handle);
  } finally {
    system.closeSync(handle);
  }
}

/** Gives a completely written file its name, so that it is there whole or not at all, also when the machine stops. */
export function publishFile(part: string, file: string): void {
  const handle = fs.openSync(part, 'r+');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
  fs.renameSync(part, file);
  syncFolder(dirname(file));
}

/** Makes a rename in `folder` durable. */
export function syncFolder(folder: string, system: FileSystem = nodeFileSystem): void {
  // Windows has no handles of folders to sync; its file system orders the rename itself.
  if (process.platform === 'win32') return;
  const handle = system.openSync(folder, 'r');
  try {
    system.fsyncSync(handle);
  } finally {
    system.closeSync(handle);
  }
}

const meanings: Readonly<Record<string, readonly [code: string, what: string, tip: string]>> = {
  ENOSPC: [
    'disk-full',
    'there is no space left on the disk',
    'Free some space (lab prune lists what can go), then continue with lab resume.',
  ],
  EDQUOT: ['disk-full', 'the disk quota is used up', 'Free some space (lab prune lists what can go), then continue with lab resume.'],
  EROFS: ['read-only', 'the file system is read-only', 'Choose a home that can be written with --home.'],
  EACCES: ['no-permission', 'permission was denied', 'Give yourself write permission, or choose another home with --home.'],
  EPERM: ['no-permission', 'the operation is not permitted', 'Give yourself write permission, or choose another home with --home.'],
  ENOENT: ['file-missing', 'there is no such file', 'It was moved or deleted outside of the lab; put it back if you have it.'],
  ENOTDIR: ['not-a-folder', 'a part of the path is a file', 'Choose another home with --home.'],
};

/** `action` is a gerund with its object: 'Writing /home/x (120 bytes)'. A StoreError is passed through. */
export function fileError(action: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = String((error as { code?: unknown }).code);
  const [ours, what, tip] = meanings[code] ?? [
    'io-error',
    error instanceof Error ? error.message : String(error),
    'Check the disk and try again.',
  ];
  return new StoreError(ours, `${action} failed: ${what}.`, { tip, cause: error });
}

import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from '../file-errors.ts';
import { DatasetError } from '../source.ts';

/** How files end that are not written to their end. */
export const PART_ENDING = '.part';

/** Written beside its place under a name of its own and moved: a file with its final name is complete, whoever else writes it. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const part = `${path}.${randomUUID().slice(0, 8)}${PART_ENDING}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(part, content, { flag: 'wx' });
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined); // the first error says what is wrong
    throw writingError(path, cause);
  }
}

/** What a failed system call means to whoever draws: DatasetError 'disk-full' or 'folder-not-writable', else the error itself. */
export function writingError(path: string, cause: unknown): unknown {
  const code = systemErrorCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new DatasetError('disk-full', `writing ${path}: no space left on the disk`, {
      cause,
      tip: 'Free some space and run the same command again; it goes on where it stopped.',
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new DatasetError('folder-not-writable', `writing ${path}: the folder cannot be written to (${code})`, {
      cause,
      tip: 'Choose another folder.',
    });
  }
  return cause;
}

import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../../../db/checkpoints/file-system.ts';

/** Writes whole or not at all, under a name of its own until it is whole; makes the folder. Throws the StoreError of the file system. */
export async function writeWholeFile(file: string, content: string | Uint8Array): Promise<void> {
  const part = `${file}.${randomUUID().slice(0, 8)}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(part, content, { flag: 'wx' });
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw fileError(`Writing ${file}`, error);
  }
}

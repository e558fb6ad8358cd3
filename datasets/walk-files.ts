import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './file-errors.ts';
import { DatasetError } from './source.ts';

/**
 * All files under a folder, by path; hidden ones are left out. Links are followed, a folder that is reached twice (also by a link to one
 * above it) is walked once. Throws DatasetError 'folder-missing' for the folder itself, 'folder-unreadable' for one inside.
 */
export async function filesUnder(dir: string, context: string): Promise<readonly string[]> {
  const found: string[] = [];
  const seen = new Set<string>();
  const walk = async (folder: string): Promise<void> => {
    const { dev, ino } = await stat(folder);
    if (seen.has(`${dev}:${ino}`)) return;
    seen.add(`${dev}:${ino}`);
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const isFolder = entry.isSymbolicLink() ? (await stat(path)).isDirectory() : entry.isDirectory();
      if (!isFolder) found.push(path);
      else await walk(path).catch((cause: unknown) => rethrow(context, path, cause));
    }
  };
  await walk(dir).catch((cause: unknown) => {
    if (cause instanceof DatasetError) throw cause;
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new DatasetError('folder-missing', `${context} ${dir} cannot be opened (${code})`, { cause, tip: 'Check the path.' });
  });
  return found.sort();
}

function rethrow(context: string, path: string, cause: unknown): never {
  if (cause instanceof DatasetError) throw cause;
  throw folderUnreadable(context, path, cause);
}

/** A folder that is there but does not say what it holds: never to be taken for an empty one. */
export function folderUnreadable(context: string, path: string, cause: unknown): DatasetError {
  return new DatasetError('folder-unreadable', `${context}: ${path} cannot be opened (${systemErrorCode(cause) ?? String(cause)})`, {
    cause,
    tip: 'Check the rights of the folder, and the links in it.',
  });
}

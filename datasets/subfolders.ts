import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from './file-errors.ts';
import { folderUnreadable } from './walk-files.ts';

/**
 * Names of the folders inside of `dir`, also behind links; none when there is no such folder. `unreadable`: what is done about a folder
 * that cannot be opened ('refuse' throws DatasetError 'folder-unreadable'); `context` names the data set in the message.
 */
export async function subfolders(dir: string, unreadable: 'refuse' | 'pass over', context: string): Promise<readonly string[]> {
  try {
    const names: string[] = [];
    for (const entry of await readdir(dir, { withFileTypes: true })) {
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(dir, entry.name))))) names.push(entry.name);
    }
    return names.sort();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    if (unreadable === 'pass over') return [];
    throw folderUnreadable(context, dir, error);
  }
}

/** A link that cannot be followed counts as a folder, so that opening it tells what is wrong; one that leads nowhere does not. */
async function leadsToFolder(link: string): Promise<boolean> {
  try {
    return (await stat(link)).isDirectory();
  } catch (error) {
    return systemErrorCode(error) !== 'ENOENT';
  }
}

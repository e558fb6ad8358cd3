import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of the files below a folder; 0 when it does not exist. */
export function folderBytes(folder: string): number {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return 0;
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stat = statSync(join(folder, entry), { throwIfNoEntry: false });
    if (stat?.isFile() === true) bytes += stat.size;
  }
  return bytes;
}

import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Marks a folder as drawn by a program (see manifest.ts). */
export const SYNTHETIC_MANIFEST = 'SYNTHETIC.json';

/** Whether the lab itself drew the set. */
export function isSyntheticSet(root: string): Promise<boolean> {
  return stat(join(root, SYNTHETIC_MANIFEST)).then(
    () => true,
    () => false,
  );
}

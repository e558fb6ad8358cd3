import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CheckOptions } from '../check-options.ts';
import type { FindingList } from '../findings.ts';
import { logicalPath, type CityscapesItem, type Inventory } from './inventory.ts';

/** Level 4: pictures of different splits with the same bytes. Only files of one size are read. */
export async function checkDuplicates(inventory: Inventory, findings: FindingList, options: CheckOptions): Promise<void> {
  const candidates = [...groupBy(inventory.items, (item) => item.image?.bytes)].filter(
    ([bytes, items]) => bytes !== undefined && bytes > 0 && new Set(items.map(({ split }) => split)).size > 1,
  );
  const total = candidates.reduce((sum, [, items]) => sum + items.length, 0);
  let done = 0;
  for (const [, items] of candidates) {
    const first = new Map<string, CityscapesItem>();
    for (const item of items) {
      options.signal?.throwIfAborted();
      const hash = await hashOf(item.image?.path ?? '');
      options.onProgress?.({ phase: 'duplicates', done: ++done, total });
      if (hash === undefined) continue;
      const twin = first.get(hash);
      if (twin === undefined) first.set(hash, item);
      else if (twin.split !== item.split) {
        const path = logicalPath(inventory.layout, item.image?.path ?? '');
        findings.add('split.duplicate-content', { split: item.split, path, detail: `as ${twin.key} of ${twin.split}` });
      }
    }
  }
}

/** Undefined for a file that cannot be read: other checks have said so. */
async function hashOf(path: string): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return undefined;
  }
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

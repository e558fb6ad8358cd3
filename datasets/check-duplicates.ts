import { createHash } from 'node:crypto';
import type { CheckOptions } from './check-options.ts';
import { readChecked, type CheckedFile } from './check-picture.ts';
import type { FindingList } from './findings.ts';

/** Level 4: pictures of different splits with the same bytes. Only files of one size are read. */
export async function checkDuplicates(
  pictures: readonly (CheckedFile & { readonly key: string })[],
  findings: FindingList,
  options: CheckOptions,
): Promise<void> {
  const candidates = [...Map.groupBy(pictures, ({ bytes }) => bytes)].filter(
    ([bytes, group]) => bytes > 0 && new Set(group.map(({ split }) => split)).size > 1,
  );
  const total = candidates.reduce((sum, [, group]) => sum + group.length, 0);
  let done = 0;
  for (const [, group] of candidates) {
    const first = new Map<string, CheckedFile & { readonly key: string }>();
    for (const picture of group) {
      options.signal?.throwIfAborted();
      const hash = await hashOf(picture);
      options.onProgress?.({ phase: 'duplicates', done: ++done, total });
      if (hash === undefined) continue;
      const twin = first.get(hash);
      if (twin === undefined) first.set(hash, picture);
      else if (twin.split !== picture.split) {
        findings.add('split.duplicate-content', { split: picture.split, path: picture.name, detail: `as ${twin.key} of ${twin.split}` });
      }
    }
  }
}

/** Undefined for a file that cannot be read: other checks have said so. */
async function hashOf(file: CheckedFile): Promise<string | undefined> {
  try {
    return createHash('sha256')
      .update(await readChecked(file))
      .digest('hex');
  } catch {
    return undefined;
  }
}

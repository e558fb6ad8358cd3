import { existsSync, realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { DATASET_KINDS, openDataset } from '../../../datasets/catalog.ts';
import { checkDataset } from '../../../datasets/check.ts';
import type { DatasetRecord } from '../../../db/store.ts';
import type { RecognisedDataset } from '../../ipc/dataset-browsing.ts';

/** What the folder holds, by names and sizes. Throws what checking throws: 'folder-missing', 'root-ambiguous'. */
export async function recogniseFolder(given: string, known: readonly DatasetRecord[]): Promise<RecognisedDataset> {
  const folder = resolve(given);
  const result = await checkDataset(existsSync(folder) ? realpathSync(folder) : folder, { level: 1 });
  const kind = DATASET_KINDS.find((candidate) => candidate.kind === result.kind);
  return {
    ...result,
    at: new Date().toISOString(),
    title: kind?.title ?? 'unknown',
    ...(kind === undefined ? {} : { task: kind.task }),
    ...(await usable(result)),
    suggestedName: suggestedName(result.root, result.kind, known),
    registered: known
      .filter(({ root, fingerprint }) => root === result.root || fingerprint === result.fingerprint)
      .map(({ name, root }) => ({ name, root, isSameFolder: root === result.root, isAvailable: existsSync(root) })),
  };
}

async function usable({
  root,
  kind,
  status,
}: {
  readonly root: string;
  readonly kind: string;
  readonly status: string;
}): Promise<Pick<RecognisedDataset, 'usableSplits' | 'classes'>> {
  if (status === 'blocked') return { usableSplits: {}, classes: [] };
  const source = await openDataset(root, kind);
  try {
    return { usableSplits: source.info.splits, classes: source.info.classes };
  } finally {
    await source.close();
  }
}

/** The folder's own name where it says something, else the kind; with a number where it is taken. */
function suggestedName(root: string, kind: string, known: readonly DatasetRecord[]): string {
  const own = basename(root)
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .slice(0, 60);
  const wanted = own === '' || /^(data|dataset|datasets|unpacked)$/i.test(own) ? kind : own;
  const taken = new Set(known.map(({ name }) => name));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  return name;
}

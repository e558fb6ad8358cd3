import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DATASET_KINDS } from './catalog.ts';
import type { CheckLevel, CheckOptions } from './check-options.ts';
import type { Finding } from './findings.ts';
import { DatasetError } from './source.ts';

export type { CheckLevel, CheckOptions } from './check-options.ts';

export interface CheckResult {
  /** 'unknown' when no layout fits. */
  readonly kind: string;
  readonly root: string;
  readonly level: CheckLevel;
  /** ok: no errors; usable: some split is free of errors; blocked: none is. */
  readonly status: 'ok' | 'usable' | 'blocked';
  /** Images of each split. */
  readonly splits: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
  /** What was examined and found sound, in words. */
  readonly passed: readonly string[];
  /** Parts that such a set can have and this folder does not, in words. */
  readonly notFound: readonly string[];
  readonly fingerprint?: string;
  readonly isSynthetic: boolean;
}

export const defaultCheckOptions: CheckOptions = { level: 3 };

/**
 * Recognises and examines a folder without changing anything. A folder of no known kind gives the finding 'root.not-found'.
 * Throws DatasetError 'folder-missing' when there is no such folder, 'root-ambiguous' when it holds several sets, and the signal's reason when cancelled.
 */
export async function checkDataset(dir: string, options: Partial<CheckOptions> = {}): Promise<CheckResult> {
  const root = resolve(dir);
  const plan = { ...defaultCheckOptions, ...options };
  const entries = await readdir(root).catch((cause: unknown) => {
    throw new DatasetError('folder-missing', `checking ${root}: there is no such folder, or it cannot be opened`, {
      cause,
      tip: 'Check the path.',
    });
  });
  for (const kind of DATASET_KINDS) {
    const result = await kind.check(root, plan);
    if (result !== undefined) return result;
  }
  return {
    kind: 'unknown',
    root,
    level: plan.level,
    status: 'blocked',
    splits: {},
    findings: [notFound(root, entries)],
    notFound: [],
    passed: [],
    isSynthetic: false,
  };
}

const ARCHIVE = /\.(zip|tar|tgz|tar\.gz|7z)$/i;

function notFound(root: string, entries: readonly string[]): Finding {
  const archives = entries.filter((name) => ARCHIVE.test(name));
  const shown = entries.length === 0 ? 'nothing' : entries.slice(0, 8).join(', ');
  const expected = DATASET_KINDS.map((kind) => `${kind.title}: ${kind.signature}`).join('; ');
  const packed = archives.length > 0 ? ` There are packed archives here (${archives.slice(0, 3).join(', ')}).` : '';
  return {
    code: 'root.not-found',
    severity: 'error',
    count: 1,
    examples: [root],
    path: root,
    message: `This folder does not look like a data set that is known here. Expected ${expected}. Found: ${shown}.${packed}`,
    tip:
      archives.length > 0
        ? 'Unpack the archives and pick the folder that then holds the data set.'
        : 'Pick the folder that holds the data set as it was unpacked.',
  };
}

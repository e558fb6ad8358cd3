import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatasetRecord } from '../../../db/store.ts';
import type { CheckReport } from '../../ipc/dataset-browsing.ts';
import type { StoredDatasetInfo } from './registry.ts';
import { writeWholeFile } from './whole-file.ts';

/** The newest check of a folder, kept beside the lab's caches: it can be made again. */
function fileOf(cacheFolder: string, root: string): string {
  return join(cacheFolder, 'checks', `${createHash('sha256').update(root).digest('hex').slice(0, 24)}.json`);
}

export async function keepReport(cacheFolder: string, report: CheckReport): Promise<void> {
  await writeWholeFile(fileOf(cacheFolder, report.root), `${JSON.stringify(report)}\n`);
}

/** Of the registered content: the kept one, else that of the registration; undefined in records of other stores. */
export function reportOf(cacheFolder: string, { root, kind, fingerprint, info, addedAt }: DatasetRecord): CheckReport | undefined {
  const kept = keptReport(cacheFolder, root);
  if (kept !== undefined && kept.at >= addedAt) return kept;
  const { health, splits, isSynthetic } = info as unknown as StoredDatasetInfo;
  return health === undefined
    ? undefined
    : { kind, root, level: 1, splits, notFound: [], passed: [], fingerprint, isSynthetic, ...health, at: addedAt };
}

function keptReport(cacheFolder: string, root: string): CheckReport | undefined {
  try {
    const report = JSON.parse(readFileSync(fileOf(cacheFolder, root), 'utf8')) as CheckReport;
    const { findings, notFound, passed } = report;
    return report.root === root && [findings, notFound, passed].every(Array.isArray) ? report : undefined;
  } catch {
    // Never made, damaged, or of another version: as if it had not been kept.
    return undefined;
  }
}

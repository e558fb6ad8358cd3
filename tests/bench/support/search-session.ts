import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../db/store.ts';
import { openDataset } from '../../../datasets/catalog.ts';
import { synthesizeCityscapes } from '../../../datasets/cityscapes/synthesize/synthesize.ts';
import { openParts } from '../../../electron/compute/search-parts.ts';
import type { Backend } from '../../../engine/backend/backend.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { SearchEvent, TrialResult } from '../../../engine/search/events.ts';
import { noProgress } from '../../../engine/search/parts.ts';
import { planSearch } from '../../../engine/search/plan.ts';
import { runSearch } from '../../../engine/search/run-search.ts';

export interface SessionResult {
  /** By number. */
  readonly trials: readonly TrialResult[];
  readonly seconds: number;
}

/** Writes the synthetic streets once; later calls with the same folder find them complete. */
export async function streets(
  folder: string,
  counts: { readonly train: number; readonly val: number; readonly height: number; readonly width: number },
): Promise<string> {
  return (await synthesizeCityscapes(join(folder, 'streets'), { ...counts, test: 0, seed: 0 })).root;
}

/** Runs a whole search in this process, its files under `folder`; `onEvent` sees every event. */
export async function runSession(
  config: SearchConfig,
  backend: Backend,
  root: string,
  folder: string,
  onEvent: (event: SearchEvent) => void = () => {},
): Promise<SessionResult> {
  mkdirSync(folder, { recursive: true });
  const source = await openDataset(root, 'cityscapes');
  const { kind, fingerprint } = source.info;
  await source.close();
  const began = performance.now();
  const job = {
    config: JSON.parse(JSON.stringify(config)) as Json,
    folder,
    features: join(folder, 'features'),
    dataset: { kind, root, fingerprint },
    isFirstRun: true,
    progress: noProgress,
    files: [],
  };
  const { parts, close } = await openParts(job, config, backend, undefined);
  const trials: TrialResult[] = [];
  try {
    for await (const event of runSearch(planSearch(config), parts, noProgress, { aborted: false })) {
      if (event.type === 'trial-finished') trials.push(event.trial);
      onEvent(event);
    }
  } finally {
    await close();
  }
  return { trials: trials.sort((a, b) => a.number - b.number), seconds: (performance.now() - began) / 1000 };
}

/** The ranking metric of a trial; NaN when it has none. */
export function mIoU(trial: TrialResult): number {
  return trial.metrics.find((metric) => metric.name === 'mIoU')?.value ?? NaN;
}

import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatasetError } from '../../source.ts';
import { WorkerPool } from '../../worker-pool.ts';
import { OFFICIAL_SPLITS } from '../splits.ts';
import { injectDefects, type CityscapesDefect } from './defects.ts';
import { lockFolder } from './folder-lock.ts';
import { countsOf, isDrawnAlready, readManifest, writeManifest, type Counts, type Manifest } from './manifest.ts';
import { PART_ENDING, writeItem, type ItemJob, type ItemResult } from './write-item.ts';

export interface SynthesizeOptions {
  readonly seed: number;
  /** Pictures of each split. */
  readonly train: number;
  readonly val: number;
  readonly test: number;
  readonly height: number;
  readonly width: number;
  /** Damage done to a few files afterwards, for tests of `data check`. */
  readonly inject: readonly CityscapesDefect[];
  /** Threads; 0 draws in the caller's thread, with equal results. */
  readonly workers: number;
  /** The module of the threads, when the program is bundled. */
  readonly workerUrl?: URL;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Sizes of sets: for tests (a second), for the demo (half a minute), for ranking architectures (minutes). */
export const synthesizePresets = {
  unit: { train: 24, val: 8, test: 4, height: 128, width: 256 },
  demo: { train: 400, val: 100, test: 50, height: 256, width: 512 },
  search: { train: 1000, val: 200, test: 0, height: 512, width: 1024 },
} as const satisfies Readonly<Record<string, Partial<SynthesizeOptions>>>;

export const defaultSynthesizeOptions: SynthesizeOptions = {
  seed: 0,
  ...synthesizePresets.demo,
  inject: [],
  workers: 2,
};

const MAX_PIXELS = 8192 * 8192;

export interface SynthesizeResult {
  readonly root: string;
  readonly counts: Counts;
  /** Pictures drawn by this call; 0 when the set was complete already. */
  readonly written: number;
}

/**
 * Writes street-like scenes in the official layout and encoding of Cityscapes. A scene follows from (seed, split, index, size)
 * alone, so a set that was cut off is continued and a larger one begins with the smaller. Throws DatasetError 'synthesize-options',
 * 'synthesize-not-empty', 'synthesize-conflict', 'synthesize-busy', 'disk-full', 'folder-not-writable'; the signal's reason when
 * cancelled (what is written stays and is continued next time).
 */
export async function synthesizeCityscapes(dir: string, options: Partial<SynthesizeOptions> = {}): Promise<SynthesizeResult> {
  const plan: SynthesizeOptions = { ...defaultSynthesizeOptions, ...options };
  checkOptions(plan);
  const root = resolve(dir);
  const complete = { root, counts: countsOf(plan), written: 0 };
  const found = await readManifest(root);
  if (found !== undefined && isDrawnAlready(root, found, plan)) return complete;
  const release = await lockFolder(root);
  try {
    // Another process may have been at work here until just now.
    const before = await readManifest(root);
    if (before !== undefined && isDrawnAlready(root, before, plan)) return complete;
    if (before?.isComplete === false) await removeParts(root);
    return { ...complete, written: await draw(root, plan, before) };
  } finally {
    await release();
  }
}

/** Returns how many pictures were drawn now. */
async function draw(root: string, plan: SynthesizeOptions, before: Manifest | undefined): Promise<number> {
  const counts = countsOf(plan);
  const { seed, height, width, inject } = plan;
  const jobs = OFFICIAL_SPLITS.flatMap((split) =>
    Array.from({ length: counts[split] }, (_, index): ItemJob => ({ root, seed, split, index, height, width })),
  );
  await writeManifest(root, plan, { inject: [], isComplete: false, items: before?.items ?? [] });
  const results = await drawAll(jobs, plan);
  const items = results.map(({ item }) => item);
  if (inject.length > 0) {
    await writeManifest(root, plan, { inject, isComplete: false, items });
    await injectDefects(root, inject, counts);
  }
  await writeManifest(root, plan, { inject, isComplete: true, items });
  return results.filter(({ isNew }) => isNew).length;
}

/** What a killed process left half-written. */
async function removeParts(root: string): Promise<void> {
  const names = await readdir(root, { recursive: true });
  await Promise.all(names.filter((name) => name.endsWith(PART_ENDING)).map((name) => rm(join(root, name), { force: true })));
}

async function drawAll(jobs: readonly ItemJob[], plan: SynthesizeOptions): Promise<readonly ItemResult[]> {
  const results: ItemResult[] = [];
  const pool =
    plan.workers > 0
      ? new WorkerPool<ItemJob, ItemResult>(plan.workerUrl ?? new URL('./synthesize-worker.ts', import.meta.url), plan.workers)
      : undefined;
  let next = 0;
  let done = 0;
  // Each lane draws one scene after another, so that no more are under way than there are threads.
  const lane = async (): Promise<void> => {
    for (let i = next++; i < jobs.length; i = next++) {
      plan.signal?.throwIfAborted();
      const job = jobs[i] as ItemJob;
      results[i] = await (pool === undefined ? writeItem(job) : pool.run(job));
      done += 1;
      plan.onProgress?.({ done, total: jobs.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, plan.workers) }, lane));
  } finally {
    await pool?.close();
  }
  return results;
}

function checkOptions(plan: SynthesizeOptions): void {
  const problems: string[] = [];
  for (const name of ['train', 'val', 'test', 'workers'] as const) {
    if (!Number.isInteger(plan[name]) || plan[name] < 0) problems.push(`${name} is ${plan[name]}; expected a whole number of at least 0`);
  }
  if (plan.train + plan.val + plan.test === 0) problems.push('no pictures are asked for');
  for (const name of ['height', 'width'] as const) {
    if (!Number.isInteger(plan[name]) || plan[name] < 32)
      problems.push(`${name} is ${plan[name]}; expected a whole number of at least 32 px`);
  }
  if (plan.height * plan.width > MAX_PIXELS) problems.push(`pictures of ${plan.height}x${plan.width} are too large`);
  if (!Number.isInteger(plan.seed)) problems.push(`seed is ${plan.seed}; expected a whole number`);
  if (problems.length > 0) throw new DatasetError('synthesize-options', `synthesising cityscapes: ${problems.join('; ')}`);
}

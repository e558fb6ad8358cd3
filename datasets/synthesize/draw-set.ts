import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatasetError } from '../source.ts';
import { WorkerPool } from '../worker-pool.ts';
import { lockFolder } from './folder-lock.ts';
import { isDrawnAlready, readManifest, writeManifest, type Counts, type Drawing, type Manifest, type Pictures } from './manifest.ts';
import { PART_ENDING } from './write-whole.ts';

/** What is asked of a generator, apart from the pictures' number. */
export interface DrawOptions {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  /** Threads; 0 draws in the caller's thread, with equal results. */
  readonly workers: number;
  /** The module of the threads, when the program is bundled. */
  readonly workerUrl?: URL;
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** Everything that is asked of a generator; `inject` is damage done to a few files afterwards, for tests of `data check`. */
export interface SetPlan<Defect extends string = string> extends DrawOptions, Pictures {
  readonly inject: readonly Defect[];
}

export interface DrawnItem {
  /** What the manifest keeps of the picture. */
  readonly item: unknown;
  /** False when it was there already. */
  readonly isNew: boolean;
}

/** How one kind of data set is drawn. A picture follows from its job alone. */
export interface SetGenerator<Job, Result extends DrawnItem, Defect extends string> extends Drawing {
  /** The smallest side of a picture, px. */
  readonly minSide: number;
  job(root: string, plan: SetPlan<Defect>, split: string, index: number): Job;
  /** Draws and writes one picture; leaves one that is there as it is. */
  write(job: Job): Promise<Result>;
  /** A module whose threads answer jobs with `write`. */
  readonly workerUrl: URL;
  /** Writes what belongs to all pictures, which are given in the order of their splits. */
  finish?(root: string, plan: SetPlan<Defect>, results: readonly Result[]): Promise<void>;
  inject(root: string, defects: readonly Defect[], counts: Counts): Promise<void>;
}

const MAX_PIXELS = 8192 * 8192;

export interface SynthesizeResult<SplitCounts extends Counts = Counts> {
  readonly root: string;
  readonly counts: SplitCounts;
  /** Pictures drawn by this call; 0 when the set was complete already. */
  readonly written: number;
}

/**
 * Writes a set; one that was cut off is continued, and a larger one begins with the smaller. Throws DatasetError 'synthesize-options',
 * 'synthesize-not-empty', 'synthesize-conflict', 'synthesize-busy', 'disk-full', 'folder-not-writable'; the signal's reason when
 * cancelled (what is written stays and is continued next time).
 */
export async function synthesizeSet<Job, Result extends DrawnItem, Defect extends string>(
  generator: SetGenerator<Job, Result, Defect>,
  dir: string,
  plan: SetPlan<Defect>,
): Promise<SynthesizeResult> {
  checkPlan(generator, plan);
  const root = resolve(dir);
  const complete = { root, counts: plan.counts, written: 0 };
  const found = await readManifest(root);
  if (found !== undefined && isDrawnAlready(root, found, generator, plan)) return complete;
  const release = await lockFolder(root);
  try {
    // Another process may have been at work here until just now.
    const before = await readManifest(root);
    if (before !== undefined && isDrawnAlready(root, before, generator, plan)) return complete;
    if (before?.isComplete === false) await removeParts(root);
    return { ...complete, written: await draw(generator, root, plan, before) };
  } finally {
    await release();
  }
}

/** Returns how many pictures were drawn now. */
async function draw<Job, Result extends DrawnItem, Defect extends string>(
  generator: SetGenerator<Job, Result, Defect>,
  root: string,
  plan: SetPlan<Defect>,
  before: Manifest | undefined,
): Promise<number> {
  const { counts, inject } = plan;
  const jobs = generator.splits.flatMap((split) =>
    Array.from({ length: counts[split] ?? 0 }, (_, index) => generator.job(root, plan, split, index)),
  );
  await writeManifest(root, generator, plan, { inject: [], isComplete: false, items: before?.items ?? [] });
  const results = await drawAll(generator, jobs, plan);
  const items = results.map(({ item }) => item);
  await generator.finish?.(root, plan, results);
  if (inject.length > 0) {
    await writeManifest(root, generator, plan, { inject, isComplete: false, items });
    await generator.inject(root, inject, counts);
  }
  await writeManifest(root, generator, plan, { inject, isComplete: true, items });
  return results.filter(({ isNew }) => isNew).length;
}

/** What a killed process left half-written. */
async function removeParts(root: string): Promise<void> {
  const names = await readdir(root, { recursive: true });
  await Promise.all(names.filter((name) => name.endsWith(PART_ENDING)).map((name) => rm(join(root, name), { force: true })));
}

async function drawAll<Job, Result extends DrawnItem, Defect extends string>(
  generator: SetGenerator<Job, Result, Defect>,
  jobs: readonly Job[],
  plan: SetPlan<Defect>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const pool = plan.workers > 0 ? new WorkerPool<Job, Result>(plan.workerUrl ?? generator.workerUrl, plan.workers) : undefined;
  let next = 0;
  let done = 0;
  // Each lane draws one picture after another, so that no more are under way than there are threads.
  const lane = async (): Promise<void> => {
    for (let i = next++; i < jobs.length; i = next++) {
      plan.signal?.throwIfAborted();
      const job = jobs[i] as Job;
      results[i] = await (pool === undefined ? generator.write(job) : pool.run(job));
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

function checkPlan({ generator, minSide }: Drawing & { readonly minSide: number }, plan: SetPlan): void {
  const problems: string[] = [];
  for (const [name, count] of [...Object.entries(plan.counts), ['workers', plan.workers] as const]) {
    if (!Number.isInteger(count) || count < 0) problems.push(`${name} is ${count}; expected a whole number of at least 0`);
  }
  if (Object.values(plan.counts).every((count) => count === 0)) problems.push('no pictures are asked for');
  for (const name of ['height', 'width'] as const) {
    if (!Number.isInteger(plan[name]) || plan[name] < minSide)
      problems.push(`${name} is ${plan[name]}; expected a whole number of at least ${minSide} px`);
  }
  if (plan.height * plan.width > MAX_PIXELS) problems.push(`pictures of ${plan.height}x${plan.width} are too large`);
  if (!Number.isInteger(plan.seed)) problems.push(`seed is ${plan.seed}; expected a whole number`);
  if (problems.length > 0) throw new DatasetError('synthesize-options', `synthesising ${generator}: ${problems.join('; ')}`);
}

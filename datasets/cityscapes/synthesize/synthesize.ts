import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatasetError } from '../../source.ts';
import { WorkerPool } from '../../worker-pool.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from '../splits.ts';
import { injectDefects, type CityscapesDefect } from './defects.ts';
import { writeItem, writeWhole, type ItemJob, type WrittenItem } from './write-item.ts';

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

export const defaultSynthesizeOptions: SynthesizeOptions = {
  seed: 0,
  train: 400,
  val: 100,
  test: 50,
  height: 256,
  width: 512,
  inject: [],
  workers: 2,
};

/** Raised whenever equal options no longer give equal pixels. */
const GENERATOR_VERSION = 1;
export const MANIFEST_NAME = 'SYNTHETIC.json';
const MAX_PIXELS = 8192 * 8192;

interface Manifest {
  readonly generator: 'cityscapes';
  readonly version: number;
  readonly note: string;
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly counts: Readonly<Record<OfficialSplit, number>>;
  readonly inject: readonly string[];
  readonly isComplete: boolean;
  /** SHA-256 of the decoded pixels of every picture. */
  readonly items: readonly WrittenItem[];
}

export interface SynthesizeResult {
  readonly root: string;
  readonly counts: Readonly<Record<OfficialSplit, number>>;
  /** Pictures drawn by this call; 0 when the set was complete already. */
  readonly written: number;
}

/**
 * Writes street-like scenes in the official layout and encoding of Cityscapes. A scene follows from (seed, split, index, size)
 * alone, so a set that was cut off is continued and a larger one begins with the smaller. Throws DatasetError 'synthesize-options',
 * 'synthesize-not-empty', 'synthesize-conflict', 'disk-full', 'folder-not-writable'; the signal's reason when cancelled (what is
 * written stays and is continued next time).
 */
export async function synthesizeCityscapes(dir: string, options: Partial<SynthesizeOptions> = {}): Promise<SynthesizeResult> {
  const plan: SynthesizeOptions = { ...defaultSynthesizeOptions, ...options };
  checkOptions(plan);
  const root = resolve(dir);
  const counts = { train: plan.train, val: plan.val, test: plan.test };
  const before = await readManifest(root);
  if (before !== undefined) checkSamePictures(root, before, plan);
  if (
    before?.isComplete === true &&
    OFFICIAL_SPLITS.every((split) => before.counts[split] === counts[split]) &&
    before.inject.join() === plan.inject.join()
  ) {
    return { root, counts, written: 0 };
  }
  if (before?.isComplete === true && OFFICIAL_SPLITS.some((split) => before.counts[split] > counts[split])) {
    throw conflict(root, `it holds more pictures (${countsText(before.counts)}) than asked for (${countsText(counts)})`);
  }
  const manifest = (items: readonly WrittenItem[], isComplete: boolean): Manifest => ({
    generator: 'cityscapes',
    version: GENERATOR_VERSION,
    note: 'Drawn by a program; not part of the Cityscapes data set.',
    seed: plan.seed,
    height: plan.height,
    width: plan.width,
    counts,
    inject: plan.inject,
    isComplete,
    items,
  });
  await writeWhole(join(root, MANIFEST_NAME), JSON.stringify(manifest(before?.items ?? [], false), undefined, 1));
  const known = new Map((before?.isComplete === true ? before.items : []).map((item) => [`${item.split}/${item.key}`, item]));
  const jobs = OFFICIAL_SPLITS.flatMap((split) =>
    Array.from({ length: counts[split] }, (_, index): ItemJob => ({
      root,
      seed: plan.seed,
      split,
      index,
      height: plan.height,
      width: plan.width,
    })),
  );
  const items = await drawAll(jobs, plan);
  await injectDefects(root, plan.inject, counts);
  await writeWhole(join(root, MANIFEST_NAME), JSON.stringify(manifest(items, true), undefined, 1));
  return { root, counts, written: items.filter((item) => !known.has(`${item.split}/${item.key}`)).length };
}

async function drawAll(jobs: readonly ItemJob[], plan: SynthesizeOptions): Promise<readonly WrittenItem[]> {
  const items: WrittenItem[] = [];
  const pool =
    plan.workers > 0
      ? new WorkerPool<ItemJob, WrittenItem>(plan.workerUrl ?? new URL('./synthesize-worker.ts', import.meta.url), plan.workers)
      : undefined;
  let next = 0;
  let done = 0;
  // Each lane draws one scene after another, so that no more are under way than there are threads.
  const lane = async (): Promise<void> => {
    for (let i = next++; i < jobs.length; i = next++) {
      plan.signal?.throwIfAborted();
      const job = jobs[i] as ItemJob;
      items[i] = await (pool === undefined ? writeItem(job) : pool.run(job));
      done += 1;
      plan.onProgress?.({ done, total: jobs.length });
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.max(1, plan.workers) }, lane));
  } finally {
    await pool?.close();
  }
  return items;
}

async function readManifest(root: string): Promise<Manifest | undefined> {
  const names: readonly string[] = await readdir(root).catch(() => []);
  if (names.length === 0) return undefined;
  if (!names.includes(MANIFEST_NAME)) {
    const known = names.filter((name) => !name.endsWith('.part'));
    if (known.length === 0) return undefined;
    throw new DatasetError(
      'synthesize-not-empty',
      `synthesising into ${root}: the folder holds other files (${known.slice(0, 3).join(', ')}); expected an empty or a new one`,
      {
        tip: 'Choose a new folder, so that drawn pictures never mix with real ones.',
      },
    );
  }
  try {
    return JSON.parse(await readFile(join(root, MANIFEST_NAME), 'utf8')) as Manifest;
  } catch (cause) {
    throw new DatasetError('synthesize-conflict', `synthesising into ${root}: its ${MANIFEST_NAME} cannot be read`, {
      cause,
      tip: 'Remove the folder and run the command again.',
    });
  }
}

function checkSamePictures(root: string, before: Manifest, plan: SynthesizeOptions): void {
  const differences = [
    before.generator === 'cityscapes' ? '' : `it is of kind ${String(before.generator)}`,
    before.version === GENERATOR_VERSION ? '' : `it is of generator version ${before.version}, this is ${GENERATOR_VERSION}`,
    before.seed === plan.seed ? '' : `its seed is ${before.seed}, not ${plan.seed}`,
    before.height === plan.height && before.width === plan.width
      ? ''
      : `its pictures are ${before.height}x${before.width}, not ${plan.height}x${plan.width}`,
    before.inject.length === 0 || before.inject.join() === plan.inject.join()
      ? ''
      : `it holds injected defects (${before.inject.join(', ')})`,
  ].filter((difference) => difference !== '');
  if (differences.length > 0) throw conflict(root, differences.join('; '));
}

function conflict(root: string, what: string): DatasetError {
  return new DatasetError('synthesize-conflict', `synthesising into ${root}: a synthetic set is there already, but ${what}`, {
    tip: 'Choose a new folder, or remove this one.',
  });
}

function countsText(counts: Readonly<Record<OfficialSplit, number>>): string {
  return OFFICIAL_SPLITS.map((split) => `${counts[split]} ${split}`).join(', ');
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

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../../source.ts';
import { SYNTHETIC_MANIFEST } from '../layout.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from '../splits.ts';
import { LOCK_NAME } from './folder-lock.ts';
import type { SynthesizeOptions } from './synthesize.ts';
import { PART_ENDING, writeWhole, type WrittenItem } from './write-item.ts';

/** Raised whenever equal options no longer give equal pixels. */
const GENERATOR_VERSION = 1;

export type Counts = Readonly<Record<OfficialSplit, number>>;

/** Says what the folder is to hold: written before the first picture and after the last. */
export interface Manifest {
  readonly generator: 'cityscapes';
  readonly version: number;
  readonly note: string;
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly counts: Counts;
  /** Defects that the files show, or may show while `isComplete` is false. */
  readonly inject: readonly string[];
  readonly isComplete: boolean;
  /** SHA-256 of the decoded pixels of every picture; of those of the last complete state while `isComplete` is false. */
  readonly items: readonly WrittenItem[];
}

export function countsOf({ train, val, test }: SynthesizeOptions): Counts {
  return { train, val, test };
}

export async function writeManifest(
  root: string,
  plan: SynthesizeOptions,
  state: Pick<Manifest, 'inject' | 'isComplete' | 'items'>,
): Promise<void> {
  const manifest: Manifest = {
    generator: 'cityscapes',
    version: GENERATOR_VERSION,
    note: 'Drawn by a program; not part of the Cityscapes data set.',
    seed: plan.seed,
    height: plan.height,
    width: plan.width,
    counts: countsOf(plan),
    ...state,
  };
  await writeWhole(join(root, SYNTHETIC_MANIFEST), JSON.stringify(manifest, undefined, 1));
}

/**
 * What was drawn, or begun to be drawn, in the folder; undefined when it is new or empty.
 * Throws DatasetError 'synthesize-not-empty' when it holds other files, 'synthesize-conflict' when the manifest cannot be read.
 */
export async function readManifest(root: string): Promise<Manifest | undefined> {
  const names: readonly string[] = await readdir(root).catch(() => []);
  if (!names.includes(SYNTHETIC_MANIFEST)) {
    const others = names.filter((name) => !name.endsWith(PART_ENDING) && name !== LOCK_NAME);
    if (others.length === 0) return undefined;
    throw new DatasetError(
      'synthesize-not-empty',
      `synthesising into ${root}: the folder holds other files (${others.slice(0, 3).join(', ')}); expected an empty or a new one`,
      { tip: 'Choose a new folder, so that drawn pictures never mix with real ones.' },
    );
  }
  try {
    return JSON.parse(await readFile(join(root, SYNTHETIC_MANIFEST), 'utf8')) as Manifest;
  } catch (cause) {
    throw new DatasetError('synthesize-conflict', `synthesising into ${root}: its ${SYNTHETIC_MANIFEST} cannot be read`, {
      cause,
      tip: 'Remove the folder and run the command again.',
    });
  }
}

/**
 * Whether the folder holds exactly what is asked for already. Throws DatasetError 'synthesize-conflict' when its pictures are not the
 * first ones of the plan: other pixels, or more of them, also when they were only begun to be drawn (there may be any number of them).
 */
export function isDrawnAlready(root: string, before: Manifest, plan: SynthesizeOptions): boolean {
  const isLarger = OFFICIAL_SPLITS.some((split) => before.counts[split] > plan[split]);
  const hasSameCounts = OFFICIAL_SPLITS.every((split) => before.counts[split] === plan[split]);
  const isDone = before.isComplete && hasSameCounts && before.inject.join() === plan.inject.join();
  const had = before.isComplete ? 'it holds more pictures' : 'it was begun with more pictures';
  const differences = [
    before.generator === 'cityscapes' ? '' : `it is of kind ${String(before.generator)}`,
    before.version === GENERATOR_VERSION ? '' : `it is of generator version ${before.version}, this is ${GENERATOR_VERSION}`,
    before.seed === plan.seed ? '' : `its seed is ${before.seed}, not ${plan.seed}`,
    before.height === plan.height && before.width === plan.width
      ? ''
      : `its pictures are ${before.height}x${before.width}, not ${plan.height}x${plan.width}`,
    isDone || before.inject.length === 0 ? '' : `it holds injected defects (${before.inject.join(', ')})`,
    isLarger ? `${had} (${countsText(before.counts)}) than asked for (${countsText(countsOf(plan))})` : '',
  ].filter((difference) => difference !== '');
  if (differences.length === 0) return isDone;
  const what = differences.join('; ');
  throw new DatasetError('synthesize-conflict', `synthesising into ${root}: a synthetic set is there already, but ${what}`, {
    tip: 'Repeat the command that made it, choose a new folder, or remove this one.',
  });
}

function countsText(counts: Counts): string {
  return OFFICIAL_SPLITS.map((split) => `${counts[split]} ${split}`).join(', ');
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatasetError } from '../source.ts';
import { LOCK_NAME } from './folder-lock.ts';
import { SYNTHETIC_MANIFEST } from './synthetic-mark.ts';
import { PART_ENDING, writeWhole } from './write-whole.ts';

/** What is drawn, as the manifest names it. */
export interface Drawing {
  /** 'cityscapes' */
  readonly generator: string;
  /** Raised whenever equal options no longer give equal pixels. */
  readonly version: number;
  /** That this is not the real set. */
  readonly note: string;
  readonly splits: readonly string[];
}

/** Pictures by split. */
export type Counts = Readonly<Record<string, number>>;

/** The pictures that are asked for. */
export interface Pictures {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly counts: Counts;
}

/** Says what the folder is to hold: written before the first picture and after the last. */
export interface Manifest extends Pictures {
  readonly generator: string;
  readonly version: number;
  readonly note: string;
  /** Defects that the files show, or may show while `isComplete` is false. */
  readonly inject: readonly string[];
  readonly isComplete: boolean;
  /** SHA-256 of the pixels of every picture; of those of the last complete state while `isComplete` is false. */
  readonly items: readonly unknown[];
}

export async function writeManifest(
  root: string,
  { generator, version, note }: Drawing,
  { seed, height, width, counts }: Pictures,
  state: Pick<Manifest, 'inject' | 'isComplete' | 'items'>,
): Promise<void> {
  const manifest: Manifest = { generator, version, note, seed, height, width, counts, ...state };
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
export function isDrawnAlready(
  root: string,
  before: Manifest,
  { generator, version, splits }: Drawing,
  plan: Pictures & Pick<Manifest, 'inject'>,
): boolean {
  const had = (split: string): number => before.counts[split] ?? 0;
  const wanted = (split: string): number => plan.counts[split] ?? 0;
  const isLarger = splits.some((split) => had(split) > wanted(split));
  const hasSameCounts = splits.every((split) => had(split) === wanted(split));
  const isDone = before.isComplete && hasSameCounts && before.inject.join() === plan.inject.join();
  const held = before.isComplete ? 'it holds more pictures' : 'it was begun with more pictures';
  const countsText = (count: (split: string) => number): string => splits.map((split) => `${count(split)} ${split}`).join(', ');
  const differences = [
    before.generator === generator ? '' : `it is of kind ${String(before.generator)}`,
    before.version === version ? '' : `it is of generator version ${before.version}, this is ${version}`,
    before.seed === plan.seed ? '' : `its seed is ${before.seed}, not ${plan.seed}`,
    before.height === plan.height && before.width === plan.width
      ? ''
      : `its pictures are ${before.height}x${before.width}, not ${plan.height}x${plan.width}`,
    isDone || before.inject.length === 0 ? '' : `it holds injected defects (${before.inject.join(', ')})`,
    isLarger ? `${held} (${countsText(had)}) than asked for (${countsText(wanted)})` : '',
  ].filter((difference) => difference !== '');
  if (differences.length === 0) return isDone;
  const what = differences.join('; ');
  throw new DatasetError('synthesize-conflict', `synthesising into ${root}: a synthetic set is there already, but ${what}`, {
    tip: 'Repeat the command that made it, choose a new folder, or remove this one.',
  });
}

import { synthesizeSet, type DrawOptions, type SetGenerator, type SynthesizeResult } from '../../synthesize/draw-set.ts';
import { OFFICIAL_SPLITS, type OfficialSplit } from '../splits.ts';
import { injectDefects, type CityscapesDefect } from './defects.ts';
import { writeItem, type ItemJob, type ItemResult } from './write-item.ts';

export interface SynthesizeOptions extends DrawOptions {
  /** Pictures of each split. */
  readonly train: number;
  readonly val: number;
  readonly test: number;
  /** Damage done to a few files afterwards, for tests of `data check`. */
  readonly inject: readonly CityscapesDefect[];
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

const generator: SetGenerator<ItemJob, ItemResult, CityscapesDefect> = {
  generator: 'cityscapes',
  version: 1,
  note: 'Drawn by a program; not part of the Cityscapes data set.',
  splits: OFFICIAL_SPLITS,
  minSide: 32,
  workerUrl: new URL('./synthesize-worker.ts', import.meta.url),
  job: (root, { seed, height, width }, split, index) => ({ root, seed, split: split as OfficialSplit, index, height, width }),
  write: writeItem,
  inject: injectDefects,
};

/**
 * Writes street-like scenes in the official layout and encoding of Cityscapes. A scene follows from (seed, split, index, size)
 * alone. Throws what `synthesizeSet` throws.
 */
export async function synthesizeCityscapes(dir: string, options: Partial<SynthesizeOptions> = {}): Promise<SynthesizeResult> {
  const { train, val, test, ...plan } = { ...defaultSynthesizeOptions, ...options };
  return synthesizeSet(generator, dir, { ...plan, counts: { train, val, test } });
}

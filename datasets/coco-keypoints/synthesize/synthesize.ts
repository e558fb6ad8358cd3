import { synthesizeSet, type DrawOptions, type SetGenerator, type SynthesizeResult } from '../../synthesize/draw-set.ts';
import { writeAnnotationFile } from './annotation-file.ts';
import { injectDefects, type KeypointsDefect } from './defects.ts';
import type { SceneStyle, SyntheticSplit } from './scene.ts';
import { writeItem, type ItemJob, type ItemResult } from './write-item.ts';

export interface SynthesizeKeypointsOptions extends DrawOptions {
  /** Pictures of each split. */
  readonly train: number;
  readonly val: number;
  readonly style: SceneStyle;
  /** Damage done to a few files afterwards, for tests of `data check`. */
  readonly inject: readonly KeypointsDefect[];
}

/** Sizes of sets: for tests (a second), for the demo (seconds), for ranking architectures (a minute). */
export const synthesizeKeypointsPresets = {
  unit: { train: 40, val: 20, height: 120, width: 160 },
  demo: { train: 1000, val: 200, height: 240, width: 320 },
  search: { train: 5000, val: 500, height: 240, width: 320 },
} as const satisfies Readonly<Record<string, Partial<SynthesizeKeypointsOptions>>>;

export const defaultSynthesizeKeypointsOptions: SynthesizeKeypointsOptions = {
  seed: 0,
  ...synthesizeKeypointsPresets.demo,
  style: 'full',
  inject: [],
  workers: 2,
};

const splits: readonly SyntheticSplit[] = ['train', 'val'];

const generatorOf = (style: SceneStyle): SetGenerator<ItemJob, ItemResult, KeypointsDefect> => ({
  // The name tells the styles apart: a folder holds pictures of one.
  generator: style === 'full' ? 'coco-keypoints' : `coco-keypoints, ${style}`,
  version: 1,
  note: 'Drawn by a program; not part of the COCO data set.',
  splits,
  minSide: 48,
  workerUrl: new URL('./synthesize-keypoints-worker.ts', import.meta.url),
  job: (root, { seed, height, width }, split, index) => ({ root, seed, split: split as SyntheticSplit, index, height, width, style }),
  write: writeItem,
  finish: async (root, plan, results) => {
    for (const split of splits) {
      const own = results.filter(({ item }) => item.split === split);
      if (own.length > 0) await writeAnnotationFile(root, split, plan, own.map(({ annotations }) => annotations));
    }
  },
  inject: injectDefects,
});

/**
 * Writes pictures of articulated figures with official annotation files in COCO's layout. A picture follows from (seed, split, index, size)
 * alone. Throws what `synthesizeSet` throws.
 */
export async function synthesizeKeypoints(dir: string, options: Partial<SynthesizeKeypointsOptions> = {}): Promise<SynthesizeResult> {
  const { train, val, style, ...plan } = { ...defaultSynthesizeKeypointsOptions, ...options };
  return synthesizeSet(generatorOf(style), dir, { ...plan, counts: { train, val } });
}

import { variantOf } from '../../../datasets/assemble-batch.ts';
import type { BatchItem, SegmentationBatch } from '../../../datasets/batch.ts';
import { createLoader } from '../../../datasets/loader.ts';
import type { Loader } from '../../../datasets/loader.ts';
import { itemSeed } from '../../../datasets/random.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import type { SegmentationTransform } from '../../../datasets/transforms/segmentation.ts';
import type { FrozenProxyConfig, SearchConfig, SegmentationDataConfig } from '../../../engine/search/config.ts';
import type { FrozenParts, PictureSplit } from '../../../engine/search/parts.ts';
import { rankingTransform, trainingTransform } from './segmentation-transforms.ts';

export interface FrozenData {
  readonly parts: Pick<FrozenParts, 'batch' | 'keys'>;
  /** Leaves the loader of the evaluation open. */
  close(): Promise<void>;
}

/** Pictures for a frozen backbone. Calibration sees the crops of training, so that their features are there already. */
export function openFrozenData(
  source: DatasetSource,
  { seed, evaluate }: SearchConfig,
  data: SegmentationDataConfig,
  { variants }: FrozenProxyConfig,
  evaluation: Loader<SegmentationBatch>,
): FrozenData {
  const training = { ...trainingTransform(data), variants };
  const transforms: Readonly<Record<PictureSplit, SegmentationTransform>> = {
    train: training,
    calibration: training,
    evaluation: rankingTransform(data),
  };
  const common = { source, seed, split: data.trainSplit, transform: training, order: 'shuffled' } as const;
  const loaders: Readonly<Record<PictureSplit, Loader<SegmentationBatch>>> = {
    train: createLoader({
      ...common,
      batchSize: data.batchSize,
      workers: data.workers,
      readAhead: data.readAhead,
      // every crop is read once: its features are kept
      cacheBytes: 0,
    }),
    calibration: createLoader({ ...common, batchSize: evaluate.calibrationBatchSize, workers: 0, cacheBytes: 0 }),
    evaluation,
  };
  return {
    parts: {
      batch: (split, index) => loaders[split].batch(index),
      keys: (split, index) => loaders[split].itemsOf(index).map((item) => keyOf(source, transforms[split], seed, item)),
    },
    close: async () => {
      await Promise.all([loaders.train.close(), loaders.calibration.close()]);
    },
  };
}

/** Everything that a picture's pixels and labels follow from; the seed only where something is drawn. */
function keyOf(source: DatasetSource, transform: SegmentationTransform, seed: number, { split, index, epoch }: BatchItem): string {
  const drawn = transform.kind === 'train' ? itemSeed(seed, split, index, `augment/${variantOf(transform, epoch)}`) : 0;
  return JSON.stringify([source.info.fingerprint, source.key(split, index), transform, drawn]);
}

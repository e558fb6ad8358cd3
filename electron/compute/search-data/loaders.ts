import { createLoader } from '../../../datasets/loader.ts';
import type { Loader } from '../../../datasets/loader.ts';
import type { DatasetSource, ItemRef } from '../../../datasets/source.ts';
import type { BatchOf, Transform } from '../../../datasets/transforms/transform.ts';
import { hash32 } from '../../../engine/rng.ts';
import type { DataConfig, SearchConfig } from '../../../engine/search/config.ts';

/** What the batches of a search are made of. */
export interface SearchPictures<T extends Transform> {
  readonly training: T;
  readonly ranking: T;
  /** Read in place of the samples of the training split, of the ranking split. */
  readonly trained?: readonly ItemRef[];
  readonly ranked?: readonly ItemRef[];
  /** So many samples of the ranking split, evenly spaced. */
  readonly limit?: number;
}

export interface SearchLoaders<T extends Transform> {
  readonly train: Loader<BatchOf<T>>;
  readonly calibration: Loader<BatchOf<T>>;
  readonly evaluation: Loader<BatchOf<T>>;
  close(): Promise<void>;
}

/**
 * Train batches get the threads and half of the memory; the other two are read in passes and share the rest. Throws what createLoader throws; then
 * none is left open.
 */
export async function openLoaders<T extends Transform>(
  source: DatasetSource,
  { evaluate, seed }: SearchConfig,
  data: DataConfig,
  { training, ranking, trained, ranked, limit }: SearchPictures<T>,
): Promise<SearchLoaders<T>> {
  const opened: Loader<BatchOf<T>>[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((loader) => loader.close()));
  };
  const open = (options: Parameters<typeof createLoader<T>>[0]): Loader<BatchOf<T>> => {
    const loader = createLoader(options);
    opened.push(loader);
    return loader;
  };
  const common = { source, seed, workers: Math.min(1, data.workers), readAhead: 1, cacheBytes: data.cacheBytes / 4 };
  const shuffled = {
    ...common,
    split: data.trainSplit,
    transform: training,
    order: 'shuffled',
    ...(trained && { items: trained }),
  } as const;
  try {
    return {
      train: open({
        ...shuffled,
        batchSize: data.batchSize,
        workers: data.workers,
        readAhead: data.readAhead,
        cacheBytes: data.cacheBytes / 2,
      }),
      calibration: open({ ...shuffled, batchSize: evaluate.calibrationBatchSize, seed: hash32(`${seed}/calibration`) }),
      evaluation: open({
        ...common,
        split: data.rankingSplit,
        batchSize: data.evaluationBatchSize,
        transform: ranking,
        order: 'sequential',
        ...(ranked && { items: ranked }),
        ...(limit !== undefined && { limit }),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

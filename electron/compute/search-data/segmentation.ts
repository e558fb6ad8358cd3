import type { SegmentationBatch } from '../../../datasets/batch.ts';
import { createLoader } from '../../../datasets/loader.ts';
import type { Loader } from '../../../datasets/loader.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import { EngineError } from '../../../engine/error.ts';
import { hash32 } from '../../../engine/rng.ts';
import type { SearchConfig, SegmentationDataConfig } from '../../../engine/search/config.ts';
import { openFrozenData } from './frozen-data.ts';
import type { SearchData } from './open.ts';
import { rankingTransform, trainingTransform } from './segmentation-transforms.ts';

/** Throws EngineError 'invalid-config' when pictures do not get the size at which they are ranked. */
export async function openSegmentationData(source: DatasetSource, config: SearchConfig, data: SegmentationDataConfig): Promise<SearchData> {
  const { train, calibration, evaluation } = createLoaders(source, config, data);
  const frozen = config.proxy.id === 'none' ? undefined : openFrozenData(source, config, data, config.proxy, evaluation);
  const close = async (): Promise<void> => {
    await Promise.all([train.close(), calibration.close(), evaluation.close(), frozen?.close()]);
  };
  try {
    await checkEvaluationSize(evaluation, data);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    parts: {
      trainBatch: (index) => train.batch(index),
      calibrationBatch: (index) => calibration.batch(index),
      evaluation: { batches: evaluation.batchesPerEpoch, batch: (index) => evaluation.batch(index) },
    },
    ...(frozen !== undefined && { frozen: frozen.parts }),
    close,
  };
}

/** Pictures keep their aspect; one of another aspect than the evaluation's would stop the search at its first trial. */
async function checkEvaluationSize(
  evaluation: Loader<SegmentationBatch>,
  { evaluationSize, rankingSplit }: SegmentationDataConfig,
): Promise<void> {
  const { height, width, labelHeight, labelWidth } = await evaluation.batch(0);
  if (height === evaluationSize[0] && width === evaluationSize[1]) return;
  throw new EngineError(
    'invalid-config',
    `data.evaluationSize: ${evaluationSize.join('x')} has another aspect than the pictures of ${rankingSplit} (${labelHeight}x${labelWidth}), which become ${height}x${width}.`,
    { tip: `Use data.evaluationSize=[${height},${width}] if both are multiples of 4, or another size of the pictures' aspect.` },
  );
}

/** Train batches get the threads and half of the memory; the other two are read in passes and share the rest. */
function createLoaders(
  source: DatasetSource,
  { evaluate, seed }: SearchConfig,
  data: SegmentationDataConfig,
): Record<'train' | 'calibration' | 'evaluation', Loader<SegmentationBatch>> {
  const common = { source, seed, workers: Math.min(1, data.workers), readAhead: 1, cacheBytes: data.cacheBytes / 4 };
  const training = { ...common, split: data.trainSplit, transform: trainingTransform(data), order: 'shuffled' } as const;
  return {
    train: createLoader({
      ...training,
      batchSize: data.batchSize,
      workers: data.workers,
      readAhead: data.readAhead,
      cacheBytes: data.cacheBytes / 2,
    }),
    calibration: createLoader({ ...training, batchSize: evaluate.calibrationBatchSize, seed: hash32(`${seed}/calibration`) }),
    evaluation: createLoader({
      ...common,
      split: data.rankingSplit,
      batchSize: data.evaluationBatchSize,
      transform: rankingTransform(data),
      order: 'sequential',
      ...(data.rankingSamples === 0 ? {} : { limit: data.rankingSamples }),
    }),
  };
}

import type { SegmentationBatch } from '../../../datasets/batch.ts';
import { createLoader } from '../../../datasets/loader.ts';
import type { Loader } from '../../../datasets/loader.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import { cityscapesEvaluation, cityscapesTraining } from '../../../datasets/transforms/segmentation.ts';
import type { SegmentationEvaluation, SegmentationTraining } from '../../../datasets/transforms/segmentation.ts';
import { EngineError } from '../../../engine/error.ts';
import { hash32 } from '../../../engine/rng.ts';
import type { SearchConfig, SegmentationDataConfig } from '../../../engine/search/config.ts';
import type { SearchData } from './open.ts';

/** Throws EngineError 'invalid-config' when pictures do not get the size at which they are ranked. */
export async function openSegmentationData(source: DatasetSource, config: SearchConfig, data: SegmentationDataConfig): Promise<SearchData> {
  const { train, calibration, evaluation } = createLoaders(source, config, data);
  const close = async (): Promise<void> => {
    await Promise.all([train.close(), calibration.close(), evaluation.close()]);
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
  const training: SegmentationTraining = {
    ...cityscapesTraining,
    base: data.baseSize,
    crop: data.crop,
    scale: data.scale,
    flipProbability: data.flipProbability,
    photometric: data.photometric ? cityscapesTraining.photometric : false,
  };
  const evaluationTransform: SegmentationEvaluation = { ...cityscapesEvaluation, size: data.evaluationSize };
  const common = { source, seed, workers: Math.min(1, data.workers), readAhead: 1, cacheBytes: data.cacheBytes / 4 };
  return {
    train: createLoader({
      ...common,
      split: data.trainSplit,
      batchSize: data.batchSize,
      transform: training,
      order: 'shuffled',
      workers: data.workers,
      readAhead: data.readAhead,
      cacheBytes: data.cacheBytes / 2,
    }),
    calibration: createLoader({
      ...common,
      split: data.trainSplit,
      batchSize: evaluate.calibrationBatchSize,
      seed: hash32(`${seed}/calibration`),
      transform: training,
      order: 'shuffled',
    }),
    evaluation: createLoader({
      ...common,
      split: data.rankingSplit,
      batchSize: data.evaluationBatchSize,
      transform: evaluationTransform,
      order: 'sequential',
      ...(data.rankingSamples === 0 ? {} : { limit: data.rankingSamples }),
    }),
  };
}

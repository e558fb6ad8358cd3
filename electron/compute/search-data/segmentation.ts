import type { SegmentationBatch } from '../../../datasets/batch.ts';
import type { Loader } from '../../../datasets/loader.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import type { SegmentationTransform } from '../../../datasets/transforms/segmentation.ts';
import { EngineError } from '../../../engine/error.ts';
import type { SearchConfig, SegmentationDataConfig } from '../../../engine/search/config.ts';
import { openFrozenData } from './frozen-data.ts';
import { openLoaders } from './loaders.ts';
import type { SearchData } from './open.ts';
import { rankingTransform, trainingTransform } from './segmentation-transforms.ts';

/** Throws EngineError 'invalid-config' when pictures do not get the size at which they are ranked. */
export async function openSegmentationData(source: DatasetSource, config: SearchConfig, data: SegmentationDataConfig): Promise<SearchData> {
  const loaders = await openLoaders<SegmentationTransform>(source, config, data, {
    training: trainingTransform(data),
    ranking: rankingTransform(data),
    ...(data.rankingSamples > 0 && { limit: data.rankingSamples }),
  });
  const { train, calibration, evaluation } = loaders;
  const frozen = config.proxy.id === 'none' ? undefined : openFrozenData(source, config, data, config.proxy, evaluation);
  const close = async (): Promise<void> => {
    await Promise.all([loaders.close(), frozen?.close()]);
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

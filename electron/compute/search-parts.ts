import { readFile } from 'node:fs/promises';
import { readCheckpointFile, writeCheckpointFile } from '../../db/checkpoints/checkpoint-files.ts';
import { StoreError } from '../../db/store.ts';
import { openDataset } from '../../datasets/catalog.ts';
import { createLoader } from '../../datasets/loader.ts';
import type { Loader } from '../../datasets/loader.ts';
import { DatasetError } from '../../datasets/source.ts';
import type { DatasetSource } from '../../datasets/source.ts';
import { cityscapesEvaluation, cityscapesTraining } from '../../datasets/transforms/segmentation.ts';
import type { SegmentationEvaluation, SegmentationTraining } from '../../datasets/transforms/segmentation.ts';
import type { Backend } from '../../engine/backend/backend.ts';
import { EngineError } from '../../engine/error.ts';
import { hash32 } from '../../engine/rng.ts';
import type { SearchConfig } from '../../engine/search/config.ts';
import type { SearchParts } from '../../engine/search/parts.ts';
import type { ComputeJob } from './protocol.ts';

/** What a search is given, and what has to be closed after it. */
export interface OpenedParts {
  readonly parts: SearchParts;
  close(): Promise<void>;
}

/**
 * Opens the data of a job. Throws DatasetError 'dataset-changed', EngineError 'invalid-config' when pictures do not get the size at which they are
 * ranked, and what opening the set or a split throws.
 */
export async function openParts(
  job: ComputeJob,
  config: SearchConfig,
  backend: Backend,
  compileFrom: number | undefined,
): Promise<OpenedParts> {
  const source = await openSource(job);
  const loaders: Loader[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(loaders.map((loader) => loader.close()));
    await source.close();
  };
  try {
    const { train, calibration, evaluation } = createLoaders(source, config);
    loaders.push(train, calibration, evaluation);
    await checkEvaluationSize(evaluation, config);
    return {
      parts: {
        backend,
        compileFrom,
        trainBatch: (index) => train.batch(index),
        calibrationBatch: (index) => calibration.batch(index),
        evaluation: { batches: evaluation.batchesPerEpoch, batch: (index) => evaluation.batch(index) },
        initialWeights: () => readInitialWeights(config),
        ...fileAccess(job),
        yieldToEvents: () =>
          new Promise((resolve) => {
            setImmediate(resolve);
          }),
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Pictures keep their aspect; one of another aspect than the evaluation's would stop the search at its first trial. */
async function checkEvaluationSize(evaluation: Loader, { data: { evaluationSize, rankingSplit } }: SearchConfig): Promise<void> {
  const { height, width, labelHeight, labelWidth } = await evaluation.batch(0);
  if (height === evaluationSize[0] && width === evaluationSize[1]) return;
  throw new EngineError(
    'invalid-config',
    `data.evaluationSize: ${evaluationSize.join('x')} has another aspect than the pictures of ${rankingSplit} (${labelHeight}x${labelWidth}), which become ${height}x${width}.`,
    { tip: `Use data.evaluationSize=[${height},${width}] if both are multiples of 4, or another size of the pictures' aspect.` },
  );
}

async function readInitialWeights({ strategy }: SearchConfig): Promise<Uint8Array> {
  const file = strategy.id === 'fixed' ? strategy.weights : '';
  try {
    return await readFile(file);
  } catch (cause) {
    throw new StoreError('weights-missing', `The weights to start from cannot be read: ${file}.`, {
      tip: 'Put the file back, or fork the experiment with another strategy.weights.',
      cause,
    });
  }
}

async function openSource({ dataset }: ComputeJob): Promise<DatasetSource> {
  const source = await openDataset(dataset.root, dataset.kind);
  if (source.info.fingerprint !== dataset.fingerprint) {
    await source.close();
    throw new DatasetError(
      'dataset-changed',
      `The data set at ${dataset.root} is not the one that the search began with: files were added, removed or changed in size.`,
      {
        tip: 'Put the files back and resume, or fork the search to begin again on the new files.',
      },
    );
  }
  return source;
}

/** Train batches get the threads and half of the memory; the other two are read in passes and share the rest. */
function createLoaders(
  source: DatasetSource,
  { data, evaluate, seed }: SearchConfig,
): Record<'train' | 'calibration' | 'evaluation', Loader> {
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

/** Weight files in the experiment's folder: written before the event that names them, checked when they are read. */
function fileAccess({ folder, files }: ComputeJob): Pick<SearchParts, 'saveFile' | 'readFile'> {
  const known = new Map(files.map((written) => [written.file, written]));
  return {
    saveFile: async (name, bytes) => {
      const written = writeCheckpointFile(folder, name, bytes);
      known.set(written.file, written);
      return written;
    },
    readFile: async (file) => {
      const written = known.get(file);
      if (written === undefined)
        throw new StoreError('file-missing', `The search asked for ${file}, which no checkpoint of this experiment names.`);
      return readCheckpointFile(folder, written);
    },
  };
}

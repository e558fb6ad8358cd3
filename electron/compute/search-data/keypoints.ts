import { asKeypointsSource, type KeypointsItemRef, type KeypointsSource } from '../../../datasets/keypoints-source.ts';
import { createLoader } from '../../../datasets/loader.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import { cocoEvaluation, cocoTraining } from '../../../datasets/transforms/keypoints.ts';
import type { KeypointsEvaluation, KeypointsTraining } from '../../../datasets/transforms/keypoints.ts';
import type { KeypointsTruth } from '../../../engine/metrics/keypoints-truth.ts';
import { hash32 } from '../../../engine/rng.ts';
import type { KeypointsDataConfig, SearchConfig } from '../../../engine/search/config.ts';
import type { SearchData } from './open.ts';

/**
 * Training reads the labelled persons of its split. Ranking reads the boxes in some of its pictures, by picture, and is scored against all persons
 * of the same pictures, those that no box was given for too.
 */
export async function openKeypointsData(source: DatasetSource, config: SearchConfig, data: KeypointsDataConfig): Promise<SearchData> {
  const persons = asKeypointsSource(source);
  const { seed, evaluate } = config;
  const training = trainingTransform(data);
  const trained = await persons.crops(data.trainSplit, 'ground-truth');
  const ranked = await readRanking(persons, data);
  const common = { source, seed, workers: Math.min(1, data.workers), readAhead: 1, cacheBytes: data.cacheBytes / 4 };
  // Training gets the threads and half of the memory; the other two are read in passes and share the rest.
  const train = createLoader({
    ...common,
    split: data.trainSplit,
    items: trained,
    batchSize: data.batchSize,
    transform: training,
    order: 'shuffled',
    workers: data.workers,
    readAhead: data.readAhead,
    cacheBytes: data.cacheBytes / 2,
  });
  const calibration = createLoader({
    ...common,
    split: data.trainSplit,
    items: trained,
    batchSize: evaluate.calibrationBatchSize,
    seed: hash32(`${seed}/calibration`),
    transform: training,
    order: 'shuffled',
  });
  const evaluation = createLoader({
    ...common,
    split: data.rankingSplit,
    items: ranked.crops,
    batchSize: data.evaluationBatchSize,
    transform: evaluationTransform(data),
    order: 'sequential',
  });
  return {
    parts: {
      trainBatch: (index) => train.batch(index),
      calibrationBatch: (index) => calibration.batch(index),
      evaluation: { batches: evaluation.batchesPerEpoch, batch: (index) => evaluation.batch(index), truth: ranked.truth },
    },
    close: async () => {
      await Promise.all([train.close(), calibration.close(), evaluation.close()]);
    },
  };
}

/** What is ranked on: boxes, and what predictions in them are scored against. */
export interface RankedPersons {
  /** By picture. */
  readonly crops: readonly KeypointsItemRef[];
  readonly truth: KeypointsTruth;
}

/** Boxes in the pictures of the ranking split, or in so many of them, evenly spaced: a picture is scored with all of its persons or not at all. */
export async function readRanking(
  source: KeypointsSource,
  { rankingSplit, rankingSamples, detections }: Pick<KeypointsDataConfig, 'rankingSplit' | 'rankingSamples' | 'detections'>,
): Promise<RankedPersons> {
  const imageIds = evenlySpaced(source.imageIds(rankingSplit), rankingSamples);
  return {
    crops: await source.crops(rankingSplit, detections === '' ? 'ground-truth' : detections, { imageIds }),
    truth: source.truth(rankingSplit, imageIds),
  };
}

function evenlySpaced(ids: readonly number[], limit: number): readonly number[] {
  if (limit === 0 || limit >= ids.length) return ids;
  return Array.from({ length: limit }, (_, i) => ids[Math.floor((i * ids.length) / limit)] as number);
}

export function trainingTransform(data: KeypointsDataConfig): KeypointsTraining {
  const { inputSize, sigma, order, flipProbability, halfBody, scaleFactor, rotationDegrees, rotationProbability, centreJitter } = data;
  return {
    ...cocoTraining,
    inputSize,
    sigma,
    order,
    flipProbability,
    halfBody,
    scaleFactor,
    rotationDegrees,
    rotationProbability,
    centreJitter,
  };
}

export function evaluationTransform({ inputSize, sigma }: Pick<KeypointsDataConfig, 'inputSize' | 'sigma'>): KeypointsEvaluation {
  return { ...cocoEvaluation, inputSize, sigma };
}

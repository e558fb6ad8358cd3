import { asKeypointsSource, type KeypointsItemRef, type KeypointsSource } from '../../../datasets/keypoints-source.ts';
import { sampleEvenly } from '../../../datasets/sample-evenly.ts';
import type { DatasetSource } from '../../../datasets/source.ts';
import { cocoEvaluation, cocoTraining } from '../../../datasets/transforms/keypoints.ts';
import type { KeypointsEvaluation, KeypointsTraining, KeypointsTransform } from '../../../datasets/transforms/keypoints.ts';
import type { KeypointsTruth } from '../../../engine/metrics/keypoints-truth.ts';
import type { KeypointsDataConfig, SearchConfig } from '../../../engine/search/config.ts';
import { openLoaders } from './loaders.ts';
import type { SearchData } from './open.ts';

/**
 * Training reads the labelled persons of its split. Ranking reads the boxes in some of its pictures, by picture, and is scored against all persons
 * of the same pictures, those that no box was given for too.
 */
export async function openKeypointsData(source: DatasetSource, config: SearchConfig, data: KeypointsDataConfig): Promise<SearchData> {
  const persons = asKeypointsSource(source);
  const ranked = await readRanking(persons, data);
  const { train, calibration, evaluation, close } = await openLoaders<KeypointsTransform>(source, config, data, {
    training: trainingTransform(data),
    ranking: evaluationTransform(data),
    trained: await persons.crops(data.trainSplit, 'ground-truth'),
    ranked: ranked.crops,
  });
  return {
    parts: {
      trainBatch: (index) => train.batch(index),
      calibrationBatch: (index) => calibration.batch(index),
      evaluation: { batches: evaluation.batchesPerEpoch, batch: (index) => evaluation.batch(index), truth: ranked.truth },
    },
    close,
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
  const all = source.imageIds(rankingSplit);
  const imageIds = rankingSamples === 0 ? all : sampleEvenly(all, rankingSamples);
  return {
    crops: await source.crops(rankingSplit, detections === '' ? 'ground-truth' : detections, { imageIds }),
    truth: source.truth(rankingSplit, imageIds),
  };
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

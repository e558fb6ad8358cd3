import { createMatches, matchPicture, type AreaRange, type Matches } from './keypoints-matching.ts';
import { EPSILON } from './keypoints-oks.ts';
import { scoredPictures, type KeypointsResult, type ScoredPicture } from './keypoints-results.ts';
import type { KeypointsTruth } from './keypoints-truth.ts';

/** The ten official figures, fractions; -1 where nothing counts. */
export interface KeypointsStats {
  readonly AP: number;
  readonly AP50: number;
  readonly AP75: number;
  readonly APM: number;
  readonly APL: number;
  readonly AR: number;
  readonly AR50: number;
  readonly AR75: number;
  readonly ARM: number;
  readonly ARL: number;
}

/** By similarity threshold .5, .55, ... .95; -1 where nothing counts. */
export interface ThresholdScores {
  readonly APperThreshold: readonly number[];
  readonly ARperThreshold: readonly number[];
}

export interface KeypointsScores {
  readonly stats: KeypointsStats;
  readonly byArea: { readonly all: ThresholdScores; readonly medium: ThresholdScores; readonly large: ThresholdScores };
}

/** As numpy's linspace makes them: the ninth is 0.8999999999999999. */
export const SIMILARITY_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) => 0.5 + i * ((0.95 - 0.5) / 9));
const RECALLS = Float64Array.from({ length: 101 }, (_, j) => j * 0.01);
const areaRanges = { all: [0, 1e10], medium: [32 ** 2, 96 ** 2], large: [96 ** 2, 1e10] } as const satisfies Record<string, AreaRange>;

/**
 * Average precision and recall of key points over a set, equal to the official tool's (cocoapi, cocoeval.py with iouType 'keypoints'): pictures
 * without persons count, crowds and persons without labelled joints are neither found nor missed. Throws what `scoredPictures` throws.
 */
export function scoreKeypoints(truth: KeypointsTruth, results: readonly KeypointsResult[]): KeypointsScores {
  return scorePictures(scoredPictures(truth, results));
}

export function scorePictures(pictures: readonly ScoredPicture[]): KeypointsScores {
  const ranks = ranksByScore(pictures);
  const scoresOf = (range: AreaRange): ThresholdScores => {
    const matches = createMatches(SIMILARITY_THRESHOLDS.length, ranks.length);
    let [wanted, first] = [0, 0];
    for (const picture of pictures) {
      const start = first;
      wanted += matchPicture(picture, SIMILARITY_THRESHOLDS, range, matches, (result) => ranks[start + result] as number);
      first += picture.results.length;
    }
    return accumulate(wanted, matches);
  };
  const [all, medium, large] = [scoresOf(areaRanges.all), scoresOf(areaRanges.medium), scoresOf(areaRanges.large)];
  const [p, r] = [all.APperThreshold, all.ARperThreshold];
  return {
    stats: {
      AP: meanOf(p),
      AP50: p[0] as number,
      AP75: p[5] as number,
      APM: meanOf(medium.APperThreshold),
      APL: meanOf(large.APperThreshold),
      AR: meanOf(r),
      AR50: r[0] as number,
      AR75: r[5] as number,
      ARM: meanOf(medium.ARperThreshold),
      ARL: meanOf(large.ARperThreshold),
    },
    byArea: { all, medium, large },
  };
}

/** The place of each result, picture by picture, among those of all pictures: best first; of equal scores that of the earlier picture. */
function ranksByScore(pictures: readonly ScoredPicture[]): Int32Array {
  const scores = Float64Array.from(pictures.flatMap(({ results }) => results.map(({ score }) => score)));
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const ranks = new Int32Array(order.length);
  order.forEach((result, rank) => {
    ranks[result] = rank;
  });
  return ranks;
}

function accumulate(wanted: number, { columns, personOf, isIgnored }: Matches): ThresholdScores {
  if (wanted === 0) return { APperThreshold: SIMILARITY_THRESHOLDS.map(() => -1), ARperThreshold: SIMILARITY_THRESHOLDS.map(() => -1) };
  const recalls = new Float64Array(columns);
  const precisions = new Float64Array(columns);
  const scores = SIMILARITY_THRESHOLDS.map((_, t) => {
    let right = 0;
    let wrong = 0;
    for (let i = 0; i < columns; i++) {
      if (isIgnored[t * columns + i] === 0) {
        if ((personOf[t * columns + i] as number) >= 0) right++;
        else wrong++;
      }
      recalls[i] = right / wanted;
      precisions[i] = right / (wrong + right + EPSILON);
    }
    return { precision: averagePrecision(recalls, precisions), recall: right / wanted };
  });
  return { APperThreshold: scores.map(({ precision }) => precision), ARperThreshold: scores.map(({ recall }) => recall) };
}

/** Mean over the 101 recalls of the best precision at that recall or a higher one, 0 where it is never reached. Changes `precisions`. */
function averagePrecision(recalls: Float64Array, precisions: Float64Array): number {
  for (let i = precisions.length - 1; i > 0; i--) {
    if ((precisions[i] as number) > (precisions[i - 1] as number)) precisions[i - 1] = precisions[i] as number;
  }
  let sum = 0;
  let i = 0;
  for (const recall of RECALLS) {
    while (i < recalls.length && (recalls[i] as number) < recall) i++;
    if (i === recalls.length) break;
    sum += precisions[i] as number;
  }
  return sum / RECALLS.length;
}

/** Over the entries that count. */
function meanOf(values: readonly number[]): number {
  const counted = values.filter((value) => value > -1);
  return counted.length === 0 ? -1 : counted.reduce((sum, value) => sum + value, 0) / counted.length;
}

import { EngineError } from '../error.ts';
import { COCO_SIGMAS } from './keypoints-joints.ts';
import { objectKeypointSimilarity } from './keypoints-oks.ts';
import type { KeypointsTruth, TruePerson } from './keypoints-truth.ts';

/** One predicted person, as COCO's result files name it. */
export interface KeypointsResult {
  readonly imageId: number;
  readonly score: number;
  /** x, y, score of each of the 17 joints. */
  readonly keypoints: ArrayLike<number>;
  /** [x, y, width, height] px. */
  readonly box?: readonly number[] | undefined;
}

/** Of each picture the persons, and its best results; what all scores are made of. */
export interface ScoredPicture {
  readonly imageId: number;
  /** In the order of the truth. */
  readonly persons: readonly TruePerson[];
  /** Best first, at most `MAX_RESULTS`; of equal scores the one that came earlier. */
  readonly results: readonly ScoredResult[];
  /** Similarities [results, persons]. */
  readonly similarities: readonly number[];
}

export interface ScoredResult {
  readonly score: number;
  readonly areaPx2: number;
  readonly keypoints: ArrayLike<number>;
  /** Highest similarity to any person of the picture, -1 without persons. */
  readonly highest: number;
}

/** Of one picture; further ones are left out before anything is matched (cocoeval, maxDets for key points). */
export const MAX_RESULTS = 20;
const VALUES = 3 * COCO_SIGMAS.length;

/**
 * Persons and results by picture, ascending by its id. When the first result has a box, all areas are those of the boxes, else of what the joints
 * extend over, unlabelled ones too (cocoapi, loadRes). Throws EngineError 'metric-truth' for a person with the id 0 (it could not be matched), an
 * id that comes twice or another number of joints, and 'metric-results' for a picture that the truth has not, another number of joints, a missing
 * box or a value that is no number.
 */
export function scoredPictures(truth: KeypointsTruth, results: readonly KeypointsResult[]): readonly ScoredPicture[] {
  checkPersons(truth);
  const hasBoxes = (results[0]?.box?.length ?? 0) > 0;
  const known = new Set(truth.imageIds);
  results.forEach((result, i) => {
    checkResult(result, i, known, hasBoxes);
  });
  const personsOf = Map.groupBy(truth.persons, ({ imageId }) => imageId);
  const resultsOf = Map.groupBy(results, ({ imageId }) => imageId);
  return [...known]
    .sort((a, b) => a - b)
    .map((imageId) => {
      const persons = personsOf.get(imageId) ?? [];
      const best = [...(resultsOf.get(imageId) ?? [])].sort((a, b) => b.score - a.score).slice(0, MAX_RESULTS);
      const similarities: number[] = [];
      const scored = best.map(({ score, keypoints, box }): ScoredResult => {
        let highest = -1;
        for (const person of persons) {
          const similarity = objectKeypointSimilarity(person, keypoints);
          similarities.push(similarity);
          highest = Math.max(highest, similarity);
        }
        return { score, keypoints, areaPx2: hasBoxes ? boxArea(box) : extentArea(keypoints), highest };
      });
      return { imageId, persons, results: scored, similarities };
    });
}

function boxArea(box: readonly number[] | undefined): number {
  return (box?.[2] ?? 0) * (box?.[3] ?? 0);
}

function extentArea(keypoints: ArrayLike<number>): number {
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (let i = 0; i < VALUES; i += 3) {
    const x = keypoints[i] as number;
    const y = keypoints[i + 1] as number;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return (right - left) * (bottom - top);
}

function checkPersons({ persons, imageIds }: KeypointsTruth): void {
  const seen = new Set<number>();
  const known = new Set(imageIds);
  for (const { id, imageId, keypoints } of persons) {
    const name = `annotation ${id} of image ${imageId}`;
    if (id === 0) fail('metric-truth', `${name} has the id 0; the official score cannot match it`, 'Number the annotations from 1.');
    if (seen.has(id)) fail('metric-truth', `the annotation id ${id} comes twice; expected one annotation an id`);
    if (!known.has(imageId)) fail('metric-truth', `${name}: there is no such image`);
    if (keypoints.length !== VALUES) fail('metric-truth', `${name} has ${keypoints.length} key point values; expected ${VALUES}`, only17);
    seen.add(id);
  }
}

function checkResult(
  { imageId, keypoints, score, box }: KeypointsResult,
  index: number,
  known: ReadonlySet<number>,
  hasBoxes: boolean,
): void {
  const name = `result ${index + 1} (image ${imageId})`;
  if (!known.has(imageId))
    fail('metric-results', `${name}: the truth has no such image`, 'Give results of the same split as the annotations.');
  if (keypoints.length !== VALUES) fail('metric-results', `${name} has ${keypoints.length} key point values; expected ${VALUES}`, only17);
  if (!Number.isFinite(score)) fail('metric-results', `${name}: the score is ${score}; expected a number`);
  if (hasBoxes && box?.length !== 4) {
    fail('metric-results', `${name} has no bbox of 4 numbers; expected one, as the first result has`, 'Give every result a bbox, or none.');
  }
  for (let i = 0; i < VALUES; i++) {
    if (!Number.isFinite(keypoints[i]))
      fail('metric-results', `${name}: key point value ${i + 1} is ${String(keypoints[i])}; expected a number`);
  }
}

const only17 = 'The official score knows the 17 joints of COCO: x, y and visibility or score of each.';

function fail(code: string, what: string, tip?: string): never {
  throw new EngineError(code, `key point scores: ${what}.`, tip === undefined ? {} : { tip });
}

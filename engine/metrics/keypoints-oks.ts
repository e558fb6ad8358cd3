import { COCO_SIGMAS } from './keypoints-joints.ts';
import type { TruePerson } from './keypoints-truth.ts';

/** The distance between 1 and the next number: keeps the official divisions away from 0. */
export const EPSILON = 2 ** -52;

/** Twice the square of the official tool's k = 2 sigma, by joint. */
const doubledSquares = Float64Array.from(COCO_SIGMAS, (sigma) => 2 * (2 * sigma) ** 2);
const JOINTS = COCO_SIGMAS.length;

/**
 * Object key point similarity of a predicted person to a labelled one (cocoeval, computeOks): the mean of exp(-e) over the labelled joints, e the
 * squared distance over 2 k^2 and the person's area. A person without a labelled joint is as near as the predicted joints are to its box, grown
 * by its own width and height to each side; all joints count then. `predicted`: x, y, score of each joint.
 */
export function objectKeypointSimilarity(truth: TruePerson, predicted: ArrayLike<number>): number {
  const area = truth.areaPx2 + EPSILON;
  const labels = truth.keypoints;
  let sum = 0;
  let count = 0;
  for (let joint = 0; joint < JOINTS; joint++) {
    if ((labels[3 * joint + 2] as number) <= 0) continue;
    count++;
    sum += jointTerm(predicted, labels, joint, area);
  }
  return count > 0 ? sum / count : similarityToBox(truth, predicted, area);
}

/** exp(-e) of each joint: 1 where it lies exactly. Of joints without a label it says nothing. [joints] */
export function jointSimilarities(truth: TruePerson, predicted: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: JOINTS }, (_, joint) => jointTerm(predicted, truth.keypoints, joint, truth.areaPx2 + EPSILON));
}

function jointTerm(predicted: ArrayLike<number>, labels: readonly number[], joint: number, area: number): number {
  const dx = (predicted[3 * joint] as number) - (labels[3 * joint] as number);
  const dy = (predicted[3 * joint + 1] as number) - (labels[3 * joint + 1] as number);
  return Math.exp(-(dx * dx + dy * dy) / (doubledSquares[joint] as number) / area);
}

function similarityToBox({ box: [x, y, width, height] }: TruePerson, predicted: ArrayLike<number>, area: number): number {
  let sum = 0;
  for (let joint = 0; joint < JOINTS; joint++) {
    const dx = distanceToRange(predicted[3 * joint] as number, x - width, x + 2 * width);
    const dy = distanceToRange(predicted[3 * joint + 1] as number, y - height, y + 2 * height);
    sum += Math.exp(-(dx * dx + dy * dy) / (doubledSquares[joint] as number) / area);
  }
  return sum / JOINTS;
}

function distanceToRange(value: number, low: number, high: number): number {
  return Math.max(0, low - value) + Math.max(0, value - high);
}

/** Of two predicted persons with the areas of their crops: over all joints, with the mean of both areas (HRNet, lib/nms/nms.py). */
export function similarityOfPredictions(a: ArrayLike<number>, areaA: number, b: ArrayLike<number>, areaB: number): number {
  const area = (areaA + areaB) / 2 + EPSILON;
  let sum = 0;
  for (let joint = 0; joint < JOINTS; joint++) {
    const dx = (a[3 * joint] as number) - (b[3 * joint] as number);
    const dy = (a[3 * joint + 1] as number) - (b[3 * joint + 1] as number);
    sum += Math.exp(-(dx * dx + dy * dy) / (doubledSquares[joint] as number) / area);
  }
  return sum / JOINTS;
}

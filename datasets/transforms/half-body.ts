import { drawNormal, type Random } from '../random.ts';
import type { Crop } from './affine.ts';
import type { Joint } from './joints.ts';
import { paddedScale } from './person-box.ts';

export interface HalfBody {
  readonly probability: number;
  /** Only persons with more labelled joints than this are cut. */
  readonly minJoints: number;
}

const JOINTS_PADDING = 1.5;

/**
 * Now and then the crop of the upper or the lower body in place of `crop`: about the mean of its labelled joints, 1.5 times their extent (HRNet,
 * lib/dataset/JointsDataset.py). `isUpper` tells the joints apart. The side is drawn with a normal number below 0.5, so that the upper body is
 * taken in 69 % of the cases.
 */
export function cropHalfBody(
  crop: Crop,
  joints: readonly Joint[],
  isUpper: (joint: number) => boolean,
  aspect: number,
  { probability, minJoints }: HalfBody,
  random: Random,
): Crop {
  const labelled = joints.filter(({ isLabelled }) => isLabelled).length;
  if (labelled <= minJoints || !random.chance(probability)) return crop;
  const upper = joints.filter(({ isLabelled }, i) => isLabelled && isUpper(i));
  const lower = joints.filter(({ isLabelled }, i) => isLabelled && !isUpper(i));
  const wantsUpper = drawNormal(random) < 0.5;
  const chosen = (wantsUpper && upper.length > 2) || lower.length <= 2 ? upper : lower;
  return chosen.length < 2 ? crop : cropOfJoints(chosen, aspect);
}

function cropOfJoints(joints: readonly Joint[], aspect: number): Crop {
  const xs = joints.map(({ x }) => x);
  const ys = joints.map(({ y }) => y);
  const extent = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { centre: [mean(xs), mean(ys)], scale: paddedScale(extent(xs), extent(ys), aspect, JOINTS_PADDING) };
}

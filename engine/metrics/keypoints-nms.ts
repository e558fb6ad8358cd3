import { PIXELS_PER_SCALE } from './keypoints-decode.ts';
import { similarityOfPredictions } from './keypoints-oks.ts';

/** A person as a network saw it. */
export interface Pose {
  readonly imageId: number;
  /** Of the box and the joints together. */
  readonly score: number;
  /** x, y, score of each joint. */
  readonly keypoints: ArrayLike<number>;
  /** Of its crop. */
  readonly areaPx2: number;
}

/** Of a crop with the scale [width, height] in units of 200 px. */
export function cropAreaPx2([width, height]: readonly [number, number]): number {
  return width * PIXELS_PER_SCALE * height * PIXELS_PER_SCALE;
}

/** The box's score times the mean score of the joints above `visibleThreshold`; 0 when none is (HRNet, lib/dataset/coco.py). */
export function personScore(boxScore: number, keypoints: ArrayLike<number>, visibleThreshold: number): number {
  let [sum, count] = [0, 0];
  for (let i = 2; i < keypoints.length; i += 3) {
    const score = keypoints[i] as number;
    if (!(score > visibleThreshold)) continue;
    sum += score;
    count++;
  }
  return count === 0 ? 0 : (boxScore * sum) / count;
}

/**
 * Of the persons of one picture those that stay, best first (HRNet, lib/nms/nms.py): one that is more alike than `threshold` to a better one that
 * stays is dropped. Of equal scores the earlier one is better. HRNet keeps all of a picture's persons when none stays; the best one always does.
 */
export function suppressAlike<P extends Pose>(poses: readonly P[], threshold: number): readonly P[] {
  const kept: P[] = [];
  for (const pose of [...poses].sort((a, b) => b.score - a.score)) {
    const isAlike = kept.some(
      (better) => similarityOfPredictions(better.keypoints, better.areaPx2, pose.keypoints, pose.areaPx2) > threshold,
    );
    if (!isAlike) kept.push(pose);
  }
  return kept;
}

/** The same within each picture of many; pictures in the order in which they first come. */
export function suppressAlikeByPicture<P extends Pose>(poses: readonly P[], threshold: number): readonly P[] {
  return [...Map.groupBy(poses, ({ imageId }) => imageId).values()].flatMap((own) => suppressAlike(own, threshold));
}

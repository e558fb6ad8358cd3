import type { Pose } from '../../../engine/metrics/keypoints-nms.ts';

/** A predicted person as COCO's result files name it (cocodataset.org, results format, key points). JSON. */
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: 1;
  /** x, y, score of each joint; px of the picture, from 0. */
  readonly keypoints: readonly number[];
  readonly score: number;
}

/** Without a box: areas then follow from the joints, as in the results that HRNet hands in. */
export function cocoResult({ imageId, keypoints, score }: Pose): CocoResult {
  return { image_id: imageId, category_id: 1, keypoints: Array.from(keypoints), score };
}

/** The labelled persons of a split as the official scores need them (COCO, person_keypoints_*.json). Plain data. */
export interface KeypointsTruth {
  /** Ids of the pictures, ascending. */
  readonly imageIds: readonly number[];
  readonly persons: readonly TruePerson[];
}

export interface TruePerson {
  /** Above 0. */
  readonly id: number;
  readonly imageId: number;
  /** [x, y, width, height] px. */
  readonly box: readonly [number, number, number, number];
  /** Of the mask, square px. */
  readonly areaPx2: number;
  readonly isCrowd: boolean;
  /** As the file says it. */
  readonly labelledJoints: number;
  /** x, y, visibility (0 not labelled, 1 hidden, 2 visible) of each joint. */
  readonly keypoints: readonly number[];
}

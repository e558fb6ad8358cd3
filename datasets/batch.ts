/** Pictures as one training or evaluation step takes them. */
interface PictureBatch {
  readonly step: number;
  /** Number of samples; the last batch of a sequential pass may be smaller. */
  readonly size: number;
  readonly height: number;
  readonly width: number;
  /** [size, height, width, 3], normalised. */
  readonly images: Float32Array;
  readonly keys: readonly string[];
}

export interface SegmentationBatch extends PictureBatch {
  readonly kind: 'segmentation';
  /** [height, width] of the pictures at the top left of `images`, where the rest is padding that is not judged. */
  readonly picture?: readonly [height: number, width: number];
  readonly labelHeight: number;
  readonly labelWidth: number;
  /** Train ids [size, labelHeight, labelWidth], 255 = ignored; empty when no sample has labels. */
  readonly labels: Uint8Array;
}

/** Persons, each in a crop of its own. */
export interface KeypointsBatch extends PictureBatch {
  readonly kind: 'keypoints';
  readonly heatHeight: number;
  readonly heatWidth: number;
  readonly joints: number;
  /** [size, heatHeight, heatWidth, joints], peak 1. */
  readonly targets: Float32Array;
  /** [size, joints]: 0 where a joint is not labelled or lies outside. */
  readonly targetWeights: Float32Array;
  readonly persons: readonly CroppedPerson[];
}

/** Where a crop lies in its picture. */
export interface CroppedPerson {
  readonly imageId: number;
  /** [x, y] px. */
  readonly centre: readonly [number, number];
  /** [width, height] of the crop in units of 200 px. */
  readonly scale: readonly [number, number];
  /** Of the box: 1 for labelled ones, else the detector's. */
  readonly score: number;
}

export type Batch = SegmentationBatch | KeypointsBatch;

/** Where a sample stands in the order; its random changes follow from it. */
export interface BatchItem {
  readonly split: string;
  readonly index: number;
  readonly epoch: number;
}

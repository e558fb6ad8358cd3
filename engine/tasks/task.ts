import type { Scalar, Tensor } from '../backend/tf.ts';

/** Pictures as the loader stacks them; the same shapes as in datasets/batch.ts, checked where both are wired. */
interface PictureBatch {
  /** Number of pictures (of persons, where each is cropped). */
  readonly size: number;
  /** Of the pictures, px. */
  readonly height: number;
  readonly width: number;
  /** [size, height, width, 3], normalised, row-major. */
  readonly images: Float32Array;
}

export interface SegmentationBatch extends PictureBatch {
  readonly kind: 'segmentation';
  /** [height, width] of the pictures at the top left of `images`, where the rest is padding that is not judged. */
  readonly picture?: readonly [height: number, width: number];
  readonly labelHeight: number;
  readonly labelWidth: number;
  /** [size, labelHeight, labelWidth], train ids, 255 = ignored. */
  readonly labels: Uint8Array;
  /** What a frozen backbone made of the pictures; stands in for them where it is given, and `images` are empty then. */
  readonly features?: FeatureMaps;
}

/** [size, height, width, channels]. */
export interface FeatureMaps {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Float32Array;
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

/** A batch on the backend. Whoever collates it disposes all of it. */
export interface CollatedBatch {
  readonly inputs: Tensor;
  /** In the order in which the task's loss takes them. */
  readonly targets: readonly Tensor[];
}

/** Accumulates predictions of a whole split, then says the metrics. One per evaluation. */
export interface Evaluator<B extends Batch = Batch> {
  /** `outputs` are those of `evaluationInputs(batch)` and stay the caller's. */
  add(outputs: Tensor, batch: B): Promise<void>;
  /** The value is a fraction 0..1, NaN when nothing was seen. The first is the one that ranks. */
  metrics(): readonly { readonly name: string; readonly value: number }[];
  /** Figures beside the metrics, by name (IoU of each class). JSON. */
  details(): Readonly<Record<string, unknown>>;
}

/** What a network is trained and judged for. Stateless. */
export interface Task<B extends Batch = Batch> {
  readonly id: B['kind'];
  readonly metric: { readonly name: string; readonly direction: 'up' | 'down' };
  collate(batch: B): CollatedBatch;
  /** What the network is shown when it is judged: the pictures, and behind them their mirror images where those are averaged. The caller disposes it. */
  evaluationInputs(batch: B): Tensor;
  /** Differentiable in `outputs`; inside the caller's tidy. */
  loss(outputs: Tensor, targets: readonly Tensor[]): Scalar;
  evaluator(): Evaluator<B>;
}

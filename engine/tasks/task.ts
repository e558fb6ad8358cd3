import type { Scalar, Tensor } from '../backend/tf.ts';

/** Images and labels as the loader makes them; the same shape as datasets/batch.ts, checked where both are wired. */
export interface SegmentationBatch {
  /** Number of images. */
  readonly size: number;
  readonly height: number;
  readonly width: number;
  /** [size, height, width, 3], normalised, row-major. */
  readonly images: Float32Array;
  readonly labelHeight: number;
  readonly labelWidth: number;
  /** [size, labelHeight, labelWidth], train ids, 255 = ignored. */
  readonly labels: Uint8Array;
}

/** A batch on the backend. Whoever collates it disposes both. */
export interface CollatedBatch {
  readonly inputs: Tensor;
  readonly targets: Tensor;
}

/** Accumulates predictions of a whole split, then says the metrics. One per evaluation. */
export interface Evaluator<B> {
  /** `outputs` stay the caller's. */
  add(outputs: Tensor, batch: B): Promise<void>;
  /** The value is a fraction 0..1, NaN when nothing was seen. */
  metrics(): readonly { readonly name: string; readonly value: number }[];
  /** Figures beside the metrics, by name (IoU of each class). JSON. */
  details(): Readonly<Record<string, unknown>>;
}

/** What a network is trained and judged for. Stateless. */
export interface Task<B> {
  readonly id: string;
  readonly metric: { readonly name: string; readonly direction: 'up' | 'down' };
  collate(batch: B): CollatedBatch;
  /** Differentiable in `outputs`; inside the caller's tidy. */
  loss(outputs: Tensor, targets: Tensor): Scalar;
  evaluator(): Evaluator<B>;
}

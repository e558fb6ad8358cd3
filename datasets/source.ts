/**
 * Samples as typed arrays: a data set knows files and labels, never tensors.
 * Pixels are row-major; RGB is interleaved [height, width, 3], 8 bits a channel.
 */
export interface SegmentationSample {
  readonly kind: 'segmentation';
  readonly key: string;
  readonly height: number;
  readonly width: number;
  readonly rgb: Uint8Array;
  /** Train ids, 255 = ignored. Empty when the split has no labels. */
  readonly labels: Uint8Array;
}

/** A picture with the persons that are looked at: all of them, or the one that a crop is made for. */
export interface KeypointsSample {
  readonly kind: 'keypoints';
  readonly key: string;
  readonly height: number;
  readonly width: number;
  readonly rgb: Uint8Array;
  /** As the annotation file names it. */
  readonly imageId: number;
  readonly persons: readonly PersonLabel[];
}

export interface PersonLabel {
  /** Of the annotation; 0 for a detected box. */
  readonly id: number;
  /** [x, y, width, height] px. */
  readonly box: readonly [number, number, number, number];
  /** x, y, visibility (0 not labelled, 1 hidden, 2 visible) of each joint; empty for a detected box. */
  readonly keypoints: readonly number[];
  readonly areaPx2: number;
  readonly isCrowd: boolean;
  readonly labelledJoints: number;
  /** Of the box: 1 for labelled ones. */
  readonly score: number;
  /** Where a crowd is, as run lengths (see coco-keypoints/rle.ts). */
  readonly mask?: { readonly height: number; readonly width: number; readonly counts: readonly number[] };
}

export interface PointsSample {
  readonly kind: 'points';
  readonly key: string;
}

export interface ClassSample {
  readonly kind: 'class';
  readonly key: string;
}

export type Sample = SegmentationSample | KeypointsSample | PointsSample | ClassSample;

export interface ClassInfo {
  /** Train id. */
  readonly id: number;
  readonly name: string;
  readonly color: readonly [number, number, number];
  /** Ids in the files. */
  readonly rawIds: readonly number[];
}

export interface DatasetInfo {
  readonly kind: string;
  readonly task: Sample['kind'];
  readonly root: string;
  readonly classes: readonly ClassInfo[];
  readonly splits: Readonly<Record<string, number>>;
  /** SHA-256 over the sorted lines `relpath\tsize`. */
  readonly fingerprint: string;
  /** Drawn by a program: for trying things out, never for published figures. */
  readonly isSynthetic: boolean;
}

/** Names one sample's files. `kind` says which data set's reader understands it. */
export interface ItemRef {
  readonly kind: string;
  readonly key: string;
}

/** Random access to one registered folder. `read` may be called many times at once; samples never share buffers. */
export interface DatasetSource<S extends Sample = Sample> {
  readonly info: DatasetInfo;
  size(split: string): number;
  key(split: string, index: number): string;
  /** What another thread needs to read the sample (plain data, see datasets/catalog.ts). Absent when only `read` can. */
  itemRef?(split: string, index: number): ItemRef;
  read(split: string, index: number): Promise<S>;
  close(): Promise<void>;
}

/** The same shape as in the other parts: code, what happened, what to do. */
export class DatasetError extends Error {
  readonly code: string;
  readonly tip: string | undefined;

  constructor(code: string, message: string, options: { readonly tip?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DatasetError';
    this.code = code;
    this.tip = options.tip;
  }
}

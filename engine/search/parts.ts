import type { KeypointsTruth } from '../metrics/keypoints-truth.ts';
import type { LatencyModel } from '../cost/latency-model.ts';
import type { Architecture } from '../spaces/search-space.ts';
import type { Batch, SegmentationBatch } from '../tasks/task.ts';
import type { CheckpointFile, TrialResult } from './events.ts';

/**
 * What a search is given by whoever runs it. Batches are random access by number, so that what a step sees follows from the
 * config alone; nothing here remembers how far the search is.
 */
export interface SearchParts {
  readonly backend: { readonly id: string; memory(): { readonly bytes: number; readonly tensors: number } };
  /**
   * How often a step must run on one network for compiling it to pay, as measured when the experiment began and kept with it; undefined: steps
   * are not compiled.
   */
  readonly compileFrom?: number | undefined;
  /** Predicts latencies on the device of `strategy.latencyProfile`, as it was when the experiment began; undefined where none is named. */
  readonly latency?: LatencyModel | undefined;
  /** The augmented batch number `index` (0, 1, ...) of the training split; the same number gives the same batch. */
  trainBatch(index: number): Promise<Batch>;
  /** Augmented training batches of `evaluate.calibrationBatchSize` from a stream of their own. */
  calibrationBatch(index: number): Promise<Batch>;
  /** The ranking split without augmentation; the last batch may be smaller. */
  readonly evaluation: {
    readonly batches: number;
    batch(index: number): Promise<Batch>;
    /** What predictions of key points are scored against: all persons of the split's pictures, those without labels and crowds as well. */
    readonly truth?: KeypointsTruth;
  };
  /** What cells on a frozen backbone are trained on; there when `proxy.id` is 'frozen-backbone'. */
  readonly frozen?: FrozenParts;
  /** The file that `strategy.weights` names; asked for only when it names one. */
  initialWeights(): Promise<Uint8Array>;
  /** Returns when the file is completely and durably written. `name` is a plain file name. */
  saveFile(name: string, bytes: Uint8Array): Promise<CheckpointFile>;
  /** `file` is the path that `saveFile` returned. */
  readFile(file: string): Promise<Uint8Array>;
  /** Lets messages and timers of the process run (setImmediate in Node); called between steps. */
  yieldToEvents(): Promise<void>;
}

export type PictureSplit = 'train' | 'calibration' | 'evaluation';

/** The pictures of the proxy task of DPC, whose features are computed once and kept. */
export interface FrozenParts {
  /** Batches as those of the parts, but training pictures come in `proxy.variants` forms, again and again. */
  batch(split: PictureSplit, index: number): Promise<SegmentationBatch>;
  /**
   * A text for each picture of that batch, without reading it: what decides its pixels and labels. Where two are equal, so are the pictures, also
   * in other searches.
   */
  keys(split: PictureSplit, index: number): readonly string[];
  /** The file that `proxy.weights` names; asked for only when it names one. */
  weights(): Promise<Uint8Array>;
  readonly store: FeatureStore;
}

/** Records of features by key, shared by the searches of one home. Which bytes belong to a key the search decides alone. */
export interface FeatureStore {
  /** What was written; undefined when there is nothing or it is damaged. */
  read(key: string): Promise<Uint8Array | undefined>;
  /** Whole or not at all. Returns false, and writes nothing, when there is no room left. */
  write(key: string, bytes: Uint8Array): Promise<boolean>;
}

/** Asked between steps; an AbortSignal fits. */
export interface StopSignal {
  readonly aborted: boolean;
}

/** A 'state' event as it was stored. */
export interface ResumePoint {
  readonly phaseIndex: number;
  readonly step: number;
  readonly state: Readonly<Record<string, unknown>>;
  /** Path that `readFile` takes. */
  readonly file: string;
}

/** A network whose training failed: it has no score, and no strategy proposes it again. */
export interface FailedTrial {
  readonly number: number;
  readonly arch: Architecture;
  readonly hash: string;
}

/** How far an earlier run came; empty for a new search. */
export interface SearchProgress {
  readonly finishedTrials: readonly TrialResult[];
  readonly failedTrials?: readonly FailedTrial[];
  /** The newest state event. */
  readonly state?: ResumePoint;
  /** States with `keep`, by name. */
  readonly kept: Readonly<Record<string, ResumePoint>>;
}

export const noProgress: SearchProgress = { finishedTrials: [], kept: {} };

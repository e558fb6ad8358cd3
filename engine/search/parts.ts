import type { KeypointsTruth } from '../metrics/keypoints-truth.ts';
import type { Batch } from '../tasks/task.ts';
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
  /** The file that `strategy.weights` names; asked for only when it names one. */
  initialWeights(): Promise<Uint8Array>;
  /** Returns when the file is completely and durably written. `name` is a plain file name. */
  saveFile(name: string, bytes: Uint8Array): Promise<CheckpointFile>;
  /** `file` is the path that `saveFile` returned. */
  readFile(file: string): Promise<Uint8Array>;
  /** Lets messages and timers of the process run (setImmediate in Node); called between steps. */
  yieldToEvents(): Promise<void>;
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

/** How far an earlier run came; empty for a new search. */
export interface SearchProgress {
  readonly finishedTrials: readonly TrialResult[];
  /** The newest state event. */
  readonly state?: ResumePoint;
  /** States with `keep`, by name. */
  readonly kept: Readonly<Record<string, ResumePoint>>;
}

export const noProgress: SearchProgress = { finishedTrials: [], kept: {} };

import type { Architecture } from '../spaces/search-space.ts';

/** Multiply-accumulates and sizes of one network for one input; arithmetic only. */
export interface Cost {
  readonly macs: number;
  readonly params: number;
  readonly activationBytes: number;
  /** Input shape [height, width, channels]. */
  readonly input: readonly number[];
  readonly scope: 'full' | 'backbone' | 'head';
}

export interface Metric {
  readonly name: string;
  /** A fraction 0..1 for accuracies; NaN is written as null. */
  readonly value: number | null;
  readonly split: string;
  /** proxy: inherited weights or few steps; retrained: the final recipe; measured: by the clock. */
  readonly kind: 'proxy' | 'retrained' | 'measured';
}

/** One architecture, evaluated. A finished record is never changed. */
export interface TrialResult {
  readonly number: number;
  readonly arch: Architecture;
  /** Content hash of the canonical architecture. */
  readonly hash: string;
  readonly cost: Cost;
  readonly metrics: readonly Metric[];
  /** Training steps that its weights have seen. */
  readonly steps: number;
  readonly seed: number;
  readonly parents?: readonly number[];
  readonly operator?: string;
  /** Which continuation of the search it belongs to, e.g. 'rho=0.0002'. */
  readonly series?: string;
  /** 'front': the end of a run, drawn as a point of the front; 'trajectory': on the way, drawn lightly; 'reference': compared against, outside the front. */
  readonly role: 'front' | 'trajectory' | 'reference';
  /** What a strategy's view needs (alive channels and tokens per block, penalties, ...). JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Names a weight file that was completely written before the event was sent. */
export interface CheckpointFile {
  /** Path relative to the experiment's folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * What a search says, in order; events go one way. Whoever stores them makes each durable before the next is asked for.
 * 'state' is the point to resume from: resuming takes the newest one, everything after it is redone and comes out the same.
 */
export type SearchEvent =
  | { readonly type: 'plan'; readonly phases: readonly { readonly name: string; readonly steps: number }[]; readonly totalSteps: number }
  | { readonly type: 'phase'; readonly index: number; readonly name: string; readonly steps: number }
  | {
      readonly type: 'scalars';
      /** Steps done over all phases. */
      readonly step: number;
      readonly phase: string;
      readonly values: Readonly<Record<string, number>>;
    }
  | { readonly type: 'trial-started'; readonly number: number; readonly arch: Architecture; readonly hash: string }
  | { readonly type: 'trial-finished'; readonly trial: TrialResult; readonly weights?: CheckpointFile }
  | { readonly type: 'trial-failed'; readonly number: number; readonly code: string; readonly message: string; readonly tip?: string }
  | {
      readonly type: 'state';
      readonly step: number;
      readonly phaseIndex: number;
      /** Resume point of a phase (JSON) and its weight file. */
      readonly state: Readonly<Record<string, unknown>>;
      readonly checkpoint: CheckpointFile;
      /** Kept after newer states exist (the end of a warm-up that several continuations start from). */
      readonly keep: boolean;
      readonly name: string;
    }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly message: string; readonly values?: Readonly<Record<string, unknown>> }
  | { readonly type: 'stopped'; readonly step: number }
  | { readonly type: 'finished'; readonly step: number };

import type { Rng } from '../rng.ts';
import type { Architecture, SearchSpace } from '../spaces/search-space.ts';

/** What a strategy may know of a finished trial. */
export interface FinishedTrial {
  readonly number: number;
  readonly arch: Architecture;
  readonly hash: string;
  /** The ranking metric; NaN when the trial failed. */
  readonly value: number;
}

export interface LatencyLimit {
  /** Milliseconds on the device of the profile; undefined where the profile lacks a layer of it: such a network is not proposed. */
  predictMs(arch: Architecture): number | undefined;
  /** Included. */
  readonly maxMs: number;
}

export interface StrategyContext {
  readonly space: SearchSpace;
  readonly settings: Architecture['settings'];
  readonly trialNumber: number;
  /** By number; the caller passes what is finished, never what is running. */
  readonly finished: readonly FinishedTrial[];
  /** Multiply-accumulates at the search's input; arithmetic only. */
  macs(arch: Architecture): number;
  /** Content hash of the canonical architecture. */
  hash(arch: Architecture): string;
  /** [lower, upper], both included. */
  readonly macsLimits: readonly [number, number];
  /** The limit by predicted latency, where there is one. */
  readonly latency?: LatencyLimit | undefined;
  /** The stream of this trial; the same history and stream give the same proposal. */
  readonly rng: Rng;
}

export interface Proposal {
  readonly arch: Architecture;
  readonly parents?: readonly number[];
  readonly operator?: string;
}

/**
 * Says which architecture to try next. Called once before each trial. A pure function of its argument: it keeps nothing, never
 * repeats an architecture of `finished`, stays within the limits, and returns undefined when it finds none in a bounded search.
 */
export interface Strategy {
  readonly id: string;
  propose(context: StrategyContext): Proposal | undefined;
}

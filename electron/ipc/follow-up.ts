import type { Json, TrialResultRecord } from '../../db/store.ts';
import type { ExperimentView } from './contract.ts';

/** What follows a search: training its finds by the final recipe, and checking that it comes out the same again. */
export interface FollowUpApi {
  /**
   * Trains a found network from scratch, once for each seed, one after the other: each is an experiment of its own that names its origin and can
   * be stopped and resumed. Its score is kept with the trial (kind 'retrained') when it is complete, and then the next seed begins.
   * Resolves when the first has started. Rejects with 'unknown-trial', 'retrain-running', 'invalid-config', and as `startSearch` does.
   */
  retrain(request: RetrainRequest): Promise<Retraining>;
  /** Where the retraining of a trial stands. */
  retraining(experiment: string, trial: number): Promise<Retraining>;
  /** Adds results to a trial: those of retrainings and of the clock. */
  keepTrialResults(experiment: string, trial: number, results: readonly TrialResult[]): Promise<void>;
  /**
   * A job: repeats a finished experiment from its configuration and seed on this machine, compares trial by trial and stops at the first
   * difference. Takes as long as the experiment took; nothing of the repetition is kept. Rejects with 'not-finished', and as `startSearch` does.
   */
  replay(experiment: string): Promise<ReplayReport>;
}

export type TrialResult = Omit<TrialResultRecord, 'experiment' | 'number' | 'createdAt'>;

export interface RetrainRequest {
  readonly experiment: string;
  readonly trial: number;
  /** How many seeds (1 to 20): 0, 1, ...; or these. Default 1. */
  readonly seeds?: number | readonly number[];
  /** Training steps; by default those of the experiment's own schedule from the first step to the end of one continuation. */
  readonly steps?: number;
  /** Changes of the configuration at dotted paths. */
  readonly set?: readonly (readonly [string, Json])[];
  readonly backend?: string;
  readonly threads?: number;
}

/** Stands in the environment of an experiment that retrains a trial of another one. */
export interface RetrainOf {
  readonly experiment: string;
  readonly trial: number;
  readonly seed: number;
  /** Seeds that follow when this one is complete. */
  readonly later: readonly number[];
}

export interface Retraining {
  readonly experiment: string;
  readonly trial: number;
  /** By the time of their start. */
  readonly runs: readonly ExperimentView[];
  readonly results: readonly TrialResult[];
  /** Seeds that have not begun. */
  readonly waiting: readonly number[];
  /** The results over their seeds, a metric and split each. */
  readonly scores: readonly RetrainedScore[];
  /** What one more seed takes when nothing else is asked for. */
  readonly usual: RetrainCost;
}

export interface RetrainedScore {
  readonly name: string;
  readonly split: string;
  readonly mean: number;
  /** Sample standard deviation; absent with one seed. */
  readonly sd?: number;
  readonly seeds: number;
}

export interface RetrainCost {
  readonly steps: number;
  /** Pace of the last steps of the trial's last retraining, else of the search (whose network is the larger one); absent where none was told. */
  readonly secondsPerStep?: number;
}

export interface ReplayReport {
  readonly experiment: string;
  /** Trials that came out again, all of them when `isEqual`. */
  readonly compared: number;
  readonly isEqual: boolean;
  readonly firstDifference?: {
    readonly trial: number;
    /** 'architecture', 'metrics', 'missing', 'extra'. */
    readonly what: string;
    readonly before: string;
    readonly now: string;
  };
  readonly seconds: number;
}

/**
 * What the lab remembers, as whole operations. Payloads are JSON; the store knows nothing of engines or tensors.
 *
 * Promises of every implementation:
 * - an operation that returned is durable (survives `kill -9`) and atomic: it happened whole or not at all;
 * - a finished record (experiment or trial, complete or failed) is never changed: such a call throws StoreError 'finished';
 *   annotations (name, tags, note; of a trial also star, shortlist, exclusion) stand beside it and may change;
 * - numbers of trials are given by the caller; a trial that was cut off keeps its number and gets `attempt + 1`;
 * - scalars after the resume point are replaced when they are written again.
 */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type ExperimentState = 'running' | 'interrupted' | 'stopped' | 'complete' | 'failed';
export type TrialState = 'running' | 'complete' | 'failed' | 'abandoned';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly tip?: string;
}

export interface ExperimentRecord {
  /** Short and readable, e.g. 'hrnas-7f3a2c'. */
  readonly id: string;
  readonly name: string;
  readonly system: string;
  readonly state: ExperimentState;
  /** The whole configuration as it was started. */
  readonly config: Json;
  /** Chosen once when the experiment started: backend, threads, versions, data fingerprint, reference point. */
  readonly environment: Json;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly failure?: Failure;
  readonly origin?: string;
  readonly tags: readonly string[];
  readonly note: string;
  /** Seconds of computing over all attempts. */
  readonly seconds: number;
  /** Who runs it now; undefined when nobody does. */
  readonly runner?: RunnerMark;
  /** When it was put away; lists leave it out then. */
  readonly archivedAt?: string;
}

/** Tells a live run from one that was cut off. */
export interface RunnerMark {
  readonly pid: number;
  readonly bootId: string;
  readonly startedAt: string;
}

export interface TrialRecord {
  readonly experiment: string;
  readonly number: number;
  readonly attempt: number;
  readonly state: TrialState;
  readonly arch: Json;
  readonly hash: string;
  /** This and what follows is missing until the trial has finished. */
  readonly cost?: Json;
  readonly metrics: readonly Json[];
  readonly steps?: number;
  readonly seed?: number;
  readonly parents?: readonly number[];
  readonly operator?: string;
  readonly series?: string;
  readonly role?: string;
  readonly details?: Json;
  /** Path of the weight file relative to the experiment's folder. */
  readonly weights?: string;
  readonly failure?: Failure;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

export interface CheckpointRecord {
  readonly experiment: string;
  readonly name: string;
  readonly step: number;
  readonly phaseIndex: number;
  readonly state: Json;
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly keep: boolean;
  readonly createdAt: string;
}

export interface DatasetRecord {
  readonly name: string;
  readonly kind: string;
  readonly root: string;
  readonly fingerprint: string;
  readonly info: Json;
  readonly addedAt: string;
  /** Put away: it is known, and nobody is shown it unasked. */
  readonly archivedAt?: string;
}

/** A network judged on one split of a data set. */
export interface EvaluationRecord {
  readonly id: string;
  /** Name of the data set, which may be forgotten meanwhile. */
  readonly dataset: string;
  /** Of its content at that time. */
  readonly fingerprint: string;
  readonly split: string;
  /** What was judged: a trial or an architecture with weights. */
  readonly subject: Json;
  readonly result: Json;
  readonly createdAt: string;
}

/** A search that has not begun. */
export interface PlanRecord {
  readonly id: string;
  /** Kept for later, or waiting for its turn. */
  readonly kind: 'draft' | 'queued';
  /** What the search will be started with. */
  readonly request: Json;
  /** Why it could not be started when its turn had come. */
  readonly failure?: Failure;
  readonly createdAt: string;
}

export interface LogRecord {
  readonly experiment: string;
  readonly time: string;
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly values?: Json;
}

export interface ScalarPoint {
  readonly step: number;
  readonly value: number;
}

/**
 * Finished trials as columns: entry i of each is one trial, by number. What charts and tables of 50,000 trials are made of;
 * architectures and details stay where they are.
 */
export interface TrialPoints {
  readonly number: readonly number[];
  readonly state: readonly ('complete' | 'failed')[];
  readonly hash: readonly string[];
  /** `null` stands for what a trial lacks. */
  readonly role: readonly (string | null)[];
  readonly series: readonly (string | null)[];
  readonly operator: readonly (string | null)[];
  readonly cost: readonly Json[];
  readonly metrics: readonly (readonly Json[])[];
  readonly steps: readonly (number | null)[];
  readonly seed: readonly (number | null)[];
}

/** What people say of a trial; the trial itself never changes. */
export interface TrialAnnotation {
  readonly experiment: string;
  readonly number: number;
  readonly isStarred: boolean;
  readonly isShortlisted: boolean;
  readonly tags: readonly string[];
  readonly note: string;
  /** Why it is left out of analyses; absent while it is not. */
  readonly exclusion?: string;
  readonly updatedAt: string;
}

/** Only what is named changes; `exclusion: null` takes an exclusion back. */
export interface TrialAnnotationChange {
  readonly isStarred?: boolean;
  readonly isShortlisted?: boolean;
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly exclusion?: string | null;
}

/** One further number about a trial: of a retraining with one seed, or of a clock. */
export interface TrialResultRecord {
  readonly experiment: string;
  readonly number: number;
  readonly kind: 'retrained' | 'measured';
  /** 'mIoU', 'latencyP50Ms'. */
  readonly name: string;
  readonly value: number | null;
  readonly split: string;
  readonly seed?: number;
  /** Where it comes from: experiment of the retraining, device profile. */
  readonly details?: Json;
  readonly createdAt: string;
}

/** A reference point that counts in place of the one that was frozen when the experiment started. */
export interface ReferenceEdit {
  readonly macs: number;
  readonly metric: number;
  /** Why; never empty. */
  readonly note: string;
  readonly createdAt: string;
}

export interface FinishedTrial extends Omit<TrialRecord, 'experiment' | 'attempt' | 'state' | 'startedAt' | 'finishedAt' | 'failure'> {
  readonly cost: Json;
  readonly steps: number;
  readonly seed: number;
  readonly role: string;
}

export interface NewExperiment {
  readonly id: string;
  readonly name: string;
  readonly system: string;
  readonly config: Json;
  readonly environment: Json;
  readonly origin?: string;
  readonly runner: RunnerMark;
}

/** Everything that is remembered of one experiment, as it moves from one store to another. Nobody runs it. */
export interface ExperimentBundle {
  readonly experiment: Omit<ExperimentRecord, 'runner' | 'archivedAt'>;
  readonly trials: readonly Omit<TrialRecord, 'experiment'>[];
  /** Every value by name. */
  readonly scalars: Readonly<Record<string, readonly ScalarPoint[]>>;
  /** Oldest first. */
  readonly logs: readonly Omit<LogRecord, 'experiment'>[];
  /** Newest first. */
  readonly checkpoints: readonly Omit<CheckpointRecord, 'experiment'>[];
}

export interface StateDetails {
  readonly failure?: Failure;
  readonly runner?: RunnerMark;
  readonly addSeconds?: number;
}

/**
 * Called by the application service alone, which is the only writer. Operations are synchronous.
 * An experiment, trial or data set that is not there: StoreError 'unknown-experiment', 'unknown-trial', 'unknown-dataset'.
 */
export interface ExperimentStore {
  /** True when the file was written by a newer version: every write throws StoreError 'read-only'. */
  readonly isReadOnly: boolean;

  /**
   * Begins as `running` under `runner`. With the id of the plan that it carries out, that plan is removed in the same step: it begins once or not at
   * all. StoreError 'experiment-exists', 'unknown-plan'.
   */
  createExperiment(record: NewExperiment, plan?: string): ExperimentRecord;
  /** Adds one that was made in another store, with its own times and numbers. StoreError 'experiment-exists', 'still-running' (it or a trial). */
  addExperiment(bundle: ExperimentBundle): void;
  /** The same in place of the one of that id, which may be missing; in one step. What stands beside its trials stays. */
  replaceExperiment(bundle: ExperimentBundle): void;
  experiment(id: string): ExperimentRecord | undefined;
  /** Newest first. */
  experiments(): readonly ExperimentRecord[];
  /**
   * Legal transitions: db/transitions.ts, else StoreError 'illegal-transition' ('finished' from complete and failed).
   * `running` needs a runner; every other state removes it. A failure is kept until the experiment runs again.
   */
  setExperimentState(id: string, state: ExperimentState, details?: StateDetails): void;
  setEnvironment(id: string, environment: Json): void;
  /** Turns `running` experiments whose runner is gone into `interrupted`; returns their ids. */
  interruptRunning(isAlive: (runner: RunnerMark) => boolean): readonly string[];
  annotate(id: string, change: { name?: string; tags?: readonly string[]; note?: string }): void;
  /** Puts it away, or brings it back. */
  archiveExperiment(id: string, isArchived: boolean): void;
  removeExperiment(id: string): void;

  /** The same number again is the next attempt; throws when that trial has finished. */
  startTrial(experiment: string, trial: { number: number; arch: Json; hash: string }): number;
  /** A trial that is complete already with the same hash is left as it is ('kept'); with another one: StoreError 'finished'. */
  finishTrial(experiment: string, trial: FinishedTrial): 'written' | 'kept';
  failTrial(experiment: string, number: number, failure: Failure): void;
  /** Running trials become abandoned; starting such a number again makes the next attempt of it. */
  abandonTrials(experiment: string): void;
  trial(experiment: string, number: number): TrialRecord | undefined;
  /** By number. */
  trials(experiment: string): readonly TrialRecord[];
  trialCounts(experiment: string): Readonly<Record<TrialState, number>>;
  /** Complete and failed ones. */
  trialPoints(experiment: string): TrialPoints;
  /** Architectures of some trials, in the order of `numbers`; null for a trial that is not there. */
  architectures(experiment: string, numbers: readonly number[]): readonly Json[];

  /** Of a trial that exists. Returns the annotation as it is now. */
  annotateTrial(experiment: string, number: number, change: TrialAnnotationChange): TrialAnnotation;
  /** All or none, in the order of `numbers`. */
  annotateTrials(experiment: string, numbers: readonly number[], change: TrialAnnotationChange): readonly TrialAnnotation[];
  /** By number; only trials of which something was said. */
  trialAnnotations(experiment: string): readonly TrialAnnotation[];
  /** Adds to what is there; of a trial that exists. */
  addTrialResults(
    experiment: string,
    number: number,
    results: readonly Omit<TrialResultRecord, 'experiment' | 'number' | 'createdAt'>[],
  ): void;
  /** By trial, then in the order in which they were added. */
  trialResults(experiment: string): readonly TrialResultRecord[];
  addReferenceEdit(experiment: string, edit: Omit<ReferenceEdit, 'createdAt'>): void;
  /** Newest first. */
  referenceEdits(experiment: string): readonly ReferenceEdit[];

  addScalars(experiment: string, points: readonly { step: number; values: Readonly<Record<string, number>> }[]): void;
  scalarNames(experiment: string): readonly string[];
  /** Down-sampled to at most `maxPoints` when given. */
  scalars(experiment: string, name: string, maxPoints?: number): readonly ScalarPoint[];
  /** The largest step with a value, 0 when there is none. */
  lastStep(experiment: string): number;
  /** Removes what lies after the resume point. */
  truncateScalars(experiment: string, afterStep: number): void;

  /**
   * Records a completely written file in place of the one of that name and, unless `keep`, of every other that is not kept.
   * Returns the files that nothing names any more, for the caller to delete.
   */
  addCheckpoint(record: Omit<CheckpointRecord, 'createdAt'>): readonly string[];
  /** Forgets one; returns its file when nothing else names it. */
  removeCheckpoint(experiment: string, name: string): readonly string[];
  /** The one to resume from: the largest step, then phase, then the last written. */
  latestCheckpoint(experiment: string): CheckpointRecord | undefined;
  checkpoints(experiment: string): readonly CheckpointRecord[];

  addLog(record: Omit<LogRecord, 'time'>): void;
  /** Oldest first; with `limit` the newest ones. */
  logs(experiment: string, limit?: number): readonly LogRecord[];

  /** StoreError 'dataset-exists' when the name is taken. */
  addDataset(record: Omit<DatasetRecord, 'addedAt' | 'archivedAt'>): void;
  dataset(name: string): DatasetRecord | undefined;
  datasets(): readonly DatasetRecord[];
  relocateDataset(name: string, root: string, fingerprint: string): void;
  /** Puts a data set away, or back. */
  archiveDataset(name: string, isArchived: boolean): void;
  removeDataset(name: string): void;

  /** StoreError 'evaluation-exists' when the id is taken. */
  addEvaluation(record: Omit<EvaluationRecord, 'createdAt'>): void;
  evaluation(id: string): EvaluationRecord | undefined;
  /** Newest first. */
  evaluations(dataset?: string): readonly EvaluationRecord[];
  /** StoreError 'unknown-evaluation'. */
  removeEvaluation(id: string): void;

  /** Adds one or changes it; one that becomes queued goes to the end. */
  savePlan(record: Omit<PlanRecord, 'createdAt'>): void;
  plan(id: string): PlanRecord | undefined;
  /** In the order of the queue. */
  plans(): readonly PlanRecord[];
  /** StoreError 'unknown-plan'. */
  removePlan(id: string): void;

  close(): void;
}

export class StoreError extends Error {
  readonly code: string;
  readonly tip: string | undefined;

  constructor(code: string, message: string, options: { readonly tip?: string; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'StoreError';
    this.code = code;
    this.tip = options.tip;
  }
}

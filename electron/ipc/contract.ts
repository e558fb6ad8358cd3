import type { CheckResult } from '../../datasets/check.ts';
import type { ExperimentState, Failure, Json, LogRecord, ScalarPoint, TrialState } from '../../db/store.ts';
import type { LatencyModel } from '../../engine/cost/latency-model.ts';
import type { Cost, Metric, SearchEvent } from '../../engine/search/events.ts';
import type { Architecture } from '../../engine/spaces/search-space.ts';
import type { ArchitectureApi } from './architecture.ts';
import type { CompareApi } from './compare.ts';
import type { ExportsApi } from './exports.ts';
import type { FollowUpApi, RetrainOf } from './follow-up.ts';
import type { LatencyApi } from './latency.ts';
import type { MaintenanceApi } from './maintenance.ts';
import type { QueueApi } from './queue.ts';
import type { SettingsApi } from './settings.ts';
import type { DynamicsApi } from './dynamics.ts';
import type { DatasetBrowsingApi } from './dataset-browsing.ts';
import type { EvaluationsApi } from './evaluations.ts';
import type { JobsApi, JobView } from './jobs.ts';
import type { PlanningApi } from './planning.ts';
import type { DemoApi } from './demo.ts';
import type { OverviewApi } from './overview.ts';
import type { PlacesApi } from './places.ts';
import type { TradeoffApi } from './tradeoff.ts';

/**
 * Everything that a face of the lab (command line, window, browser) can ask for, as whole operations.
 * Every method rejects with an error that carries `{ code, message, tip? }`. Values are JSON, so the same interface works across processes.
 *
 * Reading needs nobody's leave: it works beside another process that owns the home, on a read-only home and on an empty one.
 * Writing takes the home (one owner at a time). When another process holds it, small requests are passed on to it
 * (`forwardedMethods`); starting or resuming a search rejects with code 'home-in-use', which names the holder.
 */
export interface LabApi
  extends
    CoreApi,
    ArchitectureApi,
    CompareApi,
    DynamicsApi,
    DatasetsApi,
    DatasetBrowsingApi,
    EvaluationsApi,
    ExportsApi,
    FollowUpApi,
    LatencyApi,
    MaintenanceApi,
    QueueApi,
    SettingsApi,
    DemoApi,
    JobsApi,
    OverviewApi,
    PlanningApi,
    PlacesApi,
    TradeoffApi {
  /** Events of searches and jobs that run in this process. Returns a function that ends the subscription. */
  onEvent(listener: (event: LabEvent) => void): () => void;
}

/** Data sets that were registered. */
export interface DatasetsApi {
  /** Registers a folder by its layout; nothing is copied. The name defaults to the kind, then kind-2, ... */
  addDataset(request: { readonly root: string; readonly name?: string; readonly anyway?: boolean }): Promise<DatasetView>;
  datasets(): Promise<readonly DatasetView[]>;
  /** Rejects with 'unknown-dataset'. */
  dataset(name: string): Promise<DatasetView>;
  /** Forgets the registration; files stay. */
  removeDataset(name: string): Promise<void>;
  /** The folder has moved: the same content (fingerprint) at another place, else rejects with 'dataset-differs'. */
  relocateDataset(name: string, root: string): Promise<DatasetView>;
}

/** Experiments and the home. */
export interface CoreApi {
  /** Checks the configuration, creates the experiment, starts its compute process and returns at once. */
  startSearch(request: StartSearchRequest): Promise<ExperimentView>;
  /**
   * Continues a stopped or interrupted experiment exactly where its newest checkpoint stands. When that one is gone or damaged it rejects with
   * 'checkpoint-missing' or 'checkpoint-damaged'; with `fromEarlier` it goes back to the newest usable one, or to the beginning. On a machine
   * whose arithmetic differs it ends at once with failure 'other-machine', unless `otherMachine`.
   */
  resumeSearch(id: string, options?: ResumeOptions): Promise<ExperimentView>;
  /** Resolves when the run has ended: after the running step and its checkpoint, or at once with `now` (the running trial becomes abandoned). */
  stopSearch(id: string, options?: { readonly now?: boolean }): Promise<ExperimentView>;
  /** Resolves when the experiment no longer runs (complete, stopped, failed, interrupted); at once when it does not run here. */
  whenEnded(id: string): Promise<ExperimentView>;
  /** A new experiment with the configuration of `id`, changed at dotted paths; starts it. */
  forkSearch(request: ForkRequest): Promise<ExperimentView>;

  /** Newest first. */
  experiments(): Promise<readonly ExperimentView[]>;
  /** `id` may be shortened as long as it stays unambiguous, here and wherever an experiment is named. Rejects with 'unknown-experiment'. */
  experiment(id: string): Promise<ExperimentView>;
  /** By number. */
  trials(id: string): Promise<readonly TrialView[]>;
  /** Oldest first; with `limit` the newest ones. */
  log(id: string, options?: { readonly limit?: number }): Promise<readonly LogRecord[]>;
  scalarNames(id: string): Promise<readonly string[]>;
  scalars(id: string, name: string, options?: { readonly maxPoints?: number }): Promise<readonly ScalarPoint[]>;
  /** What a front over one or several experiments is computed from. */
  frontInputs(ids: readonly string[]): Promise<readonly FrontInput[]>;

  /** `name`, `tags` and `note` replace what was there. */
  annotate(
    id: string,
    change: { readonly name?: string; readonly tags?: readonly string[]; readonly note?: string },
  ): Promise<ExperimentView>;
  /** Removes the record and its folder; rejects with 'still-running' while it runs. */
  removeExperiment(id: string): Promise<{ readonly freedBytes: number }>;
  /**
   * Writes one file that carries the experiment to another home: record, trials, scalars, log, weight files, and the training states of one
   * that can go on (not while it runs, nor with `withStates: false`). An existing file is replaced.
   */
  exportExperiment(id: string, file: string, options?: { readonly withStates?: boolean }): Promise<ExportReport>;
  /** Adds the experiment of such a file, under a new id when its own is taken. Rejects with 'import-invalid' when anything in it is wrong. */
  importExperiment(file: string): Promise<{ readonly experiment: ExperimentView; readonly exportedId: string }>;
  /** Lists, and with `apply` deletes, checkpoints that nothing needs any more. */
  prune(options?: { readonly apply?: boolean }): Promise<PruneReport>;

  /** Examines the home; works also when the database cannot be opened. `restore` brings the newest backup and what the folders remember back, `startEmpty` begins anew. */
  doctor(options?: { readonly repair?: 'restore' | 'start-empty' }): Promise<DoctorReport>;
}

/** What a process that owns the home does on behalf of another one. */
export const forwardedMethods = [
  'stopSearch',
  'annotate',
  'annotateTrials',
  'editReference',
  'keepTrialResults',
  'savePlan',
  'removePlan',
  'removeExperiment',
  'archiveExperiments',
  'importExperiment',
  'addDataset',
  'removeDataset',
  'relocateDataset',
  'archiveDataset',
  'keepEvaluation',
  'removeEvaluation',
] as const;
export type ForwardedMethod = (typeof forwardedMethods)[number];

export interface StartSearchRequest {
  /** The whole configuration (a preset with changes already applied); parsed by engine/search/config.ts. */
  readonly config: Json;
  /** Name of a registered data set. */
  readonly dataset: string;
  readonly name?: string;
  /** Id of a backend; by default the fastest one that can train. */
  readonly backend?: string;
  readonly threads?: number;
  /** Overrides the configuration's seed. */
  readonly seed?: number;
  /** It trains a trial of another experiment by the final recipe. */
  readonly retrains?: RetrainOf;
  /** Id of the experiment that it repeats as a check (environment). */
  readonly repeats?: string;
}

/** Each gives up something on purpose. */
export interface ResumeOptions {
  /** Steps that only an unusable checkpoint holds. */
  readonly fromEarlier?: boolean;
  /** Results that equal an uninterrupted run bit by bit. */
  readonly otherMachine?: boolean;
}

export interface ForkRequest {
  readonly id: string;
  /** [dotted path, value] pairs, as `--set` gives them. */
  readonly set: readonly (readonly [string, Json])[];
  readonly name?: string;
  readonly dataset?: string;
  readonly backend?: string;
  readonly threads?: number;
  readonly seed?: number;
  /** A check: what it repeats is `id`. */
  readonly isCheck?: boolean;
}

export interface ExperimentView {
  readonly id: string;
  readonly name: string;
  /** Space or system: 'hr-nas'. */
  readonly system: string;
  readonly state: ExperimentState;
  /** Also beside `interrupted`: why it was cut off, when that is known. */
  readonly failure?: Failure;
  readonly config: Json;
  readonly environment: ShownEnvironment;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly origin?: string;
  readonly tags: readonly string[];
  readonly note: string;
  /** Seconds of computing over all attempts. */
  readonly seconds: number;
  /** Absolute path of its folder (checkpoints, weight files). */
  readonly folder: string;
  readonly progress: ProgressView;
  /** Process that computes it, while it runs. */
  readonly runnerPid?: number;
  /** When it was put away. */
  readonly archivedAt?: string;
}

/** Chosen once, when the experiment starts, and reused on resume. */
export interface ExperimentEnvironment {
  readonly appVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly backend: string;
  /** Inside one op; absent until the first run where none were asked for. */
  readonly threads?: number;
  /** Runs of a step on one network from which it is compiled; absent where nothing is. */
  readonly compileFrom?: number;
  /** Of products of matrices and convolutions: 'float32', 'bfloat16' or 'float16'; absent until the first run. */
  readonly precision?: string;
  /** Why this backend: reason, measurements, and what was passed over (electron/compute/open-chosen.ts); absent until the first run. */
  readonly choice?: Readonly<Record<string, unknown>>;
  /** Fingerprint of the arithmetic on which it was computed last (engine/backend/fingerprint.ts); absent until the first run. */
  readonly numerics?: string;
  readonly dataset: { readonly name: string; readonly kind: string; readonly root: string; readonly fingerprint: string };
  /** Reference point of the hypervolume. */
  readonly reference?: { readonly macs: number; readonly metric: number };
  /** What predicts latencies where `strategy.latencyProfile` names a profile. */
  readonly latency?: LatencyModel;
  readonly retrains?: RetrainOf;
  /** Id of the experiment that it repeats as a check; removed when the check has ended, at the latest by the next owner of the home. */
  readonly repeats?: string;
  readonly plan?: { readonly phases: readonly { readonly name: string; readonly steps: number }[]; readonly totalSteps: number };
}

/** As it is shown: a table of layers is long, and lists of experiments are asked for often. */
export interface ShownEnvironment extends Omit<ExperimentEnvironment, 'latency'> {
  readonly latency?: Omit<LatencyModel, 'layers'>;
}

export interface ProgressView {
  /** Training steps done over all phases. */
  readonly step: number;
  /** 0 until the plan is known. */
  readonly totalSteps: number;
  /** Steps of the newest checkpoint: resuming redoes what lies after it. */
  readonly checkpointStep: number;
  readonly trials: Readonly<Record<TrialState, number>>;
}

/** One trial as shown and as written by `--json`. Before it has finished cost, metrics, steps and seed are missing. */
export interface TrialView {
  readonly experiment: string;
  readonly number: number;
  readonly attempt: number;
  readonly state: TrialState;
  readonly arch: Architecture;
  readonly hash: string;
  readonly cost?: Cost;
  readonly metrics: readonly Metric[];
  readonly steps?: number;
  readonly seed?: number;
  readonly parents?: readonly number[];
  readonly operator?: string;
  readonly series?: string;
  readonly role?: 'front' | 'trajectory' | 'reference';
  readonly details?: Readonly<Record<string, unknown>>;
  /** Absolute path of its weight file (safetensors with official names). */
  readonly checkpoint?: string;
  readonly failure?: Failure;
  readonly startedAt: string;
  readonly finishedAt?: string;
}

export interface FrontInput {
  readonly experiment: Pick<ExperimentView, 'id' | 'name' | 'system' | 'state'>;
  readonly dataset: ExperimentEnvironment['dataset'];
  readonly reference?: { readonly macs: number; readonly metric: number };
  /** Complete trials only; scores of retrainings stand among their metrics. */
  readonly trials: readonly FrontInputTrial[];
}

/** A trial with what stands beside it. */
export interface FrontInputTrial extends TrialView {
  /** Measured p50, and on what. */
  readonly latencyMs?: number;
  readonly latencyDevice?: string;
  /** Why it is left out of analyses. */
  readonly exclusion?: string;
}

export interface DatasetView {
  readonly name: string;
  readonly kind: string;
  readonly task: string;
  readonly root: string;
  readonly fingerprint: string;
  readonly splits: Readonly<Record<string, number>>;
  readonly classes: readonly { readonly id: number; readonly name: string; readonly color: readonly number[] }[];
  /** Drawn by a program: for trying things out, never for published figures. */
  readonly isSynthetic: boolean;
  /** What names and sizes of its files showed when it was registered; absent in records of other stores. */
  readonly health?: Pick<CheckResult, 'status' | 'findings'>;
  readonly addedAt: string;
  /** False when the folder is not there at the moment; `relocateDataset` tells where it went. */
  readonly isAvailable: boolean;
}

export interface ExportReport {
  readonly id: string;
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** Weight files and states in it. */
  readonly files: number;
  readonly trials: number;
  /** It can be resumed where it is imported. */
  readonly hasStates: boolean;
  /** Weight files that are gone from the experiment's folder. */
  readonly missing: readonly string[];
}

/** A weight file that nothing names; a write that was cut off; the state of a search that cannot go on; features of frozen backbones. */
export type PruneReason = 'unnamed' | 'partial' | 'finished-state' | 'features';

export interface PruneReport {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly reason: PruneReason }[];
  readonly bytes: number;
  readonly applied: boolean;
}

export interface HealthFinding {
  readonly code: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly message: string;
  readonly tip?: string;
}

export interface DoctorReport {
  readonly home: string;
  readonly database: 'ok' | 'missing' | 'damaged' | 'newer' | 'outdated' | 'unreadable';
  readonly schemaVersion?: number;
  readonly holder?: { readonly pid: number; readonly command: string; readonly since: string };
  /** Newest first. */
  readonly backups: readonly { readonly file: string; readonly bytes: number; readonly at: string }[];
  /** Experiments whose folders exist while the database (or the newest backup, when it is damaged) does not know them. */
  readonly lacking: readonly string[];
  readonly findings: readonly HealthFinding[];
  readonly repaired?: {
    readonly action: 'restore' | 'start-empty';
    /** Databases that were moved aside. */
    readonly kept: readonly string[];
    /** Experiments that came from their folders alone, and those that were brought up to date from them. */
    readonly added: readonly string[];
    readonly updated: readonly string[];
  };
}

export type LabEvent =
  /** A state has changed (and is stored). */
  | { readonly type: 'experiment'; readonly experiment: ExperimentView }
  /** One event of a running search, after it was stored. Scalars are sent one by one. */
  | { readonly type: 'search'; readonly id: string; readonly event: SearchEvent }
  /** What the compute process of a running search takes: resident memory, and cores that are busy on average. */
  | { readonly type: 'usage'; readonly id: string; readonly memoryBytes: number; readonly cores: number }
  /** Drafts or waiting searches have changed. */
  | { readonly type: 'plans' }
  /** The settings have changed. */
  | { readonly type: 'settings' }
  /** A job began, went on or ended. */
  | { readonly type: 'job'; readonly job: JobView };

import type { ExperimentView } from './contract.ts';

/** What the first screens show: the lab itself, experiments with their results in one line each, one experiment as it goes. */
export interface OverviewApi {
  appInfo(): Promise<AppInfo>;
  /** Every experiment, newest first, also those that were put away. */
  experimentSummaries(): Promise<readonly ExperimentSummary[]>;
  experimentSummary(id: string): Promise<ExperimentSummary>;
  /** Everything that is drawn of one experiment beside its curves: `trials` and `scalars` have the rest. */
  runView(id: string): Promise<RunView>;
  /** Puts experiments away, or brings them back. One that runs is refused with 'still-running', and then none is changed. */
  archiveExperiments(ids: readonly string[], isArchived: boolean): Promise<readonly ExperimentSummary[]>;
  /** Each backend tried in a process of its own, measured and with its devices; a job, and remembered until `anew`. */
  backends(options?: { readonly anew?: boolean }): Promise<readonly BackendView[]>;
}

export interface AppInfo {
  readonly version: string;
  readonly nodeVersion: string;
  /** 'linux-x64'. */
  readonly platform: string;
  /** Absolute path. */
  readonly home: string;
  /** Where exports go. Absolute path. */
  readonly workspace: string;
  /** Of the process that holds the lab: experiments with this `runnerPid`'s parent tell their events here. */
  readonly pid: number;
  readonly cores: number;
  /** 'AMD EPYC 7B13'. */
  readonly processor: string;
  readonly memoryBytes: number;
  /** Of the disk that holds the home. */
  readonly freeDiskBytes: number;
  /** The backend that a search without one would be tried on first. */
  readonly firstBackend: string;
}

/** A network of a front in numbers. */
export interface FrontMember {
  readonly trial: number;
  readonly macs: number;
  /** The metric, as a fraction. */
  readonly value: number;
  /** Of the value, where that is not the kind of the experiment's first score. */
  readonly kind?: 'retrained';
}

export interface ExperimentSummary {
  readonly experiment: ExperimentView;
  /** What steers it: 'shrink', 'random', 'fixed'. */
  readonly strategy: string;
  readonly metric?: { readonly name: string; readonly split: string; readonly kind: 'proxy' | 'retrained' | 'measured' };
  /** The most accurate trial that is no reference; while no run has come to its end, of the trials on the way. */
  readonly best?: FrontMember;
  /** By rising MACs. */
  readonly front: readonly FrontMember[];
  /** Against `environment.reference`; absent without one. */
  readonly hypervolume?: number;
  /** How the hypervolume grew, or the best value where there is none; at most 32 numbers. */
  readonly growth: readonly number[];
  /** Seconds of computing until now. */
  readonly elapsedSeconds: number;
  /** While it runs, from its own pace; absent before the first checkpoint. */
  readonly remainingSeconds?: number;
  /** What resuming would do again, in steps and in seconds at its own pace. */
  readonly redo?: { readonly steps: number; readonly seconds?: number };
  /** The data set it was started on: still registered, and its folder there. */
  readonly data: { readonly isKnown: boolean; readonly isAvailable: boolean };
  /** Computed under the lab that was asked: its events come from here. */
  readonly isHere: boolean;
  /** The last trial that failed. */
  readonly failedTrial?: { readonly trial: number; readonly message: string; readonly tip?: string };
}

export interface RunView {
  readonly summary: ExperimentSummary;
  /** Complete trials with a score as columns, by number. */
  readonly points: {
    readonly trial: readonly number[];
    readonly macs: readonly number[];
    readonly value: readonly number[];
    readonly role: readonly string[];
    readonly series: readonly (string | null)[];
    /** Best value until then. */
    readonly best: readonly number[];
    readonly isOnFront: readonly boolean[];
  };
  readonly knee?: { readonly trial: number };
  readonly hypervolumeHistory: readonly { readonly trial: number; readonly hypervolume: number }[];
  /** Continuations of a search, each with how far it came. */
  readonly series: readonly RunSeries[];
  /** Steps after which each phase ends. */
  readonly phases: readonly {
    readonly name: string;
    readonly from: number;
    readonly to: number;
    readonly state: 'done' | 'running' | 'waiting';
  }[];
  readonly secondsPerTrial?: number;
  readonly names: readonly string[];
  /** Directory of weights and states, in bytes. */
  readonly folderBytes: number;
  /** Ways to start the same again. */
  readonly commands: readonly string[];
}

export interface RunSeries {
  readonly name: string;
  readonly trials: number;
  readonly firstMacs: number;
  readonly lastMacs: number;
  readonly lastValue: number;
  /** Its end is a point of the front. */
  readonly hasEnded: boolean;
}

export interface BackendView {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly isAvailable: boolean;
  /** Why it is not here, and what to do. */
  readonly reason?: string;
  readonly isReferenceOnly: boolean;
  readonly canSetThreads: boolean;
  readonly threads?: number;
  readonly version?: string;
  readonly devices?: readonly { readonly name: string; readonly memoryBytes: number }[];
  /** Of a fixed small training step. */
  readonly stepMs?: number;
  /** How many times faster than wasm. */
  readonly factor?: number;
}

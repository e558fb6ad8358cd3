import type { Failure } from '../../db/store.ts';

/** Work that takes longer than a moment and is no search: a health check, a latency profile, an export, an evaluation. */
export interface JobView {
  /** Unique in this process: 'job-12'. */
  readonly id: string;
  /** What kind of work, a stable kebab-case word: 'measure-latency'. */
  readonly kind: string;
  /** One line for people: 'Latency of t12 (hrnas-7f3a2c)'. */
  readonly title: string;
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';
  /** Absent while nothing is known; `total` is absent where it cannot be told. */
  readonly progress?: { readonly done: number; readonly total?: number; readonly note?: string };
  readonly failure?: Failure;
  readonly startedAt: string;
  readonly endedAt?: string;
}

/**
 * Methods that take long run as jobs: the call itself resolves with the result (or rejects), and meanwhile `onEvent` tells of the job.
 * A cancelled one rejects with 'cancelled'.
 */
export interface JobsApi {
  /** Newest first: those under way, and the last ones that ended since this process began. */
  jobs(): Promise<readonly JobView[]>;
  /** Resolves when it has ended; at once when it had. Rejects with 'unknown-job'. */
  cancelJob(id: string): Promise<JobView>;
}

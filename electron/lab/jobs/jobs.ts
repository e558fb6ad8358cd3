import { StoreError } from '../../../db/store.ts';
import { failureOf } from '../../ipc/handle-call.ts';
import type { JobsApi, JobView } from '../../ipc/jobs.ts';

/** Ended jobs that are still listed. */
const keptJobs = 50;
/** Progress is told at most this often. */
const progressMs = 250;

/** What the work of a job is given. */
export interface JobControl {
  /** Aborted when the job is cancelled or the lab closes; long work looks at it often. */
  readonly signal: AbortSignal;
  progress(done: number, total?: number, note?: string): void;
}

export interface JobTitle {
  readonly kind: string;
  readonly title: string;
}

interface Job {
  view: JobView;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  toldAt: number;
}

/** The work of this process that is no search. Jobs run side by side; what must not is queued by its owner. */
export class Jobs implements JobsApi {
  readonly #emit: (job: JobView) => void;
  readonly #jobs = new Map<string, Job>();
  #count = 0;

  constructor(emit: (job: JobView) => void) {
    this.#emit = emit;
  }

  /** Resolves and rejects as `work` does, with StoreError 'cancelled' when the job was cancelled. */
  run<T>({ kind, title }: JobTitle, work: (control: JobControl) => Promise<T>): Promise<T> {
    const id = `job-${++this.#count}`;
    const controller = new AbortController();
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const startedAt = new Date().toISOString();
    const job: Job = { view: { id, kind, title, state: 'running', startedAt }, controller, ended, toldAt: -Infinity };
    this.#jobs.set(id, job);
    this.#emit(job.view);
    return this.#work(job, work).finally(end);
  }

  async jobs(): Promise<readonly JobView[]> {
    return [...this.#jobs.values()].map(({ view }) => view).reverse();
  }

  async cancelJob(id: string): Promise<JobView> {
    const job = this.#jobs.get(id);
    if (job === undefined)
      throw new StoreError('unknown-job', `There is no job ${id} in this process.`, { tip: 'It may have ended long ago.' });
    job.controller.abort();
    await job.ended;
    return job.view;
  }

  /** Cancels all and waits for their ends. */
  async close(): Promise<void> {
    await Promise.all([...this.#jobs.keys()].map((id) => this.cancelJob(id)));
  }

  async #work<T>(job: Job, work: (control: JobControl) => Promise<T>): Promise<T> {
    const { signal } = job.controller;
    const { title } = job.view;
    try {
      const value = await work({ signal, progress: (done, total, note) => this.#progress(job, done, total, note) });
      this.#change(job, { state: 'done', endedAt: new Date().toISOString() });
      return value;
    } catch (error) {
      const endedAt = new Date().toISOString();
      if (signal.aborted) {
        this.#change(job, { state: 'cancelled', endedAt });
        throw new StoreError('cancelled', `${title}: cancelled.`, { cause: error });
      }
      this.#change(job, { state: 'failed', endedAt, failure: failureOf(error) });
      throw error;
    } finally {
      this.#forgetOld();
    }
  }

  #progress(job: Job, done: number, total: number | undefined, note: string | undefined): void {
    const progress = { done, ...(total === undefined ? {} : { total }), ...(note === undefined ? {} : { note }) };
    const now = performance.now();
    job.view = { ...job.view, progress };
    if (now - job.toldAt < progressMs && done !== total) return;
    job.toldAt = now;
    this.#emit(job.view);
  }

  #change(job: Job, change: Partial<JobView>): void {
    job.view = { ...job.view, ...change };
    this.#emit(job.view);
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter(({ view }) => view.endedAt !== undefined);
    for (const { view } of ended.slice(0, Math.max(0, ended.length - keptJobs))) this.#jobs.delete(view.id);
  }
}

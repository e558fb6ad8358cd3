import { parentPort, Worker } from 'node:worker_threads';
import { DatasetError } from './source.ts';

/** Errors cross threads as plain data. */
interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly tip?: string;
}

interface JobMessage<Job> {
  readonly id: number;
  readonly job: Job;
}

type ReplyMessage<Result> = { readonly id: number; readonly result: Result } | { readonly id: number; readonly error: PlainError };

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Runs jobs on a fixed number of threads, each one job at a time, first come first served. A thread that cannot start or dies
 * rejects its job and everything after it. Idle threads do not keep the process alive.
 */
export class WorkerPool<Job, Result> {
  readonly #workers: Worker[] = [];
  readonly #idle: Worker[] = [];
  readonly #queue: Waiting<Job, Result>[] = [];
  readonly #running = new Map<Worker, Waiting<Job, Result>>();
  #nextId = 0;
  #broken: DatasetError | undefined;
  #isClosed = false;

  /** `url` is a module that calls `serveJobs`. */
  constructor(url: URL, size: number) {
    for (let i = 0; i < size; i++) this.#start(url);
  }

  get size(): number {
    return this.#workers.length;
  }

  run(job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      const refusal = this.#isClosed ? new DatasetError('loader-closed', 'reading samples: the reader was closed already') : this.#broken;
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      this.#queue.push({ job, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends all threads; what is still waiting is rejected with 'loader-closed'. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#rejectAll(new DatasetError('loader-closed', 'reading samples: the reader was closed before they were ready'));
    // a program that has nothing else to do waits for their end
    for (const worker of this.#workers) worker.ref();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(url: URL): void {
    const worker = new Worker(url);
    worker.unref();
    worker.on('message', (reply: ReplyMessage<Result>) => this.#settle(worker, reply));
    worker.on('error', (cause) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      this.#fail(new DatasetError('worker-crashed', `a reading thread ended with an error: ${reason}`, { cause }));
    });
    worker.on('exit', (code) => {
      if (!this.#isClosed)
        this.#fail(
          new DatasetError('worker-crashed', `a reading thread ended by itself (exit code ${code})`, {
            tip: 'It may have run out of memory; use fewer workers.',
          }),
        );
    });
    this.#workers.push(worker);
    this.#idle.push(worker);
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const worker = this.#idle.pop();
      if (worker === undefined) return;
      const waiting = this.#queue.shift() as Waiting<Job, Result>;
      this.#running.set(worker, waiting);
      worker.ref();
      worker.postMessage({ id: this.#nextId++, job: waiting.job } satisfies JobMessage<Job>);
    }
  }

  #settle(worker: Worker, reply: ReplyMessage<Result>): void {
    const waiting = this.#running.get(worker);
    this.#running.delete(worker);
    worker.unref();
    this.#idle.push(worker);
    if (waiting !== undefined) {
      if ('error' in reply) waiting.reject(fromPlainError(reply.error));
      else waiting.resolve(reply.result);
    }
    this.#dispatch();
  }

  #fail(error: DatasetError): void {
    this.#broken ??= error;
    this.#rejectAll(this.#broken);
  }

  #rejectAll(error: DatasetError): void {
    for (const waiting of [...this.#running.values(), ...this.#queue]) waiting.reject(error);
    this.#running.clear();
    this.#queue.length = 0;
  }
}

/** The other side of the pool: answers each job with the handler's result and moves the listed buffers instead of copying them. */
export function serveJobs<Job, Result>(
  handler: (job: Job) => Promise<{ readonly result: Result; readonly transfer: readonly ArrayBuffer[] }>,
): void {
  const port = parentPort;
  if (port === null) throw new Error('serveJobs: not in a worker thread');
  port.on('message', ({ id, job }: JobMessage<Job>) => {
    handler(job).then(
      ({ result, transfer }) => port.postMessage({ id, result } satisfies ReplyMessage<Result>, transfer),
      (error: unknown) => port.postMessage({ id, error: toPlainError(error) } satisfies ReplyMessage<Result>),
    );
  });
}

function toPlainError(error: unknown): PlainError {
  if (error instanceof DatasetError)
    return { code: error.code, message: error.message, ...(error.tip === undefined ? {} : { tip: error.tip }) };
  return { code: 'worker-failed', message: error instanceof Error ? error.message : String(error) };
}

function fromPlainError({ code, message, tip }: PlainError): DatasetError {
  return new DatasetError(code, message, tip === undefined ? {} : { tip });
}

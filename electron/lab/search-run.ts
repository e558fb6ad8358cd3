import { setTimeout as delay } from 'node:timers/promises';
import { assertNever } from '../../engine/assert-never.ts';
import type { SearchEvent } from '../../engine/search/events.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentState, ExperimentStore, Failure, RunnerMark } from '../../db/store.ts';
import type { ComputeEnvironment, ComputeJob, ComputeUsage, FailureOrigin, FromCompute } from '../compute/protocol.ts';
import { EventWriter } from './event-writer.ts';
import type { ComputeProcess, LaunchCompute } from './launch-compute.ts';
import { markOf, ownMark } from './process-mark.ts';

/** A process that has said its last word ends by itself within this time. */
const endMs = 5_000;

/** It ended because it took more memory than it may; it goes on in a fresh process. */
export const memoryLimitCode = 'memory-limit';

/** How a run ended, as it was stored, or why it could not be. */
export interface RunEnd {
  readonly state: ExperimentState;
  readonly failure?: Failure;
}

export interface SearchRunOptions {
  readonly store: ExperimentStore;
  readonly id: string;
  readonly job: ComputeJob;
  readonly launch: LaunchCompute;
  /** An event was stored. */
  readonly onEvent: (event: SearchEvent) => void;
  /** The compute process has chosen its backend. */
  readonly onEnvironment: (chosen: ComputeEnvironment) => void;
  readonly onUsage: (usage: ComputeUsage) => void;
  /** Resident memory of the compute process above which it ends after its step; undefined: no limit. Asked at every report. */
  readonly memoryLimitBytes: () => number | undefined;
}

/** One run of one experiment: a compute process, its events into the store, and the state at its end. */
export class SearchRun {
  /** Resolves when the process is gone and the end is stored; never rejects. */
  readonly ended: Promise<RunEnd>;
  readonly #options: SearchRunOptions;
  readonly #compute: ComputeProcess;
  readonly #writer: EventWriter;
  #end: RunEnd | undefined;
  /** Ended at once on request. */
  #isKilled = false;
  #isStopping = false;
  #tooLarge: Failure | undefined;
  #countedMs = performance.now();

  static async start(options: SearchRunOptions): Promise<SearchRun> {
    const compute = await options.launch();
    const run = new SearchRun(options, compute);
    try {
      options.store.setExperimentState(options.id, 'running', { runner: runnerOf(compute) });
    } catch (error) {
      compute.kill();
      throw error;
    }
    await compute.send({ type: 'start', job: options.job });
    return run;
  }

  private constructor(options: SearchRunOptions, compute: ComputeProcess) {
    this.#options = options;
    this.#compute = compute;
    this.#writer = new EventWriter({
      store: options.store,
      id: options.id,
      folder: options.job.folder,
      written: options.onEvent,
      failed: (error) => this.#giveUp(error),
    });
    compute.onMessage((message) => this.#receive(message));
    this.ended = new Promise((resolve) => {
      compute.onExit(({ code, signal, errorOutput }) => {
        this.#finish(() => this.#exited(code, signal, errorOutput));
        resolve(this.#end ?? { state: 'interrupted' });
      });
    });
  }

  /** Asks for the end after the running step, or ends it now: then what was not finished is abandoned. */
  async stop(now: boolean): Promise<RunEnd> {
    this.#isStopping = true;
    // Whoever asks wins over the limit: it stays stopped.
    this.#tooLarge = undefined;
    if (now) {
      this.#isKilled = true;
      this.#compute.kill();
    } else {
      await this.#compute.send({ type: 'stop' });
    }
    return this.ended;
  }

  #receive(message: FromCompute): void {
    if (this.#end !== undefined) return;
    try {
      switch (message.type) {
        case 'environment':
          this.#options.onEnvironment(message);
          return;
        case 'event':
          this.#writer.write(message.event);
          this.#follow(message.event);
          if (message.sequence !== undefined) void this.#compute.send({ type: 'ack', sequence: message.sequence });
          return;
        case 'usage':
          this.#options.onUsage(message);
          this.#checkMemory(message);
          return;
        case 'failed':
          this.#finish(() => endOf(message.failure, message.origin));
          return;
        default:
          assertNever(message);
      }
    } catch (error) {
      this.#giveUp(error);
    }
  }

  /** What an event means for the experiment as a whole, after it was stored. */
  #follow(event: SearchEvent): void {
    const { store, id } = this.#options;
    if (event.type === 'state') store.setExperimentState(id, 'running', { runner: runnerOf(this.#compute), addSeconds: this.#seconds() });
    else if (event.type === 'finished') this.#finish(() => ({ state: 'complete' }));
    else if (event.type === 'stopped')
      this.#finish(() => (this.#tooLarge === undefined ? { state: 'stopped' } : { state: 'interrupted', failure: this.#tooLarge }));
  }

  /** Too large: the step is finished and a state written, so that it can go on in a fresh process. */
  #checkMemory({ memoryBytes }: ComputeUsage): void {
    const limit = this.#options.memoryLimitBytes();
    if (limit === undefined || memoryBytes <= limit || this.#tooLarge !== undefined || this.#isStopping) return;
    const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
    this.#tooLarge = {
      code: memoryLimitCode,
      message: `The compute process took ${gigabytes(memoryBytes)}; the limit is ${gigabytes(limit)}.`,
      tip: 'Raise the limit in the settings, or take smaller batches.',
    };
    void this.#compute.send({ type: 'stop' });
  }

  #exited(code: number | null, signal: string | null, errorOutput: string): RunEnd {
    if (this.#isKilled) return { state: 'stopped' };
    const how = signal === null ? `with code ${code}` : `by signal ${signal}`;
    const said = errorOutput.trim();
    return {
      state: 'interrupted',
      failure: {
        code: 'compute-died',
        message: `The compute process ended ${how} in the middle of the search.${said === '' ? '' : ` It said: ${said}`}`,
        tip: `Continue from the last checkpoint with: lab resume ${this.#options.id}${signal === 'SIGKILL' ? ' (a machine that runs out of memory ends processes this way)' : ''}`,
      },
    };
  }

  /** The store cannot be written any more: the search must not run ahead of it. */
  #giveUp(error: unknown): void {
    this.#finish(() => ({ state: 'interrupted', failure: failureOf(error) }));
    this.#compute.kill();
  }

  /** Stores the end, once. When even that fails the next start finds the experiment cut off. */
  #finish(describe: () => RunEnd): void {
    if (this.#end !== undefined) return;
    const end = describe();
    this.#end = end;
    const { store, id } = this.#options;
    try {
      this.#writer.flush();
      store.abandonTrials(id);
      store.setExperimentState(id, end.state, {
        addSeconds: this.#seconds(),
        ...(end.failure === undefined ? {} : { failure: end.failure }),
      });
      const { failure } = end;
      store.addLog({
        experiment: id,
        level: failure === undefined ? 'info' : 'error',
        message: failure === undefined ? `The run ended: ${end.state}.` : `The run ended: ${end.state}. ${failure.message}`,
        ...(failure === undefined ? {} : { values: { ...failure } }),
      });
    } catch (error) {
      this.#end = { state: 'interrupted', failure: end.failure ?? failureOf(error) };
    }
    void this.#killLate();
  }

  async #killLate(): Promise<void> {
    const isGone = await Promise.race([this.ended.then(() => true), delay(endMs, false, { ref: false })]);
    if (!isGone) this.#compute.kill();
  }

  /** Since the last call. */
  #seconds(): number {
    const now = performance.now();
    const seconds = (now - this.#countedMs) / 1000;
    this.#countedMs = now;
    return seconds;
  }
}

/** A process that has ended already is marked so that it counts as gone. */
function runnerOf({ pid }: ComputeProcess): RunnerMark {
  return markOf(pid) ?? { ...ownMark(), pid };
}

/** What follows from the configuration alone: it would come again at every resume. */
const finalCodes: ReadonlySet<string> = new Set([
  'loss-not-finite',
  'weights-not-finite',
  'invalid-config',
  'infeasible',
  'bad-architecture',
]);

/** Trouble with data, disk or memory, and faults of the lab, can be mended; then the search goes on where it was. */
function endOf(failure: Failure, origin: FailureOrigin): RunEnd {
  return { state: origin === 'engine' && finalCodes.has(failure.code) ? 'failed' : 'interrupted', failure };
}

function failureOf(error: unknown): Failure {
  if (error instanceof StoreError)
    return { code: error.code, message: error.message, ...(error.tip === undefined ? {} : { tip: error.tip }) };
  return { code: 'unexpected', message: `Storing the results failed: ${error instanceof Error ? error.message : String(error)}` };
}

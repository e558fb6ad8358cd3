import { setTimeout as delay } from 'node:timers/promises';
import { unknownExperiment } from '../../db/errors.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentRecord, ExperimentStore, Failure } from '../../db/store.ts';
import type { ComputeEnvironment, ComputeJob } from '../compute/protocol.ts';
import type { ExperimentEnvironment, ExperimentView, LabEvent, ResumeOptions } from '../ipc/contract.ts';
import { checkAvailable } from './datasets/registry.ts';
import { adoptFolder } from './folder/adopt-folders.ts';
import { journalingStore, openJournal } from './folder/journaling-store.ts';
import type { Journal } from './folder/journal.ts';
import { labClosing } from './closing.ts';
import { experimentFolder } from './home.ts';
import type { HomeLayout } from './home.ts';
import type { LabStore } from './lab-store.ts';
import type { LaunchCompute } from './launch-compute.ts';
import { checkNothingLost, resumePoint } from './resume-point.ts';
import type { Resume } from './resume-point.ts';
import { defaultRestartDelaysMs, Restarts } from './restarts.ts';
import { memoryLimitCode, SearchRun } from './search-run.ts';
import type { RunEnd } from './search-run.ts';
import { asJson, backendNotChosen, datasetOf } from './search-setup.ts';
import { takeBack } from './take-back.ts';
import { environmentOf, experimentView } from './views.ts';

/** Stopping at the end of the process waits so long for the running step, then the last checkpoint counts. Who ends the process waits 10 s. */
const closeMs = 8_000;

/** The searches that run in this process: starts them, hears of their ends, and ends them all when the lab closes. */
export class RunningSearches {
  readonly #labStore: LabStore;
  readonly #launch: LaunchCompute;
  readonly #emit: (event: LabEvent) => void;
  readonly #restartDelaysMs: readonly number[];
  readonly #memoryLimitBytes: () => number | undefined;
  readonly #runs = new Map<string, SearchRun>();
  /** From the start to the end, restarts included. */
  readonly #supervised = new Map<string, Promise<void>>();
  /** End the wait before a restart. */
  readonly #pauses = new Map<string, () => void>();
  readonly #stopping = new Set<string>();
  /** Settled when the run has begun, or could not. */
  readonly #starting = new Map<string, Promise<unknown>>();
  #isClosing = false;
  /** Failures for which there was no room in the store. */
  readonly #unstored = new Map<string, Failure>();

  constructor(
    labStore: LabStore,
    launch: LaunchCompute,
    emit: (event: LabEvent) => void,
    restartDelaysMs: readonly number[] = defaultRestartDelaysMs,
    memoryLimitBytes: () => number | undefined = () => undefined,
  ) {
    this.#memoryLimitBytes = memoryLimitBytes;
    this.#labStore = labStore;
    this.#launch = launch;
    this.#emit = emit;
    this.#restartDelaysMs = restartDelaysMs;
  }

  /** It runs, or waits to be started again. */
  has(id: string): boolean {
    return this.#supervised.has(id);
  }

  unstoredFailure(id: string): Failure | undefined {
    return this.#unstored.get(id);
  }

  /** Resolves at once when it does not run here. */
  async ended(id: string): Promise<void> {
    await this.#supervised.get(id);
  }

  async stop(id: string, now: boolean): Promise<void> {
    this.#stopping.add(id);
    this.#pauses.get(id)?.();
    await this.#runs.get(id)?.stop(now);
    await this.ended(id);
  }

  /** Stops all of them after their running steps, also those that are about to begin; none begins from now on. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.race([Promise.allSettled(this.#starting.values()), delay(closeMs, undefined, { ref: false })]);
    await Promise.all(
      [...this.#supervised.keys()].map(async (id) => {
        const timer = setTimeout(() => void this.stop(id, true), closeMs);
        await this.stop(id, false);
        clearTimeout(timer);
      }),
    );
  }

  /**
   * Runs an experiment from its newest checkpoint, and again when its compute process dies. Resolves when the backend is chosen, or the run has
   * ended already. Errors: 'closing', 'still-running', 'finished', 'dataset-missing', those of the disk; 'checkpoint-missing' and 'checkpoint-damaged' when
   * steps would be lost, unless `fromEarlier`. A run that would compute differently from before ends with failure 'other-machine', unless `otherMachine`.
   */
  async run(store: ExperimentStore, id: string, options: ResumeOptions = {}): Promise<void> {
    if (this.#isClosing) throw labClosing();
    if (this.#starting.has(id) || this.has(id)) throw new StoreError('still-running', `Experiment ${id} is running already.`);
    this.#stopping.delete(id);
    const begun = this.#begin(store, id, options);
    this.#starting.set(id, begun);
    try {
      const { run, chosen } = await begun;
      this.#supervised.set(id, this.#supervise(store, id, run));
      await chosen;
    } finally {
      this.#starting.delete(id);
    }
  }

  /** Never rejects. */
  async #supervise(store: ExperimentStore, id: string, first: BegunRun): Promise<void> {
    const restarts = new Restarts(this.#restartDelaysMs);
    let run: BegunRun | undefined = first;
    try {
      while (run !== undefined) {
        const end: RunEnd = await run.finished;
        run = this.#stopping.has(id) ? undefined : await this.#next(store, id, end, restarts);
      }
    } catch (error) {
      // The store cannot be read or written, or the search cannot go on: the experiment stays interrupted.
      this.#note(store, id, `Starting the search again failed: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#stopping.delete(id);
      this.#supervised.delete(id);
    }
  }

  /** A run that follows by itself on one that ended this way; undefined when none does. */
  async #next(store: ExperimentStore, id: string, { failure }: RunEnd, restarts: Restarts): Promise<BegunRun | undefined> {
    if (failure?.code === 'compute-died') return this.#restart(store, id, restarts);
    if (failure?.code !== memoryLimitCode || !restarts.isWorthwhile(store.latestCheckpoint(id)?.step ?? 0)) return undefined;
    this.#note(store, id, `${failure.message} The search goes on in a fresh one.`);
    return (await this.#begin(store, id, {})).run;
  }

  /** Undefined when it is given up, or stopped while it waits. */
  async #restart(store: ExperimentStore, id: string, restarts: Restarts): Promise<BegunRun | undefined> {
    const next = restarts.next(store.latestCheckpoint(id)?.step ?? 0);
    if (next === undefined) return undefined;
    this.#note(
      store,
      id,
      `The compute process died; the search goes on by itself in ${next.delayMs / 1000} s (${next.number} of ${restarts.most}).`,
    );
    await this.#pause(id, next.delayMs);
    if (!this.#stopping.has(id)) return (await this.#begin(store, id, {})).run;
    store.setExperimentState(id, 'stopped');
    this.#emitState(store, id);
    return undefined;
  }

  async #pause(id: string, ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#pauses.set(id, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#pauses.delete(id);
  }

  async #begin(
    store: ExperimentStore,
    id: string,
    { fromEarlier = false, otherMachine = false }: ResumeOptions,
  ): Promise<{ readonly run: BegunRun; readonly chosen: Promise<void> }> {
    const folder = experimentFolder(this.#labStore.layout, id);
    const resume = this.#resumePoint(store, id, folder, fromEarlier);
    // Only now: the folder may have known the record better.
    const record = store.experiment(id);
    if (record === undefined) throw unknownExperiment(id);
    checkAvailable(this.#currentEnvironment(store, record).dataset);
    const journal = openJournal(store, id, folder);
    try {
      return await this.#start({ store: journalingStore(store, id, folder, journal), record, folder, journal, resume, otherMachine });
    } catch (error) {
      journal.close();
      throw error;
    }
  }

  /** A database that went back to a backup names files that were replaced since: then the folder knows better. */
  #resumePoint(store: ExperimentStore, id: string, folder: string, fromEarlier: boolean): Resume {
    const known = resumePoint(store, id, folder);
    const resume = known.unusable.length > 0 && adoptFolder(store, this.#labStore.layout, id) ? resumePoint(store, id, folder) : known;
    if (!fromEarlier) checkNothingLost(id, resume);
    return resume;
  }

  async #start({
    store,
    record,
    folder,
    journal,
    resume,
    otherMachine,
  }: PreparedRun): Promise<{ readonly run: BegunRun; readonly chosen: Promise<void> }> {
    const { id } = record;
    const environment = this.#currentEnvironment(store, record);
    takeBack(store, id, folder, resume, (message) => this.#emit({ type: 'search', id, event: { type: 'log', level: 'warn', message } }));
    const chosen = Promise.withResolvers<void>();
    const run = await SearchRun.start({
      store,
      id,
      job: jobOf(this.#labStore.layout, record, environment, folder, resume, otherMachine ? undefined : environment.numerics),
      launch: this.#launch,
      onEvent: (event) => {
        this.#emit({ type: 'search', id, event });
        if (event.type === 'state') this.#backUp(store, id, 'when-due');
      },
      onUsage: ({ memoryBytes, cores }) => this.#emit({ type: 'usage', id, memoryBytes, cores }),
      memoryLimitBytes: this.#memoryLimitBytes,
      onEnvironment: (computing) => {
        this.#noteEnvironment(store, id, environment, computing, resume.step);
        chosen.resolve();
      },
    });
    this.#runs.set(id, run);
    // Asked to stop while it was being started again.
    if (this.#stopping.has(id)) void run.stop(false);
    this.#unstored.delete(id);
    this.#emitState(store, id);
    const finished = run.ended.then((end) => {
      chosen.resolve();
      try {
        this.#finished(store, id, end);
      } finally {
        journal.close();
      }
      return end;
    });
    return { run: { finished }, chosen: chosen.promise };
  }

  /** What computes is kept with the experiment, for the runs to come. */
  #noteEnvironment(
    store: ExperimentStore,
    id: string,
    environment: ExperimentEnvironment,
    { backend, threads, precision, numerics, compileFrom, details }: ComputeEnvironment,
    step: number,
  ): void {
    const isNew = environment.backend === backendNotChosen || (environment.numerics === undefined && numerics !== undefined);
    if (!isNew && numerics === environment.numerics) return;
    const computing = { backend, threads, precision, numerics, compileFrom };
    store.setEnvironment(id, asJson({ ...environment, ...computing, ...(isNew && { choice: details }) }));
    if (isNew) {
      store.addLog({
        experiment: id,
        level: 'info',
        message: `Computes on ${backend}, ${threads} ${threads === 1 ? 'thread' : 'threads'}.`,
        values: details,
      });
    } else {
      this.#note(
        store,
        id,
        `From step ${step} on it is computed by a machine that differs in the last bits (fingerprint ${environment.numerics} before, ${numerics ?? 'none'} now): results do not equal an uninterrupted run.`,
      );
    }
  }

  /** A data set that moved is followed as long as its content is the same. */
  #currentEnvironment(store: ExperimentStore, record: ExperimentRecord): ExperimentEnvironment {
    const environment = environmentOf(record);
    const registered = store.dataset(environment.dataset.name);
    if (registered === undefined || registered.fingerprint !== environment.dataset.fingerprint) return environment;
    const current = { ...environment, dataset: datasetOf(registered) };
    if (registered.root !== environment.dataset.root) store.setEnvironment(record.id, asJson(current));
    return current;
  }

  #finished(store: ExperimentStore, id: string, end: RunEnd): void {
    this.#runs.delete(id);
    if (end.failure !== undefined) this.#unstored.set(id, end.failure);
    this.#backUp(store, id, 'now');
    this.#emitState(store, id);
  }

  #backUp(store: ExperimentStore, id: string, when: 'now' | 'when-due'): void {
    try {
      this.#labStore.backUp(when);
    } catch (error) {
      this.#note(store, id, `Making a backup of the database failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** A warning to whoever follows, and in the log. */
  #note(store: ExperimentStore, id: string, message: string): void {
    this.#emit({ type: 'search', id, event: { type: 'log', level: 'warn', message } });
    try {
      store.addLog({ experiment: id, level: 'warn', message });
    } catch {
      // No room for the log either: then the failure of the run says so.
    }
  }

  /** Whoever asks for the experiment later hears of a store that cannot be read; the event is left out. */
  #emitState(store: ExperimentStore, id: string): void {
    let experiment: ExperimentView | undefined;
    try {
      const record = store.experiment(id);
      if (record !== undefined) experiment = experimentView(store, this.#labStore.layout, record, this.#unstored.get(id));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
    if (experiment !== undefined) this.#emit({ type: 'experiment', experiment });
  }
}

interface BegunRun {
  /** The process is gone and its end is stored. */
  readonly finished: Promise<RunEnd>;
}

interface PreparedRun {
  /** Writes into the journal too. */
  readonly store: ExperimentStore;
  readonly record: ExperimentRecord;
  readonly folder: string;
  readonly journal: Journal;
  readonly resume: Resume;
  readonly otherMachine: boolean;
}

function jobOf(
  { features }: HomeLayout,
  record: ExperimentRecord,
  environment: ExperimentEnvironment,
  folder: string,
  resume: Resume,
  numerics: string | undefined,
): ComputeJob {
  const { kind, root, fingerprint } = environment.dataset;
  return {
    config: record.config,
    folder,
    features,
    dataset: { kind, root, fingerprint },
    ...(environment.backend === backendNotChosen ? {} : { backend: environment.backend }),
    ...(environment.threads === undefined ? {} : { threads: environment.threads }),
    isFirstRun: environment.numerics === undefined,
    ...(environment.compileFrom === undefined ? {} : { compileFrom: environment.compileFrom }),
    ...(numerics === undefined ? {} : { numerics }),
    ...(environment.latency === undefined ? {} : { latency: environment.latency }),
    progress: resume.progress,
    files: resume.files,
  };
}

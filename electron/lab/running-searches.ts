import { deleteCheckpointFiles, orphanFiles } from '../../db/checkpoints/checkpoint-files.ts';
import { unknownExperiment } from '../../db/errors.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentRecord, ExperimentStore, Failure } from '../../db/store.ts';
import type { ComputeJob } from '../compute/protocol.ts';
import type { ExperimentEnvironment, LabEvent } from '../ipc/contract.ts';
import { checkAvailable } from './dataset-registry.ts';
import { experimentFolder } from './home.ts';
import type { LabStore } from './lab-store.ts';
import type { LaunchCompute } from './launch-compute.ts';
import { resumePoint } from './resume-point.ts';
import type { Resume } from './resume-point.ts';
import { SearchRun } from './search-run.ts';
import type { RunEnd } from './search-run.ts';
import { asJson, backendNotChosen, datasetOf } from './search-setup.ts';
import { environmentOf, experimentView } from './views.ts';

/** Stopping at the end of the process waits so long for the running step, then the last checkpoint counts. */
const closeMs = 10_000;

/** The searches that run in this process: starts them, hears of their ends, and ends them all when the lab closes. */
export class RunningSearches {
  readonly #labStore: LabStore;
  readonly #launch: LaunchCompute;
  readonly #emit: (event: LabEvent) => void;
  readonly #runs = new Map<string, SearchRun>();
  readonly #starting = new Set<string>();
  /** Failures for which there was no room in the store. */
  readonly #unstored = new Map<string, Failure>();

  constructor(labStore: LabStore, launch: LaunchCompute, emit: (event: LabEvent) => void) {
    this.#labStore = labStore;
    this.#launch = launch;
    this.#emit = emit;
  }

  has(id: string): boolean {
    return this.#runs.has(id);
  }

  unstoredFailure(id: string): Failure | undefined {
    return this.#unstored.get(id);
  }

  /** Resolves at once when it does not run here. */
  async ended(id: string): Promise<void> {
    await this.#runs.get(id)?.ended;
  }

  async stop(id: string, now: boolean): Promise<void> {
    await this.#runs.get(id)?.stop(now);
  }

  /** Stops all of them after their running steps. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#runs.values()].map(async (run) => {
        const timer = setTimeout(() => void run.stop(true), closeMs);
        await run.stop(false);
        clearTimeout(timer);
      }),
    );
  }

  /**
   * Runs an experiment from its newest usable checkpoint. Resolves when the backend is chosen, or the run has ended already.
   * Errors: 'still-running', 'finished', 'dataset-missing', those of the disk.
   */
  async run(store: ExperimentStore, id: string): Promise<void> {
    if (this.#starting.has(id) || this.#runs.has(id)) throw new StoreError('still-running', `Experiment ${id} is running already.`);
    this.#starting.add(id);
    try {
      await this.#run(store, id);
    } finally {
      this.#starting.delete(id);
    }
  }

  async #run(store: ExperimentStore, id: string): Promise<void> {
    const record = store.experiment(id);
    if (record === undefined) throw unknownExperiment(id);
    const environment = this.#currentEnvironment(store, record);
    checkAvailable(environment.dataset);
    const folder = experimentFolder(this.#labStore.layout, id);
    const resume = resumePoint(store, id, folder);
    this.#clean(store, id, folder, resume);
    const chosen = Promise.withResolvers<void>();
    const run = await SearchRun.start({
      store,
      id,
      job: jobOf(record, environment, folder, resume),
      launch: this.#launch,
      onEvent: (event) => this.#emit({ type: 'search', id, event }),
      onEnvironment: ({ backend, threads, details }) => {
        if (environment.backend === backendNotChosen) {
          store.setEnvironment(id, asJson({ ...environment, backend, threads }));
          store.addLog({ experiment: id, level: 'info', message: `Computes on ${backend}, ${threads} ${threads === 1 ? 'thread' : 'threads'}.`, values: details });
        }
        chosen.resolve();
      },
    });
    this.#runs.set(id, run);
    this.#unstored.delete(id);
    this.#emitState(store, id);
    void run.ended.then((end) => {
      this.#finished(store, id, end);
      chosen.resolve();
    });
    await chosen.promise;
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

  /** Takes back what lies after the resume point and will come again. */
  #clean(store: ExperimentStore, id: string, folder: string, resume: Resume): void {
    for (const { name, reason } of resume.unusable) {
      store.addLog({ experiment: id, level: 'warn', message: `The checkpoint '${name}' cannot be used: ${reason}` });
      store.removeCheckpoint(id, name);
    }
    // Going back behind a state that is still good: it must not be the one to resume from next time.
    for (const { name, step } of store.checkpoints(id)) if (step > resume.step) store.removeCheckpoint(id, name);
    const named = new Set([...store.checkpoints(id).map(({ file }) => file), ...store.trials(id).flatMap(({ weights }) => weights ?? [])]);
    deleteCheckpointFiles(folder, orphanFiles(folder, named).map(({ file }) => file));
    store.truncateScalars(id, resume.step);
    store.abandonTrials(id);
    const isNew = resume.step === 0 && resume.progress.finishedTrials.length === 0;
    if (isNew) return;
    const { length } = resume.progress.finishedTrials;
    store.addLog({ experiment: id, level: 'info', message: `Resumes from step ${resume.step} with ${length} finished ${length === 1 ? 'trial' : 'trials'}.` });
  }

  #finished(store: ExperimentStore, id: string, end: RunEnd): void {
    this.#runs.delete(id);
    if (end.failure !== undefined) this.#unstored.set(id, end.failure);
    try {
      this.#labStore.backUp();
    } catch (error) {
      this.#noteMissingBackup(store, id, error);
    }
    this.#emitState(store, id);
  }

  /** The results are stored without it. */
  #noteMissingBackup(store: ExperimentStore, id: string, error: unknown): void {
    try {
      store.addLog({ experiment: id, level: 'warn', message: `Making a backup of the database failed: ${error instanceof Error ? error.message : String(error)}` });
    } catch {
      // No room for the log either: then the failure of the run says so.
    }
  }

  #emitState(store: ExperimentStore, id: string): void {
    const record = store.experiment(id);
    if (record !== undefined) this.#emit({ type: 'experiment', experiment: experimentView(store, this.#labStore.layout, record, this.#unstored.get(id)) });
  }
}

function jobOf(record: ExperimentRecord, environment: ExperimentEnvironment, folder: string, resume: Resume): ComputeJob {
  const { kind, root, fingerprint } = environment.dataset;
  return {
    config: record.config,
    folder,
    dataset: { kind, root, fingerprint },
    ...(environment.backend === backendNotChosen ? {} : { backend: environment.backend, threads: environment.threads }),
    progress: resume.progress,
    files: resume.files,
  };
}

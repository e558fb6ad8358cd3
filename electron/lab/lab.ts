import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileError } from '../../db/checkpoints/file-system.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentRecord, ExperimentStore, PlanRecord } from '../../db/store.ts';
import { applySettings } from '../../engine/search/config.ts';
import type {
  CoreApi,
  ExperimentView,
  ForkRequest,
  FrontInput,
  LabApi,
  LabEvent,
  ResumeOptions,
  StartSearchRequest,
} from '../ipc/contract.ts';
import { changeOn } from './change.ts';
import type { Change } from './change.ts';
import { labClosing } from './closing.ts';
import { composeApi } from './compose-api.ts';
import type { LabContext } from './context.ts';
import { checkAvailable, needDataset } from './datasets/registry.ts';
import { deviceChoice } from './device-choice.ts';
import { examineHome, repairHome } from './doctor.ts';
import { serveForwarded } from './forwarding.ts';
import { updateExperimentFile, writeExperimentFile } from './folder/experiment-file.ts';
import { folderBytes } from './folder-size.ts';
import { groups } from './groups.ts';
import { experimentFolder, layoutOf, resolveHome } from './home.ts';
import type { HomeHold } from './home-owner.ts';
import { Jobs } from './jobs/jobs.ts';
import { taskRunner } from './jobs/run-task.ts';
import { LabStore } from './lab-store.ts';
import { searchLatency } from './latency/search-latency.ts';
import { forkCompute, forkTask } from './launch-compute.ts';
import type { LaunchCompute, LaunchTask } from './launch-compute.ts';
import { createMedia } from './media/media.ts';
import type { ServeMedia } from './media/media.ts';
import { writeToErrors } from './last-resort.ts';
import { exportExperiment } from './naslab/export-experiment.ts';
import { importExperiment } from './naslab/import-experiment.ts';
import { listPrunable, prune, sumOf } from './prune.ts';
import { ownMark } from './process-mark.ts';
import { withNotes } from './tradeoff/trial-notes.ts';
import { defaultRestartDelaysMs } from './restarts.ts';
import { RunningSearches } from './running-searches.ts';
import { readSettings } from './settings/settings-file.ts';
import { asJson, checkStart, configOf, environmentFor, findExperiment, newId, withUsualDevice } from './search-setup.ts';
import { datasetView, environmentOf, experimentView, trialView } from './views.ts';

/** Another command that holds the home for a moment is waited for. */
const defaultWaitMs = 5_000;

export interface LabOptions {
  /** Folder; else LAB_HOME, else the platform's. */
  readonly home?: string;
  /** What others are told when they find the home in use: 'lab search'. */
  readonly command?: string;
  readonly launchCompute?: LaunchCompute;
  readonly launchTask?: LaunchTask;
  /** How long to wait for another process that holds the home. */
  readonly waitMs?: number;
  /** When a compute process that died is started again: once for each, in milliseconds after its death. */
  readonly restartDelaysMs?: readonly number[];
  /** An interface is shown here: waiting searches start by themselves. */
  readonly runsQueue?: boolean;
}

export interface OpenedLab {
  readonly api: LabApi;
  /** Absolute path. */
  readonly home: string;
  /** Pictures that pages show by their address. */
  readonly serveMedia: ServeMedia;
  /** Stops what runs here after its step, writes a backup when one is due and gives the home back. */
  close(): Promise<void>;
}

/** The application service on one home. Nothing is opened, created or locked before the first call that needs it. */
export function openLab(options: LabOptions = {}): OpenedLab {
  const lab = new Lab(options);
  return { api: lab.api, home: lab.home, serveMedia: lab.serveMedia, close: () => lab.close() };
}

/** Experiments and the home; the other groups of operations are functions of what is opened here. */
class Lab implements CoreApi {
  readonly home: string;
  /** This group and all others. */
  readonly api: LabApi;
  readonly serveMedia: ServeMedia;
  readonly #jobs: Jobs;
  readonly #command: string;
  readonly #waitMs: number;
  readonly #store: LabStore;
  readonly #change: Change;
  readonly #running: RunningSearches;
  readonly #listeners = new Set<(event: LabEvent) => void>();
  #isClosing = false;

  constructor({
    home,
    command = 'lab',
    launchCompute = forkCompute(),
    launchTask = forkTask(),
    waitMs = defaultWaitMs,
    restartDelaysMs = defaultRestartDelaysMs,
    runsQueue = false,
  }: LabOptions) {
    const layout = layoutOf(resolveHome({ home }));
    this.home = layout.root;
    this.#command = command;
    this.#waitMs = waitMs;
    this.#store = new LabStore(layout, command, (hold) => this.#listen(layout.socket, hold));
    this.#change = changeOn(this.#store, waitMs);
    const emit = (event: LabEvent): void => {
      for (const listener of this.#listeners) listener(event);
    };
    this.#running = new RunningSearches(
      this.#store,
      launchCompute,
      emit,
      restartDelaysMs,
      () => readSettings(layout.root).compute.memoryLimitBytes,
    );
    this.#jobs = new Jobs((job) => emit({ type: 'job', job }));
    const context: LabContext = {
      layout,
      reading: () => this.#store.reading(),
      change: this.#change,
      isRunningHere: (id) => this.#running.has(id),
      api: () => this.api,
      jobs: this.#jobs,
      runTask: taskRunner(launchTask),
      runsQueue,
      emit,
      onEvent: (listener) => this.onEvent(listener),
      view: (id) => this.#view(id),
      isClosing: () => this.#isClosing,
      startPlan: (plan) => this.#startPlan(plan),
      warn: (id, message) =>
        void this.#store
          .writing('Writing a log')
          .then((store) => store.addLog({ experiment: id, level: 'warn', message }))
          .catch(() => writeToErrors(`${id}: ${message}`)),
    };
    this.serveMedia = createMedia(context);
    this.api = composeApi([this, this.#jobs, ...groups.map((create) => create(context))], (listener) => this.onEvent(listener));
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([this.#jobs.close(), this.#running.close()]);
    await this.#store.close();
  }

  // Searches

  async startSearch(request: StartSearchRequest): Promise<ExperimentView> {
    return this.#start(request, request.retrains?.experiment);
  }

  async forkSearch(request: ForkRequest): Promise<ExperimentView> {
    const { id, set, name, dataset, seed, isCheck } = request;
    const origin = findExperiment(this.#store.reading(), id);
    const environment = environmentOf(origin);
    const config = applySettings(
      origin.config,
      set.map(([path, value]) => `${path}=${JSON.stringify(value)}`),
    );
    return this.#start(
      {
        config: asJson(config),
        dataset: dataset ?? environment.dataset.name,
        ...(name === undefined ? {} : { name }),
        ...deviceChoice(request),
        ...(seed === undefined ? {} : { seed }),
        ...(isCheck === true ? { repeats: origin.id } : {}),
      },
      origin.id,
    );
  }

  async #startPlan(plan: PlanRecord): Promise<ExperimentView> {
    const request = plan.request as unknown as StartSearchRequest;
    return this.#start(request, request.retrains?.experiment, plan);
  }

  async #start(given: StartSearchRequest, origin: string | undefined, plan?: PlanRecord): Promise<ExperimentView> {
    const request = withUsualDevice(given, readSettings(this.#store.layout.root).compute);
    const config = configOf(request);
    const dataset = needDataset(this.#store.reading(), request.dataset);
    checkAvailable(dataset);
    checkStart(config, request, datasetView(dataset));
    const latency = searchLatency(this.#store.layout.root, config);
    const store = await this.#writingToBegin('Starting a search', plan === undefined ? this.#waitMs : 0);
    const id = newId(store, config.system);
    const record = store.createExperiment(
      {
        id,
        name: request.name ?? id,
        system: config.system,
        config: asJson(config),
        environment: asJson(environmentFor(config, dataset, request, latency)),
        runner: ownMark(),
        ...(origin === undefined ? {} : { origin }),
      },
      plan?.id,
    );
    try {
      writeExperimentFile(experimentFolder(this.#store.layout, id), record);
      await this.#running.run(store, id);
    } catch (error) {
      // It never began: nothing of it is left, and what was planned is planned again.
      store.removeExperiment(id);
      if (plan !== undefined) store.savePlan(plan);
      rmSync(experimentFolder(this.#store.layout, id), { recursive: true, force: true });
      throw error;
    }
    return this.#view(id);
  }

  /** StoreError 'closing' also when the lab was told to close while the home was waited for. */
  async #writingToBegin(action: string, waitMs: number): Promise<ExperimentStore> {
    if (this.#isClosing) throw labClosing();
    const store = await this.#store.writing(action, waitMs);
    if (this.#isClosing) throw labClosing();
    return store;
  }

  async resumeSearch(given: string, options: ResumeOptions = {}): Promise<ExperimentView> {
    const { id, state } = await this.experiment(given);
    if (state === 'running') throw stillRunning(id, 'It cannot be resumed.');
    const store = await this.#writingToBegin(`Resuming ${id}`, this.#waitMs);
    const record = findExperiment(store, id);
    if (record.state === 'complete' || record.state === 'failed') {
      throw new StoreError('finished', `Experiment ${id} is ${record.state}; there is nothing to resume.`, {
        tip: `Begin a changed one with: lab fork ${id} --set PATH=VALUE`,
      });
    }
    await this.#running.run(store, id, options);
    return this.#view(id);
  }

  async stopSearch(given: string, options: { readonly now?: boolean } = {}): Promise<ExperimentView> {
    const { id, state } = await this.experiment(given);
    if (this.#running.has(id)) {
      await this.#running.stop(id, options.now === true);
      return this.#view(id);
    }
    if (state === 'stopped') return this.#view(id);
    if (state === 'complete' || state === 'failed')
      throw new StoreError('finished', `Experiment ${id} is ${state}; there is nothing to stop.`);
    return this.#change('stopSearch', [id, options], async (store) => {
      // Leave paused: found cut off, and not to be resumed now.
      if (findExperiment(store, id).state === 'interrupted') store.setExperimentState(id, 'stopped');
      return this.#changed(store, id);
    });
  }

  async whenEnded(given: string): Promise<ExperimentView> {
    const { id } = await this.experiment(given);
    await this.#running.ended(id);
    return this.#view(id);
  }

  // Reading

  async experiments(): Promise<readonly ExperimentView[]> {
    const store = this.#store.reading();
    return store.experiments().map((record) => this.#viewOf(store, record));
  }

  async experiment(id: string): Promise<ExperimentView> {
    return this.#view(id);
  }

  async trials(id: string) {
    const store = this.#store.reading();
    return store.trials(findExperiment(store, id).id).map((trial) => trialView(this.#store.layout, trial));
  }

  async log(id: string, options: { readonly limit?: number } = {}) {
    const store = this.#store.reading();
    return store.logs(findExperiment(store, id).id, options.limit);
  }

  async scalarNames(id: string) {
    const store = this.#store.reading();
    return store.scalarNames(findExperiment(store, id).id);
  }

  async scalars(id: string, name: string, options: { readonly maxPoints?: number } = {}) {
    const store = this.#store.reading();
    return store.scalars(findExperiment(store, id).id, name, options.maxPoints);
  }

  async frontInputs(ids: readonly string[]): Promise<readonly FrontInput[]> {
    return Promise.all(
      ids.map(async (given) => {
        const { id, name, system, state, environment } = await this.experiment(given);
        const store = this.#store.reading();
        const trials = (await this.trials(id)).filter((trial) => trial.state === 'complete');
        const reference = store.referenceEdits(id)[0] ?? environment.reference;
        return {
          experiment: { id, name, system, state },
          dataset: environment.dataset,
          ...(reference === undefined ? {} : { reference: { macs: reference.macs, metric: reference.metric } }),
          trials: withNotes(trials, store.trialAnnotations(id), store.trialResults(id)),
        };
      }),
    );
  }

  // Records

  async annotate(given: string, change: Parameters<LabApi['annotate']>[1]): Promise<ExperimentView> {
    const { id } = await this.experiment(given);
    return this.#change('annotate', [id, change], async (store) => {
      store.annotate(id, change);
      return this.#changed(store, id);
    });
  }

  async removeExperiment(given: string): Promise<{ readonly freedBytes: number }> {
    const { id, state } = await this.experiment(given);
    if (state === 'running' || this.#running.has(id)) throw stillRunning(id, 'It cannot be removed.');
    return this.#change('removeExperiment', [id], async (store) => {
      const folder = experimentFolder(this.#store.layout, id);
      const freedBytes = folderBytes(folder);
      store.removeExperiment(id);
      try {
        rmSync(folder, { recursive: true, force: true });
      } catch (error) {
        throw fileError(`Removing the folder ${folder} of the experiment`, error);
      }
      return { freedBytes };
    });
  }

  async exportExperiment(id: string, file: string, { withStates = true }: Parameters<LabApi['exportExperiment']>[2] = {}) {
    const store = this.#store.reading();
    return exportExperiment(store, this.#store.layout, findExperiment(store, id), resolve(file), withStates);
  }

  async importExperiment(given: string) {
    const file = resolve(given);
    return this.#change('importExperiment', [file], async (store) => {
      const { id, exportedId } = await importExperiment(store, this.#store.layout, file);
      return { experiment: this.#view(id), exportedId };
    });
  }

  async prune(options: { readonly apply?: boolean } = {}) {
    if (options.apply === true) return prune(await this.#store.writing('Pruning', this.#waitMs), this.#store.layout);
    const files = listPrunable(this.#store.reading(), this.#store.layout);
    return { files, bytes: sumOf(files), applied: false };
  }

  // The home

  async doctor(options: Parameters<LabApi['doctor']>[0] = {}) {
    return options.repair === undefined
      ? examineHome(this.#store.layout)
      : repairHome(this.#store.layout, options.repair, this.#command, this.#waitMs);
  }

  onEvent(listener: (event: LabEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Some file systems have no sockets: then other processes are told that the home is in use, and why nobody answers. */
  async #listen(socket: string, hold: HomeHold): Promise<() => Promise<void>> {
    try {
      return await serveForwarded(socket, this.api);
    } catch (error) {
      hold.cannotListen(error instanceof Error ? error.message : String(error));
      return () => Promise.resolve();
    }
  }

  /** After a change of the record outside of a run. */
  #changed(store: ExperimentStore, id: string): ExperimentView {
    updateExperimentFile(experimentFolder(this.#store.layout, id), store.experiment(id));
    return this.#view(id);
  }

  #view(id: string): ExperimentView {
    const store = this.#store.reading();
    return this.#viewOf(store, findExperiment(store, id));
  }

  #viewOf(store: ExperimentStore, record: ExperimentRecord): ExperimentView {
    return experimentView(store, this.#store.layout, record, this.#running.unstoredFailure(record.id));
  }
}

function stillRunning(id: string, consequence: string): StoreError {
  return new StoreError('still-running', `Experiment ${id} is running. ${consequence}`, { tip: `Stop it first: lab stop ${id}` });
}

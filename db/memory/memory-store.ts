import { datasetExists, experimentExists, finishedTrial, unknownDataset, unknownExperiment, unknownTrial } from '../errors.ts';
import { downSample } from '../down-sample.ts';
import type {
  CheckpointRecord,
  DatasetRecord,
  ExperimentBundle,
  ExperimentRecord,
  ExperimentStore,
  LogRecord,
  TrialRecord,
} from '../store.ts';
import { checkBundle, checkTransition } from '../transitions.ts';
import { evaluationOperations } from './evaluations.ts';
import { planOperations } from './plans.ts';
import { emptyNotes, noteOperations } from './trial-notes.ts';
import type { TrialNotes } from './trial-notes.ts';
import { pointsOf } from './trial-points.ts';

interface Entry {
  record: ExperimentRecord;
  readonly trials: Map<number, TrialRecord>;
  readonly scalars: Map<string, Map<number, number>>;
  checkpoints: readonly CheckpointRecord[];
  readonly logs: LogRecord[];
  readonly notes: TrialNotes;
}

type Entries = Map<string, Entry>;

/** The same promises as the database, except that nothing outlives the process: for tests, and for a home that does not exist yet. */
export function createMemoryStore(options: { readonly now?: () => Date } = {}): ExperimentStore {
  const clock = options.now ?? (() => new Date());
  const now = (): string => clock().toISOString();
  const entries: Entries = new Map();
  const plans = planOperations(now);
  const need = (id: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw unknownExperiment(id);
    return entry;
  };
  return {
    isReadOnly: false,
    ...experimentOperations(entries, need, now, plans.removePlan),
    ...trialOperations(need, now),
    ...noteOperations(need, now),
    ...scalarOperations(need),
    ...checkpointOperations(need, now),
    addLog: (record) => {
      need(record.experiment).logs.push(frozen({ ...record, time: now() }));
    },
    logs: (experiment, limit) => need(experiment).logs.slice(limit === undefined ? 0 : limit === 0 ? Infinity : -limit),
    ...datasetOperations(now),
    ...evaluationOperations(now),
    ...plans,
    close: () => undefined,
  };
}

/** What JSON keeps of a value, out of reach of later changes by the caller. */
function frozen<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function entryOf({ experiment, trials, scalars, checkpoints, logs }: ExperimentBundle, notes: TrialNotes = emptyNotes()): Entry {
  const owned = <T>(records: readonly T[]) => records.map((record) => ({ ...frozen(record), experiment: experiment.id }));
  return {
    record: frozen(experiment),
    trials: new Map(owned(trials).map((trial) => [trial.number, trial])),
    scalars: new Map(Object.entries(scalars).map(([name, points]) => [name, new Map(points.map(({ step, value }) => [step, value]))])),
    checkpoints: owned(checkpoints),
    logs: owned(logs),
    notes,
  };
}

function experimentOperations(entries: Entries, need: (id: string) => Entry, now: () => string, removePlan: (id: string) => void) {
  const setState: ExperimentStore['setExperimentState'] = (id, state, details = {}) => {
    const entry = need(id);
    checkTransition(id, entry.record.state, state, details);
    const { failure: before, runner: _runner, ...rest } = entry.record;
    const failure = details.failure ?? (state === 'running' ? undefined : before);
    entry.record = frozen({
      ...rest,
      state,
      seconds: rest.seconds + (details.addSeconds ?? 0),
      updatedAt: now(),
      ...(failure === undefined ? {} : { failure }),
      ...(state === 'running' && details.runner !== undefined ? { runner: details.runner } : {}),
    });
  };
  return {
    createExperiment: (record, plan) => {
      if (entries.has(record.id)) throw experimentExists(record.id);
      if (plan !== undefined) removePlan(plan);
      const time = now();
      const created = frozen<ExperimentRecord>({
        ...record,
        state: 'running',
        createdAt: time,
        updatedAt: time,
        tags: [],
        note: '',
        seconds: 0,
      });
      entries.set(record.id, { record: created, trials: new Map(), scalars: new Map(), checkpoints: [], logs: [], notes: emptyNotes() });
      return created;
    },
    addExperiment: (bundle) => {
      checkBundle(bundle);
      if (entries.has(bundle.experiment.id)) throw experimentExists(bundle.experiment.id);
      entries.set(bundle.experiment.id, entryOf(bundle));
    },
    replaceExperiment: (bundle) => {
      checkBundle(bundle);
      const before = entries.get(bundle.experiment.id);
      const entry = entryOf(bundle, before?.notes);
      const archivedAt = before?.record.archivedAt;
      entries.set(bundle.experiment.id, archivedAt === undefined ? entry : { ...entry, record: { ...entry.record, archivedAt } });
    },
    experiment: (id) => entries.get(id)?.record,
    experiments: () =>
      [...entries.values()]
        .map(({ record }) => record)
        .reverse()
        .sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0)),
    setExperimentState: setState,
    setEnvironment: (id, environment) => {
      const entry = need(id);
      entry.record = frozen({ ...entry.record, environment, updatedAt: now() });
    },
    interruptRunning: (isAlive) => {
      const cut = [...entries.values()]
        .map(({ record }) => record)
        .filter(({ state, runner }) => state === 'running' && (runner === undefined || !isAlive(runner)));
      for (const { id } of cut) setState(id, 'interrupted');
      return cut.map(({ id }) => id);
    },
    annotate: (id, change) => {
      const entry = need(id);
      const { name, tags, note } = entry.record;
      entry.record = frozen({ ...entry.record, name: change.name ?? name, tags: change.tags ?? tags, note: change.note ?? note });
    },
    archiveExperiment: (id, isArchived) => {
      const entry = need(id);
      const { archivedAt, ...record } = entry.record;
      entry.record = isArchived ? { ...record, archivedAt: archivedAt ?? now() } : record;
    },
    removeExperiment: (id) => {
      need(id);
      entries.delete(id);
    },
  } satisfies Partial<ExperimentStore>;
}

function byNumber({ trials }: Entry): TrialRecord[] {
  return [...trials.values()].sort((a, b) => a.number - b.number);
}

function trialOperations(need: (id: string) => Entry, now: () => string) {
  const needTrial = (experiment: string, number: number): TrialRecord => {
    const trial = need(experiment).trials.get(number);
    if (trial === undefined) throw unknownTrial(experiment, number);
    return trial;
  };
  return {
    startTrial: (experiment, { number, arch, hash }) => {
      const { trials } = need(experiment);
      const before = trials.get(number);
      if (before?.state === 'complete' || before?.state === 'failed') throw finishedTrial(experiment, number, before.state);
      const attempt = (before?.attempt ?? 0) + 1;
      trials.set(number, frozen({ experiment, number, attempt, state: 'running', arch, hash, metrics: [], startedAt: now() }));
      return attempt;
    },
    finishTrial: (experiment, trial) => {
      const before = needTrial(experiment, trial.number);
      if (before.state === 'complete' && before.hash === trial.hash) return 'kept';
      if (before.state !== 'running') throw finishedTrial(experiment, trial.number, before.state);
      need(experiment).trials.set(trial.number, frozen({ ...before, ...trial, state: 'complete', finishedAt: now() }));
      return 'written';
    },
    failTrial: (experiment, number, failure) => {
      const before = needTrial(experiment, number);
      if (before.state !== 'running') throw finishedTrial(experiment, number, before.state);
      need(experiment).trials.set(number, frozen({ ...before, state: 'failed', failure, finishedAt: now() }));
    },
    abandonTrials: (experiment) => {
      const { trials } = need(experiment);
      for (const trial of trials.values()) {
        if (trial.state === 'running') trials.set(trial.number, { ...trial, state: 'abandoned', finishedAt: now() });
      }
    },
    trial: (experiment, number) => need(experiment).trials.get(number),
    trialCounts: (experiment) => {
      const counts = { running: 0, complete: 0, failed: 0, abandoned: 0 };
      for (const { state } of need(experiment).trials.values()) counts[state]++;
      return counts;
    },
    trials: (experiment) => byNumber(need(experiment)),
    trialPoints: (experiment) => pointsOf(byNumber(need(experiment))),
    architectures: (experiment, numbers) => {
      const { trials } = need(experiment);
      return numbers.map((number) => trials.get(number)?.arch ?? null);
    },
  } satisfies Partial<ExperimentStore>;
}

function scalarOperations(need: (id: string) => Entry) {
  return {
    addScalars: (experiment, points) => {
      const { scalars } = need(experiment);
      for (const { step, values } of points) {
        for (const [name, value] of Object.entries(values)) {
          const series = scalars.get(name) ?? new Map<number, number>();
          scalars.set(name, series.set(step, value));
        }
      }
    },
    scalarNames: (experiment) =>
      [...need(experiment).scalars]
        .filter(([, series]) => series.size > 0)
        .map(([name]) => name)
        .sort(),
    scalars: (experiment, name, maxPoints) => {
      const series = need(experiment).scalars.get(name) ?? new Map<number, number>();
      const points = [...series].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step);
      return downSample(points, maxPoints);
    },
    lastStep: (experiment) =>
      [...need(experiment).scalars.values()].flatMap((series) => [...series.keys()]).reduce((a, b) => Math.max(a, b), 0),
    truncateScalars: (experiment, afterStep) => {
      for (const series of need(experiment).scalars.values()) {
        for (const step of series.keys()) if (step > afterStep) series.delete(step);
      }
    },
  } satisfies Partial<ExperimentStore>;
}

function checkpointOperations(need: (id: string) => Entry, now: () => string) {
  /** Those that match go; returns their files that neither a checkpoint nor a trial names any more. */
  const remove = (experiment: string, matches: (record: CheckpointRecord) => boolean): readonly string[] => {
    const entry = need(experiment);
    const gone = entry.checkpoints.filter(matches);
    entry.checkpoints = entry.checkpoints.filter((record) => !matches(record));
    const used = new Set([...entry.checkpoints.map(({ file }) => file), ...[...entry.trials.values()].map(({ weights }) => weights)]);
    return [...new Set(gone.map(({ file }) => file))].filter((file) => !used.has(file));
  };
  return {
    addCheckpoint: (record) => {
      const replaced = remove(record.experiment, (old) => old.name === record.name || (!record.keep && !old.keep));
      const entry = need(record.experiment);
      // Newest first; the sort is stable, so of equal ones the last written comes first.
      entry.checkpoints = [frozen({ ...record, createdAt: now() }), ...entry.checkpoints].sort(
        (a, b) => b.step - a.step || b.phaseIndex - a.phaseIndex,
      );
      return replaced.filter((file) => file !== record.file);
    },
    removeCheckpoint: (experiment, name) => remove(experiment, (record) => record.name === name),
    latestCheckpoint: (experiment) => need(experiment).checkpoints[0],
    checkpoints: (experiment) => need(experiment).checkpoints,
  } satisfies Partial<ExperimentStore>;
}

function datasetOperations(now: () => string) {
  const datasets = new Map<string, DatasetRecord>();
  const needDataset = (name: string): DatasetRecord => {
    const record = datasets.get(name);
    if (record === undefined) throw unknownDataset(name);
    return record;
  };
  return {
    addDataset: (record) => {
      if (datasets.has(record.name)) throw datasetExists(record.name);
      datasets.set(record.name, frozen({ ...record, addedAt: now() }));
    },
    dataset: (name) => datasets.get(name),
    datasets: () => [...datasets.values()],
    relocateDataset: (name, root, fingerprint) => {
      datasets.set(name, { ...needDataset(name), root, fingerprint });
    },
    archiveDataset: (name, isArchived) => {
      const { archivedAt, ...record } = needDataset(name);
      datasets.set(name, isArchived ? { ...record, archivedAt: archivedAt ?? now() } : record);
    },
    removeDataset: (name) => {
      needDataset(name);
      datasets.delete(name);
    },
  } satisfies Partial<ExperimentStore>;
}

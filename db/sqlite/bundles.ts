import { experimentExists } from '../errors.ts';
import type { ExperimentBundle, ExperimentStore } from '../store.ts';
import { checkBundle } from '../transitions.ts';
import type { SqliteDatabase } from './driver.ts';
import { json } from './rows.ts';
import { takeNotes } from './trial-notes.ts';
import type { noteOperations } from './trial-notes.ts';

const experimentSql = `
INSERT INTO experiments (id, name, system, state, config, environment, origin, tags, note, seconds, failure, created_at, updated_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const trialSql = `
INSERT INTO trials (experiment_key, number, attempt, state, arch, hash, cost, metrics, steps, seed, parents, operator, series, role, details, weights,
  failure, started_at, finished_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const checkpointSql = `
INSERT INTO checkpoints (experiment_key, name, step, phase_index, state, file, bytes, sha256, keep, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

type BundleOperations = Pick<ExperimentStore, 'addExperiment' | 'replaceExperiment'>;

export function bundleOperations(
  database: SqliteDatabase,
  addScalars: ExperimentStore['addScalars'],
  notes: ReturnType<typeof noteOperations>,
): BundleOperations {
  const add = (bundle: ExperimentBundle): number => {
    checkBundle(bundle);
    const key = addRecord(database, bundle);
    for (const trial of bundle.trials) addTrial(database, key, trial);
    // Oldest first: of two with equal steps the one that was written last is resumed from.
    for (const { name, step, phaseIndex, state, file, bytes, sha256, keep, createdAt } of bundle.checkpoints.toReversed()) {
      database.run(checkpointSql, key, name, step, phaseIndex, json(state), file, bytes, sha256, keep ? 1 : 0, createdAt);
    }
    for (const { time, level, message, values } of bundle.logs) {
      database.run(
        'INSERT INTO logs (experiment_key, time, level, message, data) VALUES (?, ?, ?, ?, ?)',
        key,
        time,
        level,
        message,
        json(values),
      );
    }
    // Last: it remembers the keys of new names, and nothing after it takes them back.
    for (const [name, points] of Object.entries(bundle.scalars)) {
      addScalars(
        bundle.experiment.id,
        points.map(({ step, value }) => ({ step, values: { [name]: value } })),
      );
    }
    return key;
  };
  return {
    addExperiment: (bundle) => {
      database.transaction(() => add(bundle));
    },
    replaceExperiment: (bundle) => {
      database.transaction(() => {
        const writeNotes = takeNotes(database, notes, bundle.experiment.id);
        const archivedAt = database.get('SELECT archived_at FROM experiments WHERE id = ?', bundle.experiment.id)?.['archived_at'];
        database.run('DELETE FROM experiments WHERE id = ?', bundle.experiment.id);
        const key = add(bundle);
        database.run('UPDATE experiments SET archived_at = ? WHERE key = ?', archivedAt ?? null, key);
        writeNotes(key);
      });
    },
  };
}

function addRecord(database: SqliteDatabase, { experiment }: ExperimentBundle): number {
  const { id, name, system, state, config, environment, origin, tags, note, seconds, failure, createdAt, updatedAt } = experiment;
  if (database.get('SELECT 1 AS found FROM experiments WHERE id = ?', id) !== undefined) throw experimentExists(id);
  return database.run(
    experimentSql,
    id,
    name,
    system,
    state,
    json(config),
    json(environment),
    origin ?? null,
    json(tags),
    note,
    seconds,
    json(failure),
    createdAt,
    updatedAt,
  ).key;
}

function addTrial(database: SqliteDatabase, key: number, trial: ExperimentBundle['trials'][number]): void {
  database.run(
    trialSql,
    key,
    trial.number,
    trial.attempt,
    trial.state,
    json(trial.arch),
    trial.hash,
    json(trial.cost),
    json(trial.metrics),
    trial.steps ?? null,
    trial.seed ?? null,
    json(trial.parents),
    trial.operator ?? null,
    trial.series ?? null,
    trial.role ?? null,
    json(trial.details),
    trial.weights ?? null,
    json(trial.failure),
    trial.startedAt,
    trial.finishedAt ?? null,
  );
}

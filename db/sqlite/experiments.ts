import { experimentExists, unknownExperiment, unknownPlan } from '../errors.ts';
import type { ExperimentRecord, ExperimentStore } from '../store.ts';
import { checkTransition } from '../transitions.ts';
import type { SqliteDatabase } from './driver.ts';
import { experimentOf, json, number } from './rows.ts';

type ExperimentOperations = Pick<
  ExperimentStore,
  'createExperiment' | 'experiment' | 'experiments' | 'setExperimentState' | 'setEnvironment' | 'interruptRunning' | 'annotate' | 'archiveExperiment' | 'removeExperiment'
>;

/** Primary key of an experiment; throws StoreError 'unknown-experiment'. */
export function keyOf(database: SqliteDatabase, id: string): number {
  const row = database.get('SELECT key FROM experiments WHERE id = ?', id);
  if (row === undefined) throw unknownExperiment(id);
  return number(row, 'key');
}

export function experimentOperations(database: SqliteDatabase, now: () => string): ExperimentOperations {
  const find = (id: string) => {
    const row = database.get('SELECT * FROM experiments WHERE id = ?', id);
    return row === undefined ? undefined : experimentOf(row);
  };
  const need = (id: string) => {
    const found = find(id);
    if (found === undefined) throw unknownExperiment(id);
    return found;
  };
  const operations: ExperimentOperations = {
    createExperiment: (record, plan) =>
      database.transaction(() => {
        if (find(record.id) !== undefined) throw experimentExists(record.id);
        if (plan !== undefined && database.run('DELETE FROM plans WHERE id = ?', plan).changes === 0) throw unknownPlan(plan);
        const time = now();
        database.run(
          `INSERT INTO experiments (id, name, system, state, config, environment, origin, runner, created_at, updated_at)
           VALUES (?, ?, ?, 'running', ?, ?, ?, ?, ?, ?)`,
          record.id,
          record.name,
          record.system,
          json(record.config),
          json(record.environment),
          record.origin ?? null,
          json(record.runner),
          time,
          time,
        );
        return need(record.id);
      }),
    experiment: find,
    experiments: () => database.all('SELECT * FROM experiments ORDER BY created_at DESC, key DESC').map(experimentOf),
    setExperimentState: (id, state, details = {}) => {
      database.transaction(() => {
        checkTransition(id, need(id).state, state, details);
        database.run(
          `UPDATE experiments SET state = ?, failure = ${state === 'running' ? '?' : 'coalesce(?, failure)'}, runner = ?, seconds = seconds + ?, updated_at = ?
           WHERE id = ?`,
          state,
          json(details.failure),
          state === 'running' ? json(details.runner) : null,
          details.addSeconds ?? 0,
          now(),
          id,
        );
      });
    },
    setEnvironment: (id, environment) => {
      database.transaction(() => {
        need(id);
        database.run('UPDATE experiments SET environment = ?, updated_at = ? WHERE id = ?', json(environment), now(), id);
      });
    },
    interruptRunning: (isAlive) =>
      database.transaction(() => {
        const cut = operations.experiments().filter(({ state, runner }) => state === 'running' && (runner === undefined || !isAlive(runner)));
        for (const { id } of cut) operations.setExperimentState(id, 'interrupted');
        return cut.map(({ id }) => id);
      }),
    ...markOperations(database, now, need),
  };
  return operations;
}

/** Changes of what stands beside a record: names and notes, put away, removed. */
function markOperations(
  database: SqliteDatabase,
  now: () => string,
  need: (id: string) => ExperimentRecord,
): Pick<ExperimentOperations, 'annotate' | 'archiveExperiment' | 'removeExperiment'> {
  return {
    annotate: (id, change) => {
      database.transaction(() => {
        const before = need(id);
        database.run(
          'UPDATE experiments SET name = ?, tags = ?, note = ? WHERE id = ?',
          change.name ?? before.name,
          json(change.tags ?? before.tags),
          change.note ?? before.note,
          id,
        );
      });
    },
    archiveExperiment: (id, isArchived) => {
      database.transaction(() => {
        const time = isArchived ? (need(id).archivedAt ?? now()) : null;
        database.run('UPDATE experiments SET archived_at = ? WHERE key = ?', time, keyOf(database, id));
      });
    },
    removeExperiment: (id) => {
      database.transaction(() => {
        database.run('DELETE FROM experiments WHERE key = ?', keyOf(database, id));
      });
    },
  };
}

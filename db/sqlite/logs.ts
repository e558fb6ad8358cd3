import type { ExperimentStore } from '../store.ts';
import type { SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';
import { json, logOf } from './rows.ts';

type LogOperations = Pick<ExperimentStore, 'addLog' | 'logs'>;

export function logOperations(database: SqliteDatabase, now: () => string): LogOperations {
  return {
    addLog: (record) => {
      database.run(
        'INSERT INTO logs (experiment_key, time, level, message, data) VALUES (?, ?, ?, ?, ?)',
        keyOf(database, record.experiment),
        now(),
        record.level,
        record.message,
        json(record.values),
      );
    },
    logs: (experiment, limit) =>
      database
        // A negative limit is none.
        .all('SELECT * FROM logs WHERE experiment_key = ? ORDER BY key DESC LIMIT ?', keyOf(database, experiment), limit ?? -1)
        .map((row) => logOf(experiment, row))
        .reverse(),
  };
}

import type { ExperimentStore } from '../store.ts';
import type { SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';
import { checkpointOf, json, text } from './rows.ts';

type CheckpointOperations = Pick<ExperimentStore, 'addCheckpoint' | 'removeCheckpoint' | 'latestCheckpoint' | 'checkpoints'>;

const newestFirst = 'ORDER BY step DESC, phase_index DESC, key DESC';

export function checkpointOperations(database: SqliteDatabase, now: () => string): CheckpointOperations {
  /** Deletes the rows that match; returns their files that neither a checkpoint nor a trial names any more. */
  const remove = (key: number, condition: string, ...values: readonly string[]): readonly string[] => {
    const rows = database.all(`DELETE FROM checkpoints WHERE experiment_key = ? AND ${condition} RETURNING file`, key, ...values);
    return [...new Set(rows.map((row) => text(row, 'file')))].filter(
      (file) =>
        database.get(
          `SELECT 1 AS used FROM checkpoints WHERE experiment_key = ? AND file = ?
           UNION ALL SELECT 1 FROM trials WHERE experiment_key = ? AND weights = ?`,
          key,
          file,
          key,
          file,
        ) === undefined,
    );
  };
  return {
    addCheckpoint: (record) =>
      database.transaction(() => {
        const key = keyOf(database, record.experiment);
        const replaced = remove(key, record.keep ? 'name = ?' : '(name = ? OR keep = 0)', record.name);
        database.run(
          `INSERT INTO checkpoints (experiment_key, name, step, phase_index, state, file, bytes, sha256, keep, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          key,
          record.name,
          record.step,
          record.phaseIndex,
          json(record.state),
          record.file,
          record.bytes,
          record.sha256,
          record.keep ? 1 : 0,
          now(),
        );
        return replaced.filter((file) => file !== record.file);
      }),
    removeCheckpoint: (experiment, name) => database.transaction(() => remove(keyOf(database, experiment), 'name = ?', name)),
    latestCheckpoint: (experiment) => {
      const row = database.get(`SELECT * FROM checkpoints WHERE experiment_key = ? ${newestFirst} LIMIT 1`, keyOf(database, experiment));
      return row === undefined ? undefined : checkpointOf(experiment, row);
    },
    checkpoints: (experiment) =>
      database
        .all(`SELECT * FROM checkpoints WHERE experiment_key = ? ${newestFirst}`, keyOf(database, experiment))
        .map((row) => checkpointOf(experiment, row)),
  };
}

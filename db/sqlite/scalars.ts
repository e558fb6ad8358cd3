import { downSample } from '../down-sample.ts';
import type { ExperimentStore } from '../store.ts';
import type { SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';
import { number, text } from './rows.ts';

type ScalarOperations = Pick<ExperimentStore, 'addScalars' | 'scalarNames' | 'scalars' | 'lastStep' | 'truncateScalars'>;

export function scalarOperations(database: SqliteDatabase): ScalarOperations {
  const names = new Map<string, number>();
  const nameKey = (name: string): number => {
    let key = names.get(name);
    if (key === undefined) {
      const row = database.get('SELECT key FROM scalar_names WHERE name = ?', name);
      key = row === undefined ? database.run('INSERT INTO scalar_names (name) VALUES (?)', name).key : number(row, 'key');
    }
    return key;
  };
  return {
    addScalars: (experiment, points) => {
      const written = new Map<string, number>();
      database.transaction(() => {
        const experimentKey = keyOf(database, experiment);
        for (const { step, values } of points) {
          for (const [name, value] of Object.entries(values)) {
            const key = written.get(name) ?? nameKey(name);
            written.set(name, key);
            database.run(
              'INSERT OR REPLACE INTO scalars (experiment_key, name_key, step, value) VALUES (?, ?, ?, ?)',
              experimentKey,
              key,
              step,
              Number.isNaN(value) ? null : value,
            );
          }
        }
      });
      // Only now: a transaction that failed has taken new names back.
      for (const [name, key] of written) names.set(name, key);
    },
    scalarNames: (experiment) =>
      database
        .all(
          `SELECT name FROM scalar_names AS n
           WHERE EXISTS (SELECT 1 FROM scalars WHERE experiment_key = ? AND name_key = n.key) ORDER BY name`,
          keyOf(database, experiment),
        )
        .map((row) => text(row, 'name')),
    scalars: (experiment, name, maxPoints) => {
      const rows = database.all(
        `SELECT step, value FROM scalars WHERE experiment_key = ? AND name_key = (SELECT key FROM scalar_names WHERE name = ?) ORDER BY step`,
        keyOf(database, experiment),
        name,
      );
      const points = rows.map((row) => ({ step: number(row, 'step'), value: row['value'] === null ? Number.NaN : number(row, 'value') }));
      return downSample(points, maxPoints);
    },
    lastStep: (experiment) => {
      // One look-up in the primary key a name, instead of reading every value.
      const row = database.get(
        'SELECT max((SELECT max(step) FROM scalars WHERE experiment_key = ? AND name_key = n.key)) AS step FROM scalar_names AS n',
        keyOf(database, experiment),
      );
      return Number(row?.['step'] ?? 0);
    },
    truncateScalars: (experiment, afterStep) => {
      database.transaction(() => {
        database.run('DELETE FROM scalars WHERE experiment_key = ? AND step > ?', keyOf(database, experiment), afterStep);
      });
    },
  };
}

import type { ExperimentStore, Json, TrialPoints } from '../store.ts';
import type { Row, SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';
import { text } from './rows.ts';

const pointsSql = `
SELECT number, state, role, series, operator, hash, cost, metrics, steps, seed FROM trials INDEXED BY trials_points
WHERE experiment_key = ? AND state IN ('complete', 'failed') ORDER BY number`;

/** Columns of trials, answered by an index alone, and the architectures that it leaves out. */
export function pointOperations(database: SqliteDatabase): Pick<ExperimentStore, 'trialPoints' | 'architectures'> {
  return {
    trialPoints: (experiment) => {
      const rows = database.all(pointsSql, keyOf(database, experiment));
      const column = <T>(name: string): T[] => rows.map((row) => row[name] as T);
      return {
        number: column('number'),
        state: column('state'),
        hash: column('hash'),
        role: column('role'),
        series: column('series'),
        operator: column('operator'),
        cost: parsedTogether(rows, 'cost'),
        metrics: parsedTogether(rows, 'metrics') as TrialPoints['metrics'],
        steps: column('steps'),
        seed: column('seed'),
      };
    },
    architectures: (experiment, numbers) => {
      const key = keyOf(database, experiment);
      return numbers.map((number) => {
        const row = database.get('SELECT arch FROM trials WHERE experiment_key = ? AND number = ?', key, number);
        return row === undefined ? null : (JSON.parse(text(row, 'arch')) as Json);
      });
    },
  };
}

/** Thousands of short texts are parsed much faster as one. */
function parsedTogether(rows: readonly Row[], name: string): Json[] {
  return JSON.parse(`[${rows.map((row) => row[name] ?? 'null').join(',')}]`) as Json[];
}

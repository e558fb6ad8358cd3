import type { ExperimentStore, Json, TrialPoints } from '../store.ts';
import type { Row, SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';

const pointsSql = `
SELECT number, state, role, series, operator, hash, cost, metrics, steps, seed FROM trials INDEXED BY trials_points
WHERE experiment_key = ? AND state IN ('complete', 'failed') ORDER BY number`;

/** Columns of trials; the first query is answered by its index alone. */
export function pointOperations(database: SqliteDatabase): Pick<ExperimentStore, 'trialPoints' | 'trialChoices'> {
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
    trialChoices: (experiment, choices) => {
      const paths = choices.map((choice) => `$.choices.${JSON.stringify(choice)}`);
      const columns = paths.map((_, i) => `json_extract(arch, ?) AS c${i}`).join(', ');
      const rows = database.all(
        `SELECT number${columns === '' ? '' : `, ${columns}`} FROM trials WHERE experiment_key = ? AND state = 'complete' ORDER BY number`,
        ...paths,
        keyOf(database, experiment),
      );
      return {
        number: rows.map((row) => row['number'] as number),
        values: paths.map((_, i) => rows.map((row) => numberOrNull(row[`c${i}`]))),
      };
    },
  };
}

/** Thousands of short texts are parsed much faster as one. */
function parsedTogether(rows: readonly Row[], name: string): Json[] {
  return JSON.parse(`[${rows.map((row) => row[name] ?? 'null').join(',')}]`) as Json[];
}

function numberOrNull(value: Row[string] | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

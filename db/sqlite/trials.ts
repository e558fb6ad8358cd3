import { finishedTrial, unknownTrial } from '../errors.ts';
import type { ExperimentStore, TrialRecord, TrialState } from '../store.ts';
import type { SqliteDatabase } from './driver.ts';
import { keyOf } from './experiments.ts';
import { json, number as numberOf, text, trialOf } from './rows.ts';

type TrialOperations = Pick<
  ExperimentStore,
  'startTrial' | 'finishTrial' | 'failTrial' | 'abandonTrials' | 'trial' | 'trials' | 'trialCounts'
>;

const startSql = `
INSERT INTO trials (experiment_key, number, attempt, state, arch, hash, started_at) VALUES (?, ?, ?, 'running', ?, ?, ?)
ON CONFLICT (experiment_key, number) DO UPDATE SET
  attempt = excluded.attempt, state = 'running', arch = excluded.arch, hash = excluded.hash, started_at = excluded.started_at, finished_at = NULL`;

const finishSql = `
UPDATE trials SET state = 'complete', arch = ?, hash = ?, cost = ?, metrics = ?, steps = ?, seed = ?, parents = ?, operator = ?, series = ?,
  role = ?, details = ?, weights = ?, finished_at = ?
WHERE experiment_key = ? AND number = ?`;

export function trialOperations(database: SqliteDatabase, now: () => string): TrialOperations {
  const find = (experiment: string, number: number): TrialRecord | undefined => {
    const row = database.get('SELECT * FROM trials WHERE experiment_key = ? AND number = ?', keyOf(database, experiment), number);
    return row === undefined ? undefined : trialOf(experiment, row);
  };
  const need = (experiment: string, number: number): TrialRecord => {
    const found = find(experiment, number);
    if (found === undefined) throw unknownTrial(experiment, number);
    return found;
  };
  return {
    startTrial: (experiment, trial) =>
      database.transaction(() => {
        const before = find(experiment, trial.number);
        if (before?.state === 'complete' || before?.state === 'failed') throw finishedTrial(experiment, trial.number, before.state);
        const attempt = (before?.attempt ?? 0) + 1;
        database.run(startSql, keyOf(database, experiment), trial.number, attempt, json(trial.arch), trial.hash, now());
        return attempt;
      }),
    finishTrial: (experiment, trial) =>
      database.transaction(() => {
        const before = need(experiment, trial.number);
        if (before.state === 'complete' && before.hash === trial.hash) return 'kept';
        if (before.state !== 'running') throw finishedTrial(experiment, trial.number, before.state);
        database.run(
          finishSql,
          json(trial.arch),
          trial.hash,
          json(trial.cost),
          json(trial.metrics),
          trial.steps,
          trial.seed,
          json(trial.parents),
          trial.operator ?? null,
          trial.series ?? null,
          trial.role,
          json(trial.details),
          trial.weights ?? null,
          now(),
          keyOf(database, experiment),
          trial.number,
        );
        return 'written';
      }),
    failTrial: (experiment, number, failure) => {
      database.transaction(() => {
        const before = need(experiment, number);
        if (before.state !== 'running') throw finishedTrial(experiment, number, before.state);
        database.run(
          "UPDATE trials SET state = 'failed', failure = ?, finished_at = ? WHERE experiment_key = ? AND number = ?",
          json(failure),
          now(),
          keyOf(database, experiment),
          number,
        );
      });
    },
    abandonTrials: (experiment) => {
      database.transaction(() => {
        database.run(
          "UPDATE trials SET state = 'abandoned', finished_at = ? WHERE experiment_key = ? AND state = 'running'",
          now(),
          keyOf(database, experiment),
        );
      });
    },
    trial: find,
    trialCounts: (experiment) => countStates(database, experiment),
    trials: (experiment) =>
      database
        .all('SELECT * FROM trials WHERE experiment_key = ? ORDER BY number', keyOf(database, experiment))
        .map((row) => trialOf(experiment, row)),
  };
}

function countStates(database: SqliteDatabase, experiment: string): Record<TrialState, number> {
  const counts: Record<TrialState, number> = { running: 0, complete: 0, failed: 0, abandoned: 0 };
  const rows = database.all('SELECT state, count(*) AS n FROM trials WHERE experiment_key = ? GROUP BY state', keyOf(database, experiment));
  for (const row of rows) counts[text(row, 'state') as TrialState] = numberOf(row, 'n');
  return counts;
}

import { unknownPlan } from '../errors.ts';
import type { ExperimentStore, Failure, Json, PlanRecord } from '../store.ts';
import type { Row, SqliteDatabase } from './driver.ts';
import { json, parsed, present, text } from './rows.ts';

type PlanOperations = Pick<ExperimentStore, 'savePlan' | 'plan' | 'plans' | 'removePlan'>;

/** A draft that is queued goes to the end of the queue: the row is written anew. */
const saveSql = `INSERT INTO plans (id, kind, request, failure, created_at) VALUES (?, ?, ?, ?, ?)`;
const changeSql = 'UPDATE plans SET request = ?, failure = ? WHERE id = ?';

export function planOperations(database: SqliteDatabase, now: () => string): PlanOperations {
  const find = (id: string): PlanRecord | undefined => {
    const row = database.get('SELECT * FROM plans WHERE id = ?', id);
    return row === undefined ? undefined : planOf(row);
  };
  return {
    savePlan: ({ id, kind, request, failure }) => {
      database.transaction(() => {
        const failed = failure === undefined ? null : json(failure as unknown as Json);
        const known = find(id);
        if (known?.kind === kind) {
          database.run(changeSql, json(request), failed, id);
          return;
        }
        if (known !== undefined) database.run('DELETE FROM plans WHERE id = ?', id);
        database.run(saveSql, id, kind, json(request), failed, known?.createdAt ?? now());
      });
    },
    plan: find,
    plans: () => database.all('SELECT * FROM plans ORDER BY key').map(planOf),
    removePlan: (id) => {
      if (database.run('DELETE FROM plans WHERE id = ?', id).changes === 0) throw unknownPlan(id);
    },
  };
}

function planOf(row: Row): PlanRecord {
  return {
    id: text(row, 'id'),
    kind: text(row, 'kind') as PlanRecord['kind'],
    request: parsed(row, 'request') as Json,
    createdAt: text(row, 'created_at'),
    ...present('failure', parsed(row, 'failure') as Failure | undefined),
  };
}

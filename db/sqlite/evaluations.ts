import { evaluationExists, unknownEvaluation } from '../errors.ts';
import type { EvaluationRecord, ExperimentStore, Json } from '../store.ts';
import type { Row, SqliteDatabase } from './driver.ts';
import { json, parsed, text } from './rows.ts';

type EvaluationOperations = Pick<ExperimentStore, 'addEvaluation' | 'evaluation' | 'evaluations' | 'removeEvaluation'>;

const addSql = 'INSERT INTO evaluations (id, dataset, fingerprint, split, subject, result, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)';

export function evaluationOperations(database: SqliteDatabase, now: () => string): EvaluationOperations {
  const find = (id: string): EvaluationRecord | undefined => {
    const row = database.get('SELECT * FROM evaluations WHERE id = ?', id);
    return row === undefined ? undefined : evaluationOf(row);
  };
  return {
    addEvaluation: ({ id, dataset, fingerprint, split, subject, result }) => {
      database.transaction(() => {
        if (find(id) !== undefined) throw evaluationExists(id);
        database.run(addSql, id, dataset, fingerprint, split, json(subject), json(result), now());
      });
    },
    evaluation: find,
    evaluations: (dataset) =>
      (dataset === undefined
        ? database.all('SELECT * FROM evaluations ORDER BY key DESC')
        : database.all('SELECT * FROM evaluations WHERE dataset = ? ORDER BY key DESC', dataset)
      ).map(evaluationOf),
    removeEvaluation: (id) => {
      if (database.run('DELETE FROM evaluations WHERE id = ?', id).changes === 0) throw unknownEvaluation(id);
    },
  };
}

function evaluationOf(row: Row): EvaluationRecord {
  return {
    id: text(row, 'id'),
    dataset: text(row, 'dataset'),
    fingerprint: text(row, 'fingerprint'),
    split: text(row, 'split'),
    subject: parsed(row, 'subject') as Json,
    result: parsed(row, 'result') as Json,
    createdAt: text(row, 'created_at'),
  };
}

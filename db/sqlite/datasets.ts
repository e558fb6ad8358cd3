import { datasetExists, unknownDataset } from '../errors.ts';
import type { ExperimentStore } from '../store.ts';
import type { SqliteDatabase } from './driver.ts';
import { datasetOf, json } from './rows.ts';

type DatasetOperations = Pick<ExperimentStore, 'addDataset' | 'dataset' | 'datasets' | 'relocateDataset' | 'archiveDataset' | 'removeDataset'>;

export function datasetOperations(database: SqliteDatabase, now: () => string): DatasetOperations {
  const find = (name: string) => {
    const row = database.get('SELECT * FROM datasets WHERE name = ?', name);
    return row === undefined ? undefined : datasetOf(row);
  };
  const change = (name: string, sql: string, ...values: readonly string[]): void => {
    if (database.run(sql, ...values, name).changes === 0) throw unknownDataset(name);
  };
  return {
    addDataset: (record) => {
      database.transaction(() => {
        if (find(record.name) !== undefined) throw datasetExists(record.name);
        database.run(
          'INSERT INTO datasets (name, kind, root, fingerprint, info, added_at) VALUES (?, ?, ?, ?, ?, ?)',
          record.name,
          record.kind,
          record.root,
          record.fingerprint,
          json(record.info),
          now(),
        );
      });
    },
    dataset: find,
    datasets: () => database.all('SELECT * FROM datasets ORDER BY added_at, name').map(datasetOf),
    relocateDataset: (name, root, fingerprint) => {
      change(name, 'UPDATE datasets SET root = ?, fingerprint = ? WHERE name = ?', root, fingerprint);
    },
    archiveDataset: (name, isArchived) => {
      if (isArchived) change(name, 'UPDATE datasets SET archived_at = coalesce(archived_at, ?) WHERE name = ?', now());
      else change(name, 'UPDATE datasets SET archived_at = NULL WHERE name = ?');
    },
    removeDataset: (name) => {
      change(name, 'DELETE FROM datasets WHERE name = ?');
    },
  };
}

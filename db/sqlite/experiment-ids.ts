import { openReadable } from './driver.ts';
import { isSound } from './migrate.ts';
import { text } from './rows.ts';
import { StoreError } from '../store.ts';

/**
 * Ids of the experiments in a database file of any version, newest or older, after its structure was checked.
 * StoreError 'database-damaged' and those of opening.
 */
export function experimentIdsIn(file: string): readonly string[] {
  const database = openReadable(file);
  try {
    if (!isSound(database)) throw new StoreError('database-damaged', `The database ${file} is damaged: its structure check failed.`);
    return database.all('SELECT id FROM experiments ORDER BY key').map((row) => text(row, 'id'));
  } finally {
    database.close();
  }
}

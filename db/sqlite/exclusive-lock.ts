import Database from 'better-sqlite3';
import { fileError } from '../checkpoints/file-system.ts';
import { StoreError } from '../store.ts';

/** Kept from the garbage collector, which would close them and so drop their locks. */
const heldLocks = new Set<Database.Database>();

/**
 * Takes a lock that the operating system gives back when this process ends, however it ends; so it can never be left behind by a dead one.
 * `file` must be read and written by nobody else, not even in this process: closing any other handle of it would drop the lock (POSIX).
 * Returns a function that releases it, or undefined when another holds it.
 */
export function takeExclusiveLock(file: string): (() => void) | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(file, { timeout: 0 });
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    const code = String((error as { code?: unknown }).code);
    if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return undefined;
    if (code.startsWith('SQLITE_')) {
      throw new StoreError('lock-failed', `Taking the lock ${file} failed: ${(error as Error).message}.`, {
        tip: 'Check that the folder can be written and lies on a file system with locks.',
        cause: error,
      });
    }
    throw fileError(`Taking the lock ${file}`, error);
  }
  const held = database;
  heldLocks.add(held);
  return () => {
    heldLocks.delete(held);
    held.close();
  };
}

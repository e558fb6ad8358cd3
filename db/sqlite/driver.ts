import { readFileSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from '../store.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** One connection. No SQL and no type of the driver leaves db/. Errors of SQLite come out as StoreError. */
export interface SqliteDatabase {
  readonly file: string;
  run(sql: string, ...values: readonly SqlValue[]): { readonly changes: number; readonly key: number };
  get(sql: string, ...values: readonly SqlValue[]): Row | undefined;
  all(sql: string, ...values: readonly SqlValue[]): readonly Row[];
  /** Several statements without parameters. */
  script(sql: string): void;
  /** Whole or not at all; inside another one it joins that. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens or creates a file for reading and writing, with the settings of a home database. */
export function openWritable(file: string): SqliteDatabase {
  const database = guarded(file, () => new Database(file, { timeout: 5000 }));
  return initialise(wrap(database, file), [
    'PRAGMA journal_mode = WAL',
    // Weight files that a checkpoint replaced are deleted when its row is written: its commit must outlive a loss of power.
    'PRAGMA synchronous = FULL',
    'PRAGMA foreign_keys = ON',
    'PRAGMA temp_store = MEMORY',
    'PRAGMA wal_autocheckpoint = 1000',
  ]);
}

/**
 * Opens an existing file beside its owner. A WAL database in a folder that cannot be written, or on a full disk, has no place for its index:
 * then a copy in memory is read, which shows what was committed to the main file.
 */
export function openReadable(file: string): SqliteDatabase {
  try {
    const database = guarded(file, () => new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 }));
    return initialise(wrap(database, file), ['PRAGMA temp_store = MEMORY', 'SELECT count(*) FROM sqlite_schema']);
  } catch (error) {
    if (!(error instanceof StoreError) || !noPlaceCodes.has(error.code)) throw error;
    return openCopy(file);
  }
}

const noPlaceCodes: ReadonlySet<string> = new Set(['read-only', 'cannot-open', 'disk-full', 'io-error']);

function openCopy(file: string): SqliteDatabase {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new StoreError('cannot-open', `Reading the database ${file} failed: ${(error as Error).message}.`, { cause: error });
  }
  // File format versions at offsets 18 and 19: 2 = WAL, 1 = rollback journal (sqlite.org/fileformat2.html); in memory there is no WAL.
  if (bytes.length > 19) bytes.fill(1, 18, 20);
  const database = guarded(file, () => new Database(bytes, { readonly: true }));
  return initialise(wrap(database, file), ['SELECT count(*) FROM sqlite_schema']);
}

function initialise(database: SqliteDatabase, statements: readonly string[]): SqliteDatabase {
  try {
    for (const statement of statements) database.get(statement);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function wrap(database: Database.Database, file: string): SqliteDatabase {
  const statements = new Map<string, Database.Statement>();
  const statement = (sql: string): Database.Statement => {
    let known = statements.get(sql);
    if (known === undefined) {
      known = database.prepare(sql);
      statements.set(sql, known);
    }
    return known;
  };
  return {
    file,
    run: (sql, ...values) =>
      guarded(file, () => {
        const result = statement(sql).run(...values);
        return { changes: result.changes, key: Number(result.lastInsertRowid) };
      }),
    get: (sql, ...values) =>
      guarded(file, () => {
        const prepared = statement(sql);
        if (prepared.reader) return prepared.get(...values) as Row | undefined;
        prepared.run(...values);
        return undefined;
      }),
    all: (sql, ...values) => guarded(file, () => statement(sql).all(...values) as Row[]),
    script: (sql) => guarded(file, () => void database.exec(sql)),
    transaction: (work) => {
      if (database.inTransaction) return work();
      guarded(file, () => void database.exec('BEGIN IMMEDIATE'));
      try {
        const result = work();
        guarded(file, () => void database.exec('COMMIT'));
        return result;
      } catch (error) {
        // A full disk may have rolled back already.
        if (database.inTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => {
      guarded(file, () => void database.close());
    },
  };
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw translate(file, error);
  }
}

/** The index of a WAL grows by 32 KiB, the WAL by a page. */
const fullBytes = 128 * 1024;

const meanings: readonly (readonly [prefix: string, code: string, what: string, tip: string])[] = [
  ['SQLITE_FULL', 'disk-full', 'there is no space left on the disk', 'Free some space (lab prune lists what can go), then resume.'],
  ['SQLITE_READONLY', 'read-only', 'the file or its folder cannot be written', 'Give yourself write permission, or choose another home with --home.'],
  ['SQLITE_CORRUPT', 'database-damaged', 'the file is damaged', 'See what can be done with: lab doctor'],
  ['SQLITE_NOTADB', 'database-damaged', 'the file is not a database', 'See what can be done with: lab doctor'],
  ['SQLITE_BUSY', 'database-busy', 'another process holds it', 'Wait until the other process is done and try again.'],
  ['SQLITE_CANTOPEN', 'cannot-open', 'the file cannot be opened', 'Check that the folder exists and that you may read and write it.'],
  ['SQLITE_PERM', 'no-permission', 'permission was denied', 'Give yourself read and write permission on the home.'],
  ['SQLITE_IOERR', 'io-error', 'reading or writing the disk failed', 'Check the disk; the newest backup is kept in the home under backups.'],
];

function translate(file: string, error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const code = (error as { code?: unknown }).code;
  const message = error instanceof Error ? error.message : String(error);
  const isFull = typeof code === 'string' && code.startsWith('SQLITE_IOERR') && isDiskFull(file);
  const known = isFull ? 'SQLITE_FULL' : code;
  const meaning = typeof known === 'string' ? meanings.find(([prefix]) => known.startsWith(prefix)) : undefined;
  if (meaning === undefined) {
    return message.includes('directory does not exist')
      ? new StoreError('cannot-open', `Opening the database ${file} failed: its folder does not exist.`, { cause: error })
      : error;
  }
  const [, ours, what, tip] = meaning;
  return new StoreError(ours, `Using the database ${file} failed: ${what} (${message}).`, { tip, cause: error });
}

/** SQLite says SQLITE_FULL only of the database itself; a journal or an index that finds no room is an I/O error. */
function isDiskFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < fullBytes;
  } catch {
    return false;
  }
}

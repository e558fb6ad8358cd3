import { copyFileSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { fileError } from '../checkpoints/file-system.ts';
import { StoreError } from '../store.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, SqlValue>>;

/** One connection. No SQL and no type of the driver leaves db/. Errors of SQLite come out as StoreError. */
export interface SqliteDatabase {
  readonly file: string;
  /** What waits in the WAL could not be read. */
  readonly lacksNewest?: boolean;
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
 * then a copy in the folder for temporary files is read, together with what waits in its WAL. Where there is no room for a copy either, the main
 * file is read alone, in memory, and `lacksNewest` says that what waits is missing.
 */
export function openReadable(file: string): SqliteDatabase {
  try {
    const database = guarded(file, () => new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 }));
    return initialise(wrap(database, file), ['PRAGMA temp_store = MEMORY', 'SELECT count(*) FROM sqlite_schema']);
  } catch (error) {
    if (!(error instanceof StoreError) || !noPlaceCodes.has(error.code)) throw error;
    return sizeOf(`${file}-wal`) === 0 ? openInMemory(file) : (openCopy(file) ?? { ...openInMemory(file), lacksNewest: true });
  }
}

const noPlaceCodes: ReadonlySet<string> = new Set(['read-only', 'cannot-open', 'disk-full', 'io-error']);
const copyAttempts = 3;

function openCopy(file: string): SqliteDatabase | undefined {
  let folder: string | undefined;
  const discard = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    folder = mkdtempSync(join(tmpdir(), 'paretoscope-read-'));
    const copy = join(folder, 'lab.sqlite');
    if (!copyUnchanged(file, copy)) return undefined;
    const opened = guarded(file, () => new Database(copy, { timeout: 5000 }));
    const database = initialise(wrap(opened, file), ['SELECT count(*) FROM sqlite_schema']);
    return {
      ...database,
      close: () => {
        database.close();
        discard();
      },
    };
  } catch (error) {
    discard();
    // No room for it; anything else is the same trouble as with the file itself.
    if (noPlaceCodes.has(fileError(`Copying ${file}`, error).code)) return undefined;
    throw error;
  }
}

/** Main file and WAL belong together only when nobody wrote meanwhile. */
function copyUnchanged(file: string, copy: string): boolean {
  const stamps = (): string =>
    [file, `${file}-wal`]
      .map((path) => statSync(path, { throwIfNoEntry: false }))
      .map((stat) => `${stat?.size} ${stat?.mtimeMs}`)
      .join();
  for (let attempt = 0; attempt < copyAttempts; attempt++) {
    const before = stamps();
    for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
    if (stamps() === before) return true;
  }
  return false;
}

function openInMemory(file: string): SqliteDatabase {
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

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
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
  [
    'SQLITE_READONLY',
    'read-only',
    'the file or its folder cannot be written',
    'Give yourself write permission, or choose another home with --home.',
  ],
  ['SQLITE_CORRUPT', 'database-damaged', 'the file is damaged', 'See what can be done with: lab doctor'],
  ['SQLITE_NOTADB', 'database-damaged', 'the file is not a database', 'See what can be done with: lab doctor'],
  ['SQLITE_BUSY', 'database-busy', 'another process holds it', 'Wait until the other process is done and try again.'],
  ['SQLITE_CANTOPEN', 'cannot-open', 'the file cannot be opened', 'Check that the folder exists and that you may read and write it.'],
  ['SQLITE_PERM', 'no-permission', 'permission was denied', 'Give yourself read and write permission on the home.'],
  [
    'SQLITE_IOERR',
    'io-error',
    'reading or writing the disk failed',
    'Check the disk; the newest backup is kept in the home under backups.',
  ],
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

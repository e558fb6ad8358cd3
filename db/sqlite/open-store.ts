import { existsSync } from 'node:fs';
import { StoreError } from '../store.ts';
import type { ExperimentStore } from '../store.ts';
import { readOnlyStore } from '../errors.ts';
import { bundleOperations } from './bundles.ts';
import { checkpointOperations } from './checkpoints.ts';
import { datasetOperations } from './datasets.ts';
import { openReadable, openWritable } from './driver.ts';
import type { SqliteDatabase } from './driver.ts';
import { evaluationOperations } from './evaluations.ts';
import { experimentOperations } from './experiments.ts';
import { logOperations } from './logs.ts';
import { backUp, isSound, migrate, newestVersion, schemaVersion } from './migrate.ts';
import { migrations as allMigrations } from './migrations/catalog.ts';
import type { Migration } from './migrations/catalog.ts';
import { scalarOperations } from './scalars.ts';
import { noteOperations } from './trial-notes.ts';
import { planOperations } from './plans.ts';
import { pointOperations } from './trial-points.ts';
import { trialOperations } from './trials.ts';

export interface OpenStoreOptions {
  /** 'read' opens beside the owner and never writes; 'write' creates, checks and migrates. */
  readonly access: 'read' | 'write';
  /** Where a backup goes before a migration. */
  readonly backupFolder?: string;
  /** Examine the file first: the last owner ended without closing it. */
  readonly checkFirst?: boolean;
  readonly migrations?: readonly Migration[];
  readonly now?: () => Date;
}

export interface SqliteStore extends ExperimentStore {
  readonly schemaVersion: number;
  /** Written by a newer version of the app. */
  readonly isNewer: boolean;
  /** The newest entries could not be read: there is no room for what reading them takes. */
  readonly lacksNewest: boolean;
  /** The backup that was made before a migration. */
  readonly migrationBackup: string | undefined;
  /** Writes a consistent copy into `folder`; returns its path. */
  backUp(folder: string, label: string): string;
}

/**
 * Opens the database of a home. A schema newer than this app is opened for reading only (`isReadOnly`).
 * Errors: 'database-damaged', 'disk-full', 'read-only', 'cannot-open', 'database-busy', 'no-permission', 'io-error';
 * with 'read' also 'database-missing' and 'database-outdated' (only an owner migrates).
 */
export function openSqliteStore(file: string, options: OpenStoreOptions): SqliteStore {
  const migrations = options.migrations ?? allMigrations;
  if (options.access === 'read') {
    if (!existsSync(file)) throw new StoreError('database-missing', `There is no database at ${file}.`);
    const database = openReadable(file);
    return closingOnError(database, () => {
      const version = schemaVersion(database);
      if (options.checkFirst === true) checkStructure(database);
      if (version < newestVersion(migrations)) {
        throw new StoreError('database-outdated', `${file} has version ${version}; this app reads version ${newestVersion(migrations)}.`, {
          tip: 'Any command that writes brings it up to date, after a backup.',
        });
      }
      const newer = reasonOf(version, migrations);
      return storeOn(database, { options, isNewer: newer !== undefined, readOnlyReason: newer ?? 'it was opened beside its owner' });
    });
  }
  const database = openWritable(file);
  return closingOnError(database, () => {
    if (options.checkFirst === true) checkStructure(database);
    const newer = reasonOf(schemaVersion(database), migrations);
    if (newer !== undefined) return storeOn(database, { options, isNewer: true, readOnlyReason: newer });
    const migrationBackup = migrate(database, migrations, options.backupFolder);
    return storeOn(database, { options, ...(migrationBackup === undefined ? {} : { migrationBackup }) });
  });
}

function reasonOf(version: number, migrations: readonly Migration[]): string | undefined {
  return version > newestVersion(migrations)
    ? `it was written by a newer version of the app (schema ${version}, this app knows ${newestVersion(migrations)}); update the app to write again`
    : undefined;
}

function checkStructure(database: SqliteDatabase): void {
  if (isSound(database)) return;
  throw new StoreError('database-damaged', `The database ${database.file} is damaged: its structure check failed.`, {
    tip: 'See what can be done with: lab doctor',
  });
}

function closingOnError<T>(database: SqliteDatabase, work: () => T): T {
  try {
    return work();
  } catch (error) {
    database.close();
    throw error;
  }
}

interface StoreSettings {
  readonly options: OpenStoreOptions;
  readonly readOnlyReason?: string;
  readonly isNewer?: boolean;
  readonly migrationBackup?: string;
}

function storeOn(database: SqliteDatabase, settings: StoreSettings): SqliteStore {
  const clock = settings.options.now ?? (() => new Date());
  const now = (): string => clock().toISOString();
  const { readOnlyReason } = settings;
  const guarded = readOnlyReason === undefined ? database : readOnly(database, readOnlyReason);
  const scalars = scalarOperations(guarded);
  const notes = noteOperations(guarded, now);
  return {
    isReadOnly: readOnlyReason !== undefined,
    schemaVersion: schemaVersion(database),
    isNewer: settings.isNewer === true,
    lacksNewest: database.lacksNewest === true,
    migrationBackup: settings.migrationBackup,
    ...experimentOperations(guarded, now),
    ...trialOperations(guarded, now),
    ...pointOperations(guarded),
    ...notes,
    ...scalars,
    ...checkpointOperations(guarded, now),
    ...logOperations(guarded, now),
    ...datasetOperations(guarded, now),
    ...evaluationOperations(guarded, now),
    ...planOperations(guarded, now),
    ...bundleOperations(guarded, scalars.addScalars, notes),
    backUp: (folder, label) => backUp(database, folder, label),
    close: () => {
      database.close();
    },
  };
}

/** Every operation that writes begins a transaction or runs a statement without rows. */
function readOnly(database: SqliteDatabase, reason: string): SqliteDatabase {
  const refuse = (): never => {
    throw readOnlyStore(reason);
  };
  return { ...database, run: refuse, transaction: refuse, script: refuse };
}

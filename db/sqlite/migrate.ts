import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, publishFile } from '../checkpoints/file-system.ts';
import type { SqliteDatabase } from './driver.ts';
import type { Migration } from './migrations/catalog.ts';

export function schemaVersion(database: SqliteDatabase): number {
  return Number(database.get('PRAGMA user_version')?.['user_version'] ?? 0);
}

/** The version that this app writes. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.length;
}

/**
 * Brings the schema up to date, each step in one transaction together with its `user_version`, after a backup of a database that has content.
 * Returns the backup's path, if one was made. A step that fails leaves the database at the version before it.
 */
export function migrate(database: SqliteDatabase, migrations: readonly Migration[], backupFolder: string | undefined): string | undefined {
  const version = schemaVersion(database);
  const missing = migrations.filter((migration) => migration.version > version);
  if (missing.length === 0) return undefined;
  const backup =
    version > 0 && backupFolder !== undefined ? backUp(database, backupFolder, `before-v${newestVersion(migrations)}`) : undefined;
  for (const migration of missing) {
    database.transaction(() => {
      database.script(migration.sql);
      database.script(`PRAGMA user_version = ${migration.version}`);
    });
  }
  return backup;
}

/** Writes a consistent copy `lab-<time>-<label>.sqlite` into `folder`; returns its path. */
export function backUp(database: SqliteDatabase, folder: string, label: string): string {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('.', '');
  const file = join(folder, `lab-${stamp}-${label}.sqlite`);
  const part = `${file}.part`;
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(part, { force: true });
    database.run('VACUUM INTO ?', part);
    publishFile(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw fileError(`Writing the backup ${file}`, error);
  }
  return file;
}

/** True when SQLite finds nothing wrong with the file's structure. */
export function isSound(database: SqliteDatabase): boolean {
  return database.get('PRAGMA quick_check(1)')?.['quick_check'] === 'ok';
}

import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError } from '../../db/checkpoints/file-system.ts';
import { openSqliteStore } from '../../db/sqlite/open-store.ts';
import type { SqliteStore } from '../../db/sqlite/open-store.ts';
import { StoreError } from '../../db/store.ts';
import type { HomeLayout } from './home.ts';

export interface Backup {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  readonly at: string;
}

/** Backups that are kept; those made before a migration stay for good. */
const keptBackups = 5;
const databaseSuffixes = ['', '-wal', '-shm'] as const;

/** Newest first. */
export function listBackups(layout: HomeLayout): readonly Backup[] {
  if (!existsSync(layout.backups)) return [];
  return readdirSync(layout.backups)
    .filter((name) => /^lab-.*\.sqlite$/.test(name))
    .map((name) => {
      const file = join(layout.backups, name);
      const { size, mtime } = statSync(file);
      return { file, bytes: size, at: mtime.toISOString() };
    })
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.file < b.file ? 1 : -1));
}

/** Adds a backup of what the store holds now and drops the oldest ones of this kind. */
export function makeBackup(layout: HomeLayout, store: SqliteStore): void {
  store.backUp(layout.backups, 'auto');
  const old = listBackups(layout).filter(({ file }) => file.endsWith('-auto.sqlite')).slice(keptBackups);
  for (const { file } of old) rmSync(file, { force: true });
}

/** Moves the database out of the way under a name that says so; returns the new paths. Nothing is deleted. */
export function moveAside(layout: HomeLayout): readonly string[] {
  const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('.', '');
  const moved: string[] = [];
  for (const suffix of databaseSuffixes) {
    const from = `${layout.database}${suffix}`;
    if (!existsSync(from)) continue;
    const to = join(layout.root, `lab-damaged-${stamp}.sqlite${suffix}`);
    try {
      renameSync(from, to);
    } catch (error) {
      throw fileError(`Moving the damaged database ${from} aside`, error);
    }
    moved.push(to);
  }
  return moved;
}

/** Databases that were moved aside, newest first. */
export function damagedDatabases(layout: HomeLayout): readonly string[] {
  if (!existsSync(layout.root)) return [];
  return readdirSync(layout.root)
    .filter((name) => /^lab-damaged-.*\.sqlite$/.test(name))
    .sort()
    .reverse()
    .map((name) => join(layout.root, name));
}

/** A damaged database was moved aside and nobody has decided yet what follows. */
export function isDecisionDue(layout: HomeLayout): boolean {
  return !existsSync(layout.database) && damagedDatabases(layout).length > 0;
}

export function databaseDamaged(layout: HomeLayout, cause?: unknown): StoreError {
  const backup = listBackups(layout)[0];
  const kept = damagedDatabases(layout)[0];
  return new StoreError(
    'database-damaged',
    `Opening the lab's database failed: it is damaged${kept === undefined ? '' : `; it was moved to ${kept} and kept`}.`,
    {
      tip: backup === undefined
        ? 'There is no backup. Begin with an empty database: lab doctor --start-empty (weight files of earlier experiments stay in the home).'
        : `Bring the backup of ${backup.at} back: lab doctor --restore (lab doctor lists what it lacks).`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

/** Copies the newest backup that can be opened into place; returns its path. StoreError 'no-backup'. */
export function restoreNewest(layout: HomeLayout): string {
  for (const { file } of listBackups(layout)) {
    if (!isUsable(file)) continue;
    const part = `${layout.database}.part`;
    try {
      copyFileSync(file, part);
      renameSync(part, layout.database);
    } catch (error) {
      throw fileError(`Restoring ${file}`, error);
    }
    return file;
  }
  throw new StoreError('no-backup', `There is no usable backup in ${layout.backups}.`, { tip: 'Begin with an empty database: lab doctor --start-empty' });
}

/** Ids of experiments that a database file holds; undefined when it cannot be read. */
export function experimentIdsIn(file: string): readonly string[] | undefined {
  try {
    const store = openSqliteStore(file, { access: 'read' });
    try {
      return store.experiments().map(({ id }) => id);
    } finally {
      store.close();
    }
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

function isUsable(file: string): boolean {
  return experimentIdsIn(file) !== undefined;
}

/** Ids of experiments that have a folder in the home. */
export function experimentFolders(layout: HomeLayout): readonly string[] {
  if (!existsSync(layout.experiments)) return [];
  return readdirSync(layout.experiments, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

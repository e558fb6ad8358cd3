import { copyFileSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileError, publishFile } from '../../db/checkpoints/file-system.ts';
import { experimentIdsIn } from '../../db/sqlite/experiment-ids.ts';
import { openSqliteStore } from '../../db/sqlite/open-store.ts';
import type { SqliteStore } from '../../db/sqlite/open-store.ts';
import { StoreError } from '../../db/store.ts';
import { adoptFolders } from './folder/adopt-folders.ts';
import type { Adopted } from './folder/adopt-folders.ts';
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
  const old = listBackups(layout)
    .filter(({ file }) => file.endsWith('-auto.sqlite'))
    .slice(keptBackups);
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
  const backup = newestUsable(layout);
  const kept = damagedDatabases(layout)[0];
  return new StoreError(
    'database-damaged',
    `Opening the lab's database failed: it is damaged${kept === undefined ? '' : `; it was moved to ${kept} and kept`}.`,
    {
      tip:
        backup === undefined
          ? 'There is no usable backup. Rebuild it from the folders of the experiments: lab doctor --restore; or begin with an empty one: lab doctor --start-empty (weight files stay in the home).'
          : `Bring the backup of ${backup.at} back: lab doctor --restore (lab doctor lists what it lacks).`,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

export interface UsableBackup extends Backup {
  readonly experimentIds: readonly string[];
}

/** The newest backup that can be read and whose structure is sound; one of an older schema is brought up to date by whoever opens it. */
export function newestUsable(layout: HomeLayout): UsableBackup | undefined {
  for (const backup of listBackups(layout)) {
    try {
      return { ...backup, experimentIds: experimentIdsIn(backup.file) };
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }
  return undefined;
}

/**
 * Puts a database in place: the newest usable backup, or an empty one where there is none, with everything added that the experiments' folders
 * remember and it lacks. StoreError 'no-backup' when there is nothing to begin with.
 */
export function restore(layout: HomeLayout): Adopted {
  const backup = newestUsable(layout);
  const part = `${layout.database}.part`;
  const discard = (): void => {
    for (const suffix of databaseSuffixes) rmSync(`${part}${suffix}`, { force: true });
  };
  try {
    discard();
    if (backup !== undefined) copyFileSync(backup.file, part);
    const adopted = adoptInto(part, layout);
    if (backup === undefined && adopted.added.length === 0) {
      throw new StoreError(
        'no-backup',
        `There is no usable backup in ${layout.backups}, and no folder of an experiment tells what was in it.`,
        {
          tip: 'Begin with an empty database: lab doctor --start-empty',
        },
      );
    }
    publishFile(part, layout.database);
    return adopted;
  } catch (error) {
    discard();
    throw fileError(`Restoring ${backup?.file ?? layout.database}`, error);
  }
}

/** The same for the database that is there. */
export function adoptInto(file: string, layout: HomeLayout): Adopted {
  const store = openSqliteStore(file, { access: 'write' });
  try {
    return store.isReadOnly ? { added: [], updated: [] } : adoptFolders(store, layout);
  } finally {
    store.close();
  }
}

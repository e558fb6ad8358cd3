import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWritable } from '../../../db/sqlite/driver.ts';
import { openSqliteStore } from '../../../db/sqlite/open-store.ts';
import { schemaVersion } from '../../../db/sqlite/migrate.ts';
import { migrations } from '../../../db/sqlite/migrations/catalog.ts';
import type { Migration } from '../../../db/sqlite/migrations/catalog.ts';
import { storeConformance } from '../../conformance/store.ts';
import { finishedTrial, newExperiment } from '../../conformance/store-records.ts';
import { temporaryFolder } from '../temporary-folder.ts';

storeConformance('sqlite', () => {
  const file = join(temporaryFolder(), 'lab.sqlite');
  const open = () => openSqliteStore(file, { access: 'write' });
  return { store: open(), reopen: open };
});

function filled(folder: string): string {
  const file = join(folder, 'lab.sqlite');
  const store = openSqliteStore(file, { access: 'write' });
  store.createExperiment(newExperiment('a'));
  for (let number = 0; number < 50; number++) {
    store.startTrial('a', finishedTrial(number));
    store.finishTrial('a', finishedTrial(number));
  }
  store.close();
  return file;
}

/** Of the newest schema; the next one is only in these tests. */
const newest = migrations.length;
const second: Migration = { version: newest + 1, name: 'stars', sql: 'ALTER TABLE experiments ADD COLUMN star INTEGER NOT NULL DEFAULT 0' };
const broken: Migration = { version: newest + 1, name: 'broken', sql: 'ALTER TABLE experiments ADD COLUMN star INTEGER; CREATE TABLE oops (' };

describe('openSqliteStore', () => {
  it('a commit has reached the disk when it returns: synchronous is FULL (2), journal is the WAL', () => {
    const database = openWritable(join(temporaryFolder(), 'lab.sqlite'));
    expect(database.get('PRAGMA synchronous')).toEqual({ synchronous: 2 });
    expect(database.get('PRAGMA journal_mode')).toEqual({ journal_mode: 'wal' });
    database.close();
  });

  it('a database that needs a migration is backed up first, and the backup has the old version', () => {
    const folder = temporaryFolder();
    const file = filled(folder);
    const backupFolder = join(folder, 'backups');
    const store = openSqliteStore(file, { access: 'write', backupFolder, migrations: [...migrations, second] });
    expect(store.schemaVersion).toBe(newest + 1);
    expect(store.trials('a')).toHaveLength(50);
    const backup = openWritable(store.migrationBackup as string);
    expect(schemaVersion(backup)).toBe(newest);
    expect(backup.get('SELECT count(*) AS n FROM trials')).toEqual({ n: 50 });
    backup.close();
    store.close();
  });

  it('a migration that fails leaves version and schema as they were', () => {
    const folder = temporaryFolder();
    const file = filled(folder);
    expect(() => openSqliteStore(file, { access: 'write', backupFolder: join(folder, 'b'), migrations: [...migrations, broken] })).toThrow(
      /incomplete|syntax/,
    );
    const store = openSqliteStore(file, { access: 'write' });
    expect(store.schemaVersion).toBe(newest);
    expect(store.experiment('a')?.name).toBe('name of a');
    store.close();
  });

  it('a new database needs no backup', () => {
    const folder = temporaryFolder();
    const store = openSqliteStore(join(folder, 'lab.sqlite'), { access: 'write', backupFolder: join(folder, 'backups') });
    expect(store.migrationBackup).toBeUndefined();
    expect(existsSync(join(folder, 'backups'))).toBe(false);
    store.close();
  });

  it('a database of a newer app is read, refuses every write with a clear word and stays as it is', () => {
    const file = filled(temporaryFolder());
    const newer = openWritable(file);
    newer.script('PRAGMA user_version = 700');
    newer.close();
    const store = openSqliteStore(file, { access: 'write' });
    expect(store.isReadOnly).toBe(true);
    expect(store.trials('a')).toHaveLength(50);
    for (const write of [
      () => store.annotate('a', { note: 'x' }),
      () => store.addLog({ experiment: 'a', level: 'info', message: 'm' }),
      () => store.removeDataset('d'),
      () => store.interruptRunning(() => false),
    ]) {
      expect(write).toThrow(expect.objectContaining({ code: 'read-only', message: expect.stringMatching(/newer version of the app/) }));
    }
    store.close();
  });

  it('a second connection reads beside the writer and sees what it commits, and cannot write', () => {
    const file = filled(temporaryFolder());
    const owner = openSqliteStore(file, { access: 'write' });
    const reader = openSqliteStore(file, { access: 'read' });
    owner.annotate('a', { note: 'seen' });
    expect(reader.experiment('a')?.note).toBe('seen');
    expect(() => reader.annotate('a', { note: 'x' })).toThrow(expect.objectContaining({ code: 'read-only' }));
    reader.close();
    owner.close();
  });

  it('a damaged page is found by the check after an unclean exit', () => {
    const file = filled(temporaryFolder());
    const size = readFileSync(file).length;
    const handle = openSync(file, 'r+');
    // Every page but the first: whatever b-tree is looked at, it makes no sense.
    writeSync(handle, Buffer.alloc(size - 4096, 0xa5), 0, size - 4096, 4096);
    closeSync(handle);
    expect(() => openSqliteStore(file, { access: 'write', checkFirst: true })).toThrow(
      expect.objectContaining({ code: 'database-damaged' }),
    );
  });

  it('a file that is no database, a missing file and an older schema say so when they are read', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'text.sqlite'), 'this is not a database at all, only a longer text');
    const codes = ['text.sqlite', 'missing.sqlite'].map((name) => {
      try {
        openSqliteStore(join(folder, name), { access: 'read' });
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'opened';
    });
    expect(codes).toEqual(['database-damaged', 'database-missing']);
    const file = filled(folder);
    expect(() => openSqliteStore(file, { access: 'read', migrations: [...migrations, second] })).toThrow(
      expect.objectContaining({ code: 'database-outdated' }),
    );
  });

  it('a full disk: the operation is refused with its cause, what was there stays, and it goes on when there is space', () => {
    const file = join(temporaryFolder(), 'lab.sqlite');
    const store = openSqliteStore(file, { access: 'write' });
    store.createExperiment(newExperiment('a'));
    store.close();
    const raw = openWritable(file);
    raw.get(`PRAGMA max_page_count = ${Number(raw.get('PRAGMA page_count')?.['page_count'])}`);
    const big = 'x'.repeat(100_000);
    expect(() => raw.transaction(() => raw.run("UPDATE experiments SET note = ? WHERE id = 'a'", big))).toThrow(
      expect.objectContaining({ code: 'disk-full', tip: expect.stringMatching(/space/) }),
    );
    expect(raw.get("SELECT note FROM experiments WHERE id = 'a'")).toEqual({ note: '' });
    raw.get('PRAGMA max_page_count = 100000');
    raw.transaction(() => raw.run("UPDATE experiments SET note = ? WHERE id = 'a'", big));
    raw.close();
  });

  it('a backup is whole under its name, and a folder that cannot hold it leaves nothing behind', () => {
    const folder = temporaryFolder();
    const store = openSqliteStore(filled(folder), { access: 'write' });
    const backup = store.backUp(join(folder, 'backups'), 'test');
    expect(readdirSync(join(folder, 'backups'))).toEqual([backup.slice(backup.lastIndexOf('/') + 1)]);
    writeFileSync(join(folder, 'file'), '');
    expect(() => store.backUp(join(folder, 'file'), 'test')).toThrow();
    store.close();
  });
});

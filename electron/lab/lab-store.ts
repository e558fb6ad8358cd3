import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createMemoryStore } from '../../db/memory/memory-store.ts';
import { openSqliteStore } from '../../db/sqlite/open-store.ts';
import type { SqliteStore } from '../../db/sqlite/open-store.ts';
import { StoreError } from '../../db/store.ts';
import type { ExperimentStore, RunnerMark } from '../../db/store.ts';
import { databaseDamaged, isDecisionDue, listBackups, makeBackup, moveAside } from './backups.ts';
import { finishLeftOpen } from './follow-up/left-open.ts';
import type { HomeLayout } from './home.ts';
import { takeHome, waitForHome } from './home-owner.ts';
import type { HomeHold } from './home-owner.ts';
import { isAlive } from './process-mark.ts';

/** A backup at closing and while searches run, unless there is one that is younger. */
const backupAgeMs = 3_600_000;
/** Smaller databases are examined at every start (some ms), larger ones after an unclean exit. */
const alwaysCheckedBytes = 8 * 1024 * 1024;
const orphanEndMs = 5_000;

/**
 * The store of one home: read by anybody at any time, written by the one process that owns the home.
 * The home is taken at the first write and given back by `close`.
 */
export class LabStore {
  readonly layout: HomeLayout;
  readonly #command: string;
  #hold: HomeHold | undefined;
  #owned: SqliteStore | undefined;
  #reader: ExperimentStore | undefined;
  #taking: Promise<ExperimentStore> | undefined;
  readonly #onTaken: (hold: HomeHold) => Promise<() => Promise<void>>;
  #onReleased: (() => Promise<void>) | undefined;
  /** By this process. */
  #backedUpAt: number | undefined;

  /** `onTaken` runs when this process has become the owner; what it returns runs before the home is given back. */
  constructor(layout: HomeLayout, command: string, onTaken: (hold: HomeHold) => Promise<() => Promise<void>>) {
    this.layout = layout;
    this.#command = command;
    this.#onTaken = onTaken;
  }

  get isOwner(): boolean {
    return this.#owned !== undefined;
  }

  /** For reading. A home without a database reads as an empty one, and nothing is created. */
  reading(): ExperimentStore {
    if (this.#owned !== undefined) return this.#owned;
    if (this.#reader !== undefined) return this.#reader;
    if (isDecisionDue(this.layout)) throw databaseDamaged(this.layout);
    if (!existsSync(this.layout.database)) return createMemoryStore();
    try {
      this.#reader = openSqliteStore(this.layout.database, { access: 'read' });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'database-outdated') throw error;
      const hold = this.#takeForMigration(error);
      try {
        this.#openOwned(hold).close();
      } finally {
        hold.release();
      }
      this.#reader = openSqliteStore(this.layout.database, { access: 'read' });
    }
    return this.#reader;
  }

  /** What is in the way of bringing the database up to date matters less than that it is too old to be read. */
  #takeForMigration(outdated: StoreError): HomeHold {
    let hold: HomeHold | undefined;
    try {
      hold = takeHome(this.layout, this.#command);
    } catch {
      throw outdated;
    }
    if (hold === undefined) throw outdated;
    return hold;
  }

  /**
   * For writing: makes this process the owner, waiting up to `waitMs` for another one that is about to end.
   * StoreError 'home-in-use' (names the holder), 'read-only' (home, or a database of a newer app), 'database-damaged', ...
   */
  async writing(action: string, waitMs = 0): Promise<ExperimentStore> {
    if (this.#owned !== undefined) return writable(this.#owned);
    this.#taking ??= this.#take(action, waitMs).finally(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }

  /** Tries once to become the owner; false when another process is. */
  async tryOwning(action: string): Promise<boolean> {
    try {
      await this.writing(action, 0);
      return true;
    } catch (error) {
      if (error instanceof StoreError && error.code === 'home-in-use') return false;
      throw error;
    }
  }

  /** Keeps a copy of the database beside it: when a run has ended, and while one runs as often as is due. */
  backUp(when: 'now' | 'when-due'): void {
    if (this.#owned === undefined || (when === 'when-due' && !this.#isBackupDue())) return;
    makeBackup(this.layout, this.#owned);
    this.#backedUpAt = Date.now();
  }

  async close(): Promise<void> {
    await this.#taking?.catch(() => undefined);
    await this.#onReleased?.();
    this.#onReleased = undefined;
    this.#reader?.close();
    this.#reader = undefined;
    const owned = this.#owned;
    this.#owned = undefined;
    try {
      if (owned !== undefined && !owned.isReadOnly && this.#isBackupDue()) makeBackup(this.layout, owned);
    } catch (error) {
      // What was asked for is done and stored; lab doctor shows how old the newest backup is.
      if (!(error instanceof StoreError)) throw error;
    } finally {
      owned?.close();
      this.#hold?.release();
      this.#hold = undefined;
    }
  }

  #isBackupDue(): boolean {
    const newest = this.#backedUpAt ?? Date.parse(listBackups(this.layout)[0]?.at ?? '1970-01-01');
    return Date.now() - newest > backupAgeMs;
  }

  #isSmall(): boolean {
    return (statSync(this.layout.database, { throwIfNoEntry: false })?.size ?? 0) <= alwaysCheckedBytes;
  }

  async #take(action: string, waitMs: number): Promise<ExperimentStore> {
    const hold = await waitForHome(this.layout, this.#command, action, waitMs);
    let store: SqliteStore | undefined;
    try {
      store = this.#openOwned(hold);
      this.#reader?.close();
      this.#reader = undefined;
      if (!store.isReadOnly) {
        await endOrphans(store);
        finishLeftOpen(store, this.layout);
      }
      // Only now: nobody may start a search while what an owner before left is being ended.
      this.#owned = store;
      this.#hold = hold;
      this.#onReleased = await this.#onTaken(hold);
      return writable(store);
    } catch (error) {
      store?.close();
      this.#owned = undefined;
      this.#hold = undefined;
      hold.release();
      throw error;
    }
  }

  /** A damaged database is moved aside first, so that whoever comes next finds it kept and the decision due. */
  #openOwned(hold: HomeHold): SqliteStore {
    if (isDecisionDue(this.layout)) throw databaseDamaged(this.layout);
    try {
      return openSqliteStore(this.layout.database, {
        access: 'write',
        backupFolder: this.layout.backups,
        checkFirst: hold.wasUnclean || this.#isSmall(),
      });
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'database-damaged') throw error;
      moveAside(this.layout);
      throw databaseDamaged(this.layout, error);
    }
  }
}

function writable(store: SqliteStore): ExperimentStore {
  if (store.isReadOnly) {
    throw new StoreError(
      'read-only',
      `The lab's database has schema version ${store.schemaVersion}: it was written by a newer version of the app and is only read.`,
      {
        tip: 'Update the app, or choose another home with --home.',
      },
    );
  }
  return store;
}

/**
 * Nobody but the owner runs experiments: what still says `running` was left by an owner that is gone.
 * Its compute process ends by itself when it notices; it is not waited for longer than it takes to end it.
 */
async function endOrphans(store: ExperimentStore): Promise<void> {
  const orphans = store
    .experiments()
    .flatMap(({ state, runner }) => (state === 'running' && runner !== undefined && runner.pid !== process.pid ? [runner] : []));
  await Promise.all(orphans.map(endOrphan));
  for (const id of store.interruptRunning(() => false)) {
    store.abandonTrials(id);
    store.addLog({
      experiment: id,
      level: 'warn',
      message: 'Found cut off: the process that ran it is gone. Resuming continues from the last checkpoint.',
    });
  }
}

async function endOrphan(runner: RunnerMark): Promise<void> {
  const deadline = performance.now() + orphanEndMs;
  while (isAlive(runner) && performance.now() < deadline) {
    try {
      process.kill(runner.pid, 'SIGKILL');
    } catch (error) {
      const { code } = error as { code?: unknown };
      // Of another user: not a process of this lab, whatever its number and start say.
      if (code === 'EPERM') return;
      if (code !== 'ESRCH') throw error;
    }
    await delay(20);
  }
}

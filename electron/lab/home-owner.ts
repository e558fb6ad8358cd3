import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileError, writeFileSafely } from '../../db/checkpoints/file-system.ts';
import { takeExclusiveLock } from '../../db/sqlite/exclusive-lock.ts';
import { StoreError } from '../../db/store.ts';
import type { RunnerMark } from '../../db/store.ts';
import type { HomeLayout } from './home.ts';
import { isAlive, ownMark } from './process-mark.ts';

const takeIntervalMs = 100;

/** The process that owns a home, as others read it. */
export interface Owner extends RunnerMark {
  /** What it was started as: 'lab search', 'lab serve', 'app'. */
  readonly command: string;
  readonly since: string;
  /** Where it takes requests. */
  readonly socket: string;
  /** Why it takes none. */
  readonly takesNoRequests?: string;
}

export interface HomeHold {
  /** The last owner ended without giving the home back. */
  readonly wasUnclean: boolean;
  /** Lets others know why their requests are not taken. */
  cannotListen(reason: string): void;
  release(): void;
}

/**
 * Makes this process the owner of a home and creates the folder if need be; undefined when another process is.
 * Errors: 'read-only', 'no-permission', 'disk-full', 'not-a-folder', 'lock-failed'.
 */
export function takeHome(layout: HomeLayout, command: string): HomeHold | undefined {
  try {
    mkdirSync(layout.root, { recursive: true });
    accessSync(layout.root, constants.W_OK);
  } catch (error) {
    throw fileError(`Opening the home ${layout.root} for writing`, error);
  }
  const unlock = takeExclusiveLock(layout.lock);
  if (unlock === undefined) return undefined;
  try {
    const wasUnclean = existsSync(layout.owner);
    const owner: Owner = { ...ownMark(), command, since: new Date().toISOString(), socket: layout.socket };
    writeOwner(layout, owner);
    return {
      wasUnclean,
      cannotListen: (reason) => writeOwner(layout, { ...owner, takesNoRequests: reason }),
      release: () => {
        rmSync(layout.owner, { force: true });
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function writeOwner(layout: HomeLayout, owner: Owner): void {
  writeFileSafely(layout.owner, layout.root, Buffer.from(`${JSON.stringify(owner, undefined, 2)}\n`));
}

/** The same, waiting up to `waitMs` for an owner that is about to end. Also 'home-in-use', which names the owner and says what was wanted. */
export async function waitForHome(layout: HomeLayout, command: string, action: string, waitMs: number): Promise<HomeHold> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const hold = takeHome(layout, command);
    if (hold !== undefined) return hold;
    if (performance.now() >= deadline) throw homeInUse(layout, action);
    await delay(takeIntervalMs);
  }
}

/** Who owns the home now, as far as its file tells; undefined when nobody does. */
export function currentOwner(layout: HomeLayout): Owner | undefined {
  let owner: Owner;
  try {
    owner = JSON.parse(readFileSync(layout.owner, 'utf8')) as Owner;
  } catch {
    // Missing, or being replaced at this moment by a new owner.
    return undefined;
  }
  return isAlive(owner) ? owner : undefined;
}

export function homeInUse(layout: HomeLayout, action: string, isSilent = false): StoreError {
  const owner = currentOwner(layout);
  const silence = isSilent
    ? ' It does not answer: it may have been halted.'
    : owner?.takesNoRequests === undefined
      ? ''
      : ` It takes no requests: ${owner.takesNoRequests}`;
  const who = owner === undefined ? 'another process' : `'${owner.command}' (process ${owner.pid}, since ${owner.since})`;
  return new StoreError(
    'home-in-use',
    `${action}: the home ${layout.root} is in use by ${who}; only one process at a time writes to it.${silence}`,
    {
      tip:
        owner === undefined
          ? 'Wait until it has ended, or choose another home with --home.'
          : `Wait until it has ended, stop it (lab stop ID, or end process ${owner.pid}), or choose another home with --home.`,
    },
  );
}

// A lock file with one owner: process id, host and a heartbeat. The next one takes it over when the owner is gone.
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

const heartbeatMs = 2000;
const staleMs = 60_000; // an owner on another host, or a reused process id, is believed for this long without a heartbeat
const takeoverMs = 10_000;
const writingMs = 1000;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Creates `path` with `text` in one step; false when it exists already. */
export function createWhole(path, text, link = linkSync) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  try {
    link(draft, path);
    return true;
  } catch (error) {
    return error.code === 'EEXIST' ? false : createPlainly(path, text);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** For a file system without hard links: others may see the file before its text. */
function createPlainly(path, text) {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function readOwner(path) {
  try {
    return { ...JSON.parse(readFileSync(path, 'utf8')), ageMs: Date.now() - statSync(path).mtimeMs };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    return isBeingWritten(path) ? { pids: [process.pid], host: hostname(), ageMs: 0 } : { pids: [], host: hostname(), ageMs: Infinity };
  }
}

/** A lock without its text is of an owner that is about to write it, or that was killed just then. */
function isBeingWritten(path) {
  try {
    return Date.now() - statSync(path).mtimeMs < writingMs;
  } catch {
    return false;
  }
}

function isHeld(owner) {
  if (owner.ageMs > staleMs) return false;
  return owner.host !== hostname() || owner.pids.some(isAlive);
}

/** Removes a dead owner's lock. A second file makes sure that only one process does it, so that no fresh lock is removed. */
function removeStale(path) {
  const guard = `${path}.takeover`;
  if (!createWhole(guard, String(process.pid))) {
    try {
      if (Date.now() - statSync(guard).mtimeMs > takeoverMs) rmSync(guard, { force: true });
    } catch {
      // its owner has just finished
    }
    return;
  }
  try {
    const owner = readOwner(path);
    if (owner !== undefined && !isHeld(owner)) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * Waits for the lock and takes it. `onWait(pid)` is called once if somebody else holds it.
 * Returns { addChild(pid), release() }: while a child that was added lives, the lock stays taken even if its owner is killed.
 * @param {string} path
 * @param {(pid: number) => void} onWait
 */
export async function takeLock(path, onWait = () => {}, pollMs = 300) {
  const owner = { pids: [process.pid], host: hostname() };
  let hasWaited = false;
  while (!createWhole(path, JSON.stringify(owner))) {
    const other = readOwner(path);
    if (other === undefined) continue;
    if (isHeld(other)) {
      if (!hasWaited) onWait(other.pids[0]);
      hasWaited = true;
      await sleep(pollMs);
    } else {
      removeStale(path);
      await sleep(10);
    }
  }
  const heartbeat = setInterval(() => {
    try {
      utimesSync(path, new Date(), new Date());
    } catch {
      // the folder has been removed under us; the next step will say so
    }
  }, heartbeatMs);
  heartbeat.unref();
  return {
    addChild(pid) {
      owner.pids.push(pid);
      const draft = `${path}.${process.pid}`;
      writeFileSync(draft, JSON.stringify(owner));
      renameSync(draft, path);
    },
    release() {
      clearInterval(heartbeat);
      if (readOwner(path)?.pids[0] === process.pid) rmSync(path, { force: true });
    },
  };
}

import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../file-errors.ts';
import { DatasetError } from '../source.ts';
import { PART_ENDING, writingError } from './write-whole.ts';

/** Names the process that draws in a folder, so that a second one keeps away; left behind by a killed one and then taken over. */
export const LOCK_NAME = '.drawing.lock';

/** A lock that is empty for so long is of a process that was killed while it wrote it. */
const WRITING_MS = 2000;
const RETRY_MS = 20;

interface Owner {
  readonly pid: number;
  readonly host: string;
}

/**
 * Makes the folder and reserves it for this call. Returns what gives it back.
 * Throws DatasetError 'synthesize-busy' that names the process that draws there, 'folder-not-writable', 'disk-full'.
 */
export async function lockFolder(root: string): Promise<() => Promise<void>> {
  const path = join(root, LOCK_NAME);
  try {
    await mkdir(root, { recursive: true });
    while (!(await createLock(path))) await removeDeadLock(root, path);
  } catch (error) {
    throw error instanceof DatasetError ? error : writingError(path, error);
  }
  return () => rm(path, { force: true });
}

async function createLock(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner));
    await file.close();
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Throws 'synthesize-busy' unless the owner is known to be gone. */
async function removeDeadLock(root: string, path: string): Promise<void> {
  const owner = await readOwner(path);
  if (owner === undefined) {
    await sleep(RETRY_MS);
    return;
  }
  if (isDrawing(owner)) throw busy(root, path, owner);
  // Moved before it is removed, and looked at again: another process may have taken the dead lock over in between.
  const aside = `${path}.${randomUUID().slice(0, 8)}${PART_ENDING}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved !== undefined && isDrawing(moved)) {
    await rename(aside, path);
    throw busy(root, path, moved);
  }
  await rm(aside, { force: true });
}

function busy(root: string, path: string, { pid, host }: Owner): DatasetError {
  const where = host === hostname() ? '' : ` on ${host}`;
  return new DatasetError('synthesize-busy', `synthesising into ${root}: process ${pid}${where} is drawing there`, {
    tip: `Wait for it, or choose another folder. If there is no such process any more, remove ${path}.`,
  });
}

/** Undefined when it is being written or has gone meanwhile. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const text = await readFile(path, 'utf8');
    const { mtimeMs } = await stat(path);
    const owner = parseOwner(text);
    return owner === undefined && Date.now() - mtimeMs > WRITING_MS ? { pid: 0, host: hostname() } : owner;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Owner>;
    return { pid: Number(pid), host: String(host) };
  } catch {
    return undefined;
  }
}

/** Of another machine it cannot be told: believed. */
function isDrawing({ pid, host }: Owner): boolean {
  if (host !== hostname()) return true;
  return Number.isInteger(pid) && pid > 0 && isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

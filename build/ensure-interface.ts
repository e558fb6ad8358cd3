import { closeSync, existsSync, globSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildRenderer } from './renderer.ts';

const root = resolve(import.meta.dirname, '..');
const sources = ['renderer/**/*', 'electron/ipc/**/*.ts', 'build/renderer.ts', 'package-lock.json'];
/** A lock that is older was left behind. */
const staleLockMs = 180_000;

/** True when `outDir` has no built interface, or one that is older than what it is made from. */
export function isInterfaceStale(outDir: string): boolean {
  const built = statSync(join(outDir, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return built === 0 || globSync(sources, { cwd: root }).some((path) => statSync(join(root, path)).mtimeMs > built);
}

/** Builds the interface when it is stale; safe when several processes do it at once, and whoever reads it meanwhile finds a whole one. */
export async function ensureInterface(outDir: string = join(root, 'out/renderer')): Promise<{ readonly wasBuilt: boolean }> {
  if (!isInterfaceStale(outDir)) return { wasBuilt: false };
  mkdirSync(join(outDir, '..'), { recursive: true });
  const release = await takeLock(`${outDir}.lock`);
  try {
    if (!isInterfaceStale(outDir)) return { wasBuilt: false };
    const [fresh, old] = [`${outDir}.new`, `${outDir}.old`];
    rmSync(old, { recursive: true, force: true });
    await buildRenderer(fresh, { logLevel: 'warn' });
    if (existsSync(outDir)) renameSync(outDir, old);
    renameSync(fresh, outDir);
    rmSync(old, { recursive: true, force: true });
    return { wasBuilt: true };
  } finally {
    release();
  }
}

async function takeLock(file: string): Promise<() => void> {
  for (;;) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > staleLockMs) rmSync(file, { force: true });
      else await delay(200);
    }
  }
}

if (process.argv[1] === import.meta.filename) {
  const { wasBuilt } = await ensureInterface();
  process.stdout.write(wasBuilt ? 'The interface was built: out/renderer\n' : 'The interface is up to date: out/renderer\n');
}

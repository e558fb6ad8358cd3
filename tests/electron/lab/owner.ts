import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { isAlive, markOf } from '../../../electron/lab/process-mark.ts';

interface Owner {
  readonly process: ChildProcess;
  readonly id: string;
  /** The next line that it prints. */
  nextLine(): Promise<string>;
}

const owners: ChildProcess[] = [];

afterEach(() => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
});

/** Another process that runs a fake search of so many milliseconds a step; killed after the test. */
export async function startOwner(home: string, stepMs: number, resume?: string): Promise<Owner> {
  const script = fileURLToPath(new URL('./owner-process.ts', import.meta.url));
  const child = spawn(process.execPath, [script, home, String(stepMs), ...(resume === undefined ? [] : [resume])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => String((await lines.next()).value);
  return { process: child, id: await nextLine(), nextLine };
}

/** Resolves when the process has ended, with the milliseconds that it took. */
export async function gone(pid: number): Promise<number> {
  const start = performance.now();
  const mark = markOf(pid);
  while (mark !== undefined && isAlive(mark)) await delay(5);
  return performance.now() - start;
}

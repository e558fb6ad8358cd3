import { fork } from 'node:child_process';
import type { Serializable } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromCompute, Port, ToCompute } from '../compute/protocol.ts';
import type { FromTask, ToTask } from '../compute/tasks/protocol.ts';

/** A running process that computes, as its parent sees it. */
export interface ChildProcess<Out, In> extends Port<Out, In> {
  readonly pid: number;
  /** Ends it at once. */
  kill(): void;
  /** After the last message. `errorOutput` is the end of what it wrote to standard error. */
  onExit(listener: (end: { readonly code: number | null; readonly signal: string | null; readonly errorOutput: string }) => void): void;
}

export type ComputeProcess = ChildProcess<ToCompute, FromCompute>;
export type TaskProcess = ChildProcess<ToTask, FromTask>;

export type LaunchCompute = () => Promise<ComputeProcess>;
export type LaunchTask = () => Promise<TaskProcess>;

/**
 * Memory settings of glibc: large blocks are kept instead of being given back and faulted in again at every allocation
 * (a page fault costs about 12 us on virtual machines), and all threads share one arena: in arenas of their own, made of heaps of 64 MB that are
 * unmapped when they are empty, compiled steps of the HR-NAS supernet took 1.9 GB instead of 1.5. Ignored elsewhere.
 */
export const memorySettings = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: '8589934592',
  MALLOC_TOP_PAD_: '268435456',
} as const;
const keptErrorOutput = 4000;

/** The environment of every process that computes. */
export function computeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...changedEnvironment() };
}

/** What of it differs from that of the process that starts it. */
export function changedEnvironment(): Readonly<Record<string, string>> {
  return memorySettings;
}

/** Starts processes that run a search, by this Node. */
export function forkCompute(entry: URL = new URL('../compute/index.ts', import.meta.url)): LaunchCompute {
  return forkProcess(entry);
}

/** Starts processes that do one task (electron/compute/tasks), by this Node. */
export function forkTask(entry: URL = new URL('../compute/tasks/index.ts', import.meta.url)): LaunchTask {
  return forkProcess(entry);
}

function forkProcess<Out, In>(entry: URL): () => Promise<ChildProcess<Out, In>> {
  return async () => {
    const child = fork(fileURLToPath(entry), [], {
      execPath: process.execPath,
      execArgv: [],
      env: computeEnvironment(),
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let errorOutput = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errorOutput = (errorOutput + text).slice(-keptErrorOutput);
    });
    // A process that ends in the middle of a message breaks the pipe; 'close' tells the rest.
    child.on('error', () => undefined);
    const killAtExit = (): void => {
      child.kill('SIGKILL');
    };
    process.once('exit', killAtExit);
    child.once('close', () => process.off('exit', killAtExit));
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    return {
      pid: child.pid as number,
      send: (message) =>
        new Promise((resolve) => {
          // Whether it arrived is known by what comes back; a closed channel is followed by 'close'.
          if (child.connected) child.send(message as Serializable, () => resolve());
          else resolve();
        }),
      onMessage: (listener) => child.on('message', (message) => listener(message as In)),
      onClose: (listener) => child.once('disconnect', listener),
      onExit: (listener) => child.once('close', (code, signal) => listener({ code, signal, errorOutput })),
      kill: killAtExit,
    };
  };
}

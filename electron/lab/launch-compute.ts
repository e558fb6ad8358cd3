import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromCompute, Port, ToCompute } from '../compute/protocol.ts';

/** A running compute process as its parent sees it. */
export interface ComputeProcess extends Port<ToCompute, FromCompute> {
  readonly pid: number;
  /** Ends it at once. */
  kill(): void;
  /** After the last message. `errorOutput` is the end of what it wrote to standard error. */
  onExit(listener: (end: { readonly code: number | null; readonly signal: string | null; readonly errorOutput: string }) => void): void;
}

export type LaunchCompute = () => Promise<ComputeProcess>;

/**
 * Memory settings of glibc: large blocks are kept instead of being given back and faulted in again at every allocation
 * (a page fault costs about 12 us on virtual machines). Ignored elsewhere.
 */
const memorySettings = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: '8589934592', MALLOC_TOP_PAD_: '268435456' } as const;
const keptErrorOutput = 4000;

/** The environment of every process that computes. */
export function computeEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, ...memorySettings };
}

/** Starts compute processes with `child_process.fork`, by this Node. */
export function forkCompute(entry: URL = new URL('../compute/index.ts', import.meta.url)): LaunchCompute {
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
          if (child.connected) child.send(message, () => resolve());
          else resolve();
        }),
      onMessage: (listener) => child.on('message', (message) => listener(message as unknown as FromCompute)),
      onClose: (listener) => child.once('disconnect', listener),
      onExit: (listener) => child.once('close', (code, signal) => listener({ code, signal, errorOutput })),
      kill: killAtExit,
    };
  };
}

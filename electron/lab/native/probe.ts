/** What a backend does here and now, found out in a process of its own: a broken driver can end it. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BackendId, BackendOptions } from '../../../engine/backend/descriptions.ts';
import { computeEnvironment } from '../launch-compute.ts';

/** A device as its backend names it. */
export interface ProbedDevice {
  readonly name: string;
  /** 'CPU' or 'GPU'. */
  readonly type: string;
  /** 0 where it is not known. */
  readonly memoryBytes: number;
}

/** What a probe process answers. */
export type Probe =
  | {
      readonly works: true;
      /** Of the fixed small training step; absent where it was not to be measured. */
      readonly stepMs?: number;
      readonly threads: number;
      /** Of the library below, where there is one. */
      readonly version?: string;
      readonly devices: readonly ProbedDevice[];
    }
  | { readonly works: false; readonly code: string; readonly message: string; readonly tip?: string };

export interface ProbeRequest {
  readonly id: BackendId;
  readonly options: BackendOptions;
  /** Opens and tests it only. */
  readonly skipMeasurement?: boolean;
}

const limitMs = 120_000;
const keptErrorOutput = 2000;

/** Opens, tests and measures a backend. Whatever happens to its process becomes an answer. `entry` is an argument for tests. Aborted it ends at once, as a crash does. */
export function probe(
  request: ProbeRequest,
  entry: URL = new URL('./probe-backend.ts', import.meta.url),
  waitMs = limitMs,
  signal?: AbortSignal,
): Promise<Probe> {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(entry), [JSON.stringify(request)], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: computeEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let answer: Probe | undefined;
    let errorOutput = '';
    const kill = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(kill, waitMs);
    signal?.addEventListener('abort', kill, { once: true });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errorOutput = (errorOutput + text).slice(-keptErrorOutput);
    });
    child.on('message', (message) => {
      answer = message as Probe;
    });
    const finish = (end: string): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
      const last = errorOutput.trim().split('\n').at(-1);
      resolve(
        answer ?? {
          works: false,
          code: 'backend-crashed',
          message: `Its process ended while it was tried: ${end}${last ? `; ${last}` : ''}.`,
        },
      );
    };
    child.once('error', (error) => finish(error.message));
    child.once('close', (code, signal) =>
      finish(signal === null ? `exit code ${code}` : signal === 'SIGKILL' ? 'nothing came of it in time' : signal),
    );
  });
}

/** A process that trains one network, ours or PyTorch's, under the same settings. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { memorySettings } from '../../../electron/lab/launch-compute.ts';
import type { BenchEntry } from './bench-table.ts';
import type { StepAnswer } from './step-protocol.ts';

export interface StepProcess {
  readonly pid: number | undefined;
  run(steps: number): Promise<StepAnswer>;
  stop(): Promise<void>;
}

function start(command: string, args: readonly string[], env: NodeJS.ProcessEnv): StepProcess {
  const child: ChildProcess = spawn(command, [...args], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...memorySettings, ...env } });
  child.stdin!.on('error', () => undefined); // its end is told by the missing answer
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    pid: child.pid,
    run: async (steps) => {
      child.stdin!.write(`${steps}\n`);
      const { value, done } = await Promise.race([lines.next(), failed]);
      if (done) {
        if (child.exitCode === null) await once(child, 'exit');
        throw new Error(`${basename(args.find((arg) => /[.](ts|py)$/.test(arg))!)} ended with ${child.exitCode ?? child.signalCode ?? 'unknown'}`);
      }
      return JSON.parse(value as string) as StepAnswer;
    },
    stop: async () => {
      child.stdin!.end();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

export function ourProcess({ name, batch }: BenchEntry, backend: string, mode: 'eager' | 'compiled', threads: number): StepProcess {
  const program = join(import.meta.dirname, 'step-child.ts');
  const options = ['--backend', backend, '--mode', mode, '--batch', `${batch}`];
  // backends without the option run on one thread
  const ofThreads = backend === 'tensorflow' ? ['--threads', `${threads}`] : [];
  return start(process.execPath, ['--disable-warning=ExperimentalWarning', program, name, ...options, ...ofThreads], {});
}

export function torchProcess(python: string, { name, batch }: BenchEntry, threads: number): StepProcess {
  const program = join(import.meta.dirname, '../pytorch/bench.py');
  const env = { OMP_NUM_THREADS: `${threads}`, MKL_NUM_THREADS: `${threads}` };
  return start(python, [program, name, '--batch', `${batch}`, '--threads', `${threads}`], env);
}

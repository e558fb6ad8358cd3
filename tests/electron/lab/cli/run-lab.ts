import { spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vi } from 'vitest';

// Several processes one after another, on a machine that may be busy with other test files.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

const root = resolve(import.meta.dirname, '../../../..');

export interface LabRun {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
  /** Standard output as the JSON document that `--json` promises. Throws when it is anything else. */
  json<T = Record<string, unknown>>(): T;
}

export interface RunOptions {
  readonly input?: string;
  readonly home?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Called with what was written to standard error so far and the process, whenever more comes. */
  readonly onProgress?: (err: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs the real command line as a process of its own. */
export function runLab(args: readonly string[], options: RunOptions = {}): Promise<LabRun> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'electron/lab/cli/index.ts'), ...args], {
    env: { ...process.env, LAB_HOME: options.home ?? join(tmpdir(), 'lab-test-home-that-is-never-made'), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    options.onProgress?.(err, (signal) => child.kill(signal));
  });
  child.stdin.on('error', () => undefined); // a command that does not read its input closes it early
  child.stdin.end(options.input ?? '');
  const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs ?? 60_000);
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (exit) => {
      clearTimeout(timer);
      done({ exit, out, err, json: <T>() => JSON.parse(out) as T });
    });
  });
}

export interface CliError {
  readonly error: { readonly code: string; readonly message: string; readonly tip: string | null };
}

/** A fresh folder and its removal. */
export function scratch(): { readonly dir: string; path(name: string): string; remove(): void } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'lab-cli-')));
  return { dir, path: (name) => join(dir, name), remove: () => rmSync(dir, { recursive: true, force: true }) };
}

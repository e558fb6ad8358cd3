/** `npm start`: builds what is older than its sources and opens the lab: in a window where that is possible, else in a browser. */
import { spawn } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from './bundle.ts';
import { ensureElectron } from './electron-binary.ts';
import { bundleShell } from './electron.ts';
import { ensureInterface } from './ensure-interface.ts';

const root = resolve(import.meta.dirname, '..');
/** A window that cannot be opened ends this soon. */
const earlyMs = 10_000;

/** Why no window is tried at all; undefined where one is. */
export function noWindowReason(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string | undefined {
  if (isSet(env['CI'])) return 'CI is set';
  if (platform === 'linux' && !isSet(env['DISPLAY']) && !isSet(env['WAYLAND_DISPLAY'])) return 'there is no display';
  if (isSet(env['SSH_CONNECTION']) && platform !== 'linux') return 'this is a remote session';
  return undefined;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** True when a file of `sources` is newer than `output`, or `output` is not there. */
export function isStale(output: string, sources: readonly string[], folder: string = root): boolean {
  const built = statSync(join(folder, output), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return built === 0 || globSync([...sources], { cwd: folder }).some((path) => statSync(join(folder, path)).mtimeMs > built);
}

async function buildShell(): Promise<void> {
  if (isStale('out/main/lab.js', ['{electron,engine,datasets,db}/**/*.{ts,sql}', 'build/bundle.ts', 'package-lock.json'])) {
    await bundle(join(root, 'out/main'), 'warn');
  }
  if (isStale('out/electron/main.cjs', ['electron/{main,preload,ipc,lab}/**/*.ts', 'db/store.ts', 'build/electron.ts'])) {
    await bundleShell(join(root, 'out/electron'), 'warn');
  }
}

interface End {
  readonly code: number;
  readonly ms: number;
  readonly errorOutput: string;
}

/** Runs a program to its end; Ctrl-C in the terminal reaches it by itself, a signal to this process alone is passed on. */
function runProgram(program: string, args: readonly string[], shows: 'all' | 'at the end'): Promise<End> {
  const startedAt = performance.now();
  const child = spawn(program, args, { stdio: ['inherit', 'inherit', shows === 'all' ? 'inherit' : 'pipe'] });
  let errorOutput = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-2_000);
  });
  const pass = (signal: NodeJS.Signals): void => void (process.stdin.isTTY || child.kill(signal));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  return new Promise((end) => {
    child.once('error', (error) => end({ code: 1, ms: 0, errorOutput: error.message }));
    child.once('close', (code) => end({ code: code ?? 1, ms: performance.now() - startedAt, errorOutput }));
  });
}

/** Undefined when the window was there; else why it was not. */
async function openWindow(args: readonly string[]): Promise<string | undefined> {
  let program: string;
  try {
    program = await ensureElectron();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  await buildShell();
  const { code, ms, errorOutput } = await runProgram(program, [join(root, 'out/electron'), ...args], 'at the end');
  if (code === 0 || ms > earlyMs) {
    process.exitCode = code;
    return undefined;
  }
  const said =
    errorOutput
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .at(-1) ?? '';
  return `it ended at once with code ${code}${said === '' ? '' : `: ${said}`}`;
}

async function main(args: readonly string[]): Promise<void> {
  const { wasBuilt } = await ensureInterface();
  if (wasBuilt) process.stderr.write('The interface was built.\n');
  const none = noWindowReason();
  const reason = none ?? (await openWindow(args));
  if (reason === undefined) return;
  const how = none === undefined ? 'Electron could not be started' : 'No window is opened';
  process.stderr.write(`${how}: ${reason}. The lab opens in a browser instead.\n`);
  const entry = join(root, 'electron/lab/cli/index.ts');
  const open = none === undefined ? ['--open'] : [];
  const { code } = await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', entry, 'serve', ...open, ...args], 'all');
  process.exitCode = code;
}

if (process.argv[1] === import.meta.filename) await main(process.argv.slice(2));

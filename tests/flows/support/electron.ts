import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import type { ElectronApplication, Page } from 'playwright-core';
import { bundle } from '../../../build/bundle.ts';
import { bundleShell } from '../../../build/electron.ts';
import { ensureInterface } from '../../../build/ensure-interface.ts';

const root = resolve(import.meta.dirname, '../../..');
const cache = join(root, 'node_modules/.cache');
const run = promisify(execFile);

/** Why no window can be opened here, in one line; or what opens one. */
export type Runtime = { readonly executable: string; readonly display: string | undefined } | { readonly skipped: string };

let prepared: Promise<Runtime> | undefined;
let xvfb: ChildProcess | undefined;

/**
 * An Electron for tests: ELECTRON_PATH, else the older one that tests/tools/electron-runtime takes from an npm package (Linux x64). It needs a
 * display: the one that is there, else Xvfb.
 */
export function prepareElectron(): Promise<Runtime> {
  prepared ??= prepare();
  return prepared;
}

async function prepare(): Promise<Runtime> {
  const display = await findDisplay();
  if (display === undefined && process.platform === 'linux') return { skipped: 'there is no display and no Xvfb' };
  const named = process.env['ELECTRON_PATH'];
  if (named !== undefined && named !== '') return { executable: named, display };
  if (process.platform !== 'linux' || process.arch !== 'x64') return { skipped: 'name an Electron with ELECTRON_PATH' };
  try {
    const script = join(root, 'tests/tools/electron-runtime');
    const { stdout } = await run('bash', [script, writeApp(), join(cache, 'test-electron')], { timeout: 300_000 });
    return { executable: stdout.trim().split('\n').at(-1) ?? '', display };
  } catch (error) {
    return { skipped: `the Electron for tests could not be fetched (${String((error as Error).message).split('\n')[0] ?? ''})` };
  }
}

/** The application folder of the checkout: the bundles of out/ under the name of the product. */
function writeApp(): string {
  const folder = join(cache, 'test-app');
  mkdirSync(folder, { recursive: true });
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string; version: string };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version, main: 'main.cjs' }));
  writeFileSync(join(folder, 'main.cjs'), `require(${JSON.stringify(join(root, 'out/electron/main.cjs'))});\n`);
  return folder;
}

async function findDisplay(): Promise<string | undefined> {
  const given = process.env['DISPLAY'];
  if (given !== undefined && given !== '') return given;
  if (process.platform !== 'linux') return undefined;
  return new Promise((done) => {
    xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    xvfb.once('error', () => done(undefined));
    xvfb.once('exit', () => done(undefined));
    xvfb.stdio[3]?.once('data', (data: Buffer) => done(`:${data.toString().trim()}`));
  });
}

/** Ends the display that was started for tests. */
export function endDisplay(): void {
  xvfb?.removeAllListeners('exit');
  xvfb?.kill();
  xvfb = undefined;
  prepared = undefined;
}

/** Brings out/ up to date: interface, processes, main and preload. */
export async function buildApp(): Promise<void> {
  await ensureInterface();
  await bundle(join(root, 'out/main'), 'warn');
  await bundleShell(join(root, 'out/electron'), 'warn');
}

export interface StartedApp {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Everything that the page complained of. */
  readonly problems: string[];
}

export interface AppOptions {
  readonly home: string;
  readonly userData: string;
  readonly args?: readonly string[];
  /** Default: the application folder of the checkout. */
  readonly executable?: string;
}

/** What the app is started with beside files. */
export function launchArguments({ home, userData }: Pick<AppOptions, 'home' | 'userData'>): readonly string[] {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    `--home=${home}`,
    `--user-data-dir=${userData}`,
    `--test-lab-node=${process.execPath}`,
  ];
}

const launchMs = 30_000;

/** The old runtime's debugger now and then does not answer the driver when the machine is busy; the app itself has not begun then. Tried three times. */
async function launch(options: Parameters<typeof _electron.launch>[0], attempt = 1): Promise<ElectronApplication> {
  try {
    return await _electron.launch(options);
  } catch (error) {
    if (attempt === 3 || !(error instanceof Error) || error.name !== 'TimeoutError') throw error;
    process.stdout.write(`Electron did not start within ${launchMs / 1000} s; trying again\n`);
    return launch(options, attempt + 1);
  }
}

/** Starts the app with its lab in a plain process of this Node. */
export async function startApp({ home, userData, args = [], executable }: AppOptions): Promise<StartedApp> {
  const runtime = await prepareElectron();
  if ('skipped' in runtime) throw new Error(runtime.skipped);
  const app = await launch({
    executablePath: executable ?? runtime.executable,
    cwd: dirname(home),
    env: { ...process.env, ...(runtime.display === undefined ? {} : { DISPLAY: runtime.display }) } as Record<string, string>,
    args: [...launchArguments({ home, userData }), ...args],
    timeout: launchMs,
  });
  const page = await app.firstWindow();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  return { app, page, problems };
}

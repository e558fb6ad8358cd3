import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ExperimentView } from '../../electron/ipc/contract.ts';
import { openLab } from '../../electron/lab/lab.ts';
import { buildApp, endDisplay, launchArguments, prepareElectron, startApp } from './support/electron.ts';
import type { StartedApp } from './support/electron.ts';
import { homeWithCity, tinySearch } from './support/tiny-search.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 400_000 });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-app-')));
const home = join(folder, 'home');
const userData = join(folder, 'profile');
const archive = join(folder, 'finished.naslab');
const runtime = await prepareElectron();
if ('skipped' in runtime) process.stdout.write(`Tests of the desktop app are skipped: ${runtime.skipped}.\n`);

let started: StartedApp;
let shell: ChildProcess | undefined;

/** A finished experiment as a file; the home has its data set alone. */
async function prepareHome(): Promise<void> {
  await homeWithCity(home, join(folder, 'city'));
  const lab = openLab({ home });
  const { id } = await lab.api.startSearch({ config: tinySearch(3), dataset: 'city', name: 'finished', backend: 'wasm' });
  await lab.api.whenEnded(id);
  await lab.api.exportExperiment(id, archive);
  await lab.api.removeExperiment(id);
  await lab.close();
}

/** The answer of an operation, asked by the page as its own code does. */
function ask(method: string, ...args: unknown[]): Promise<{ value?: unknown; failure?: { code: string; tip?: string } }> {
  return started.page.evaluate(`window.lab[${JSON.stringify(method)}](...${JSON.stringify(args)})`);
}

async function experiment(id: string): Promise<ExperimentView> {
  return (await ask('experiment', id)).value as ExperimentView;
}

/** A search of some minutes. */
async function startLong(name: string): Promise<ExperimentView> {
  const { value } = await ask('startSearch', { config: tinySearch(3_000), dataset: 'city', name, backend: 'wasm' });
  return value as ExperimentView;
}

describe.skipIf('skipped' in runtime)('the desktop app, slow: a real Electron', () => {
  beforeAll(async () => {
    mkdirSync(userData);
    await Promise.all([prepareHome(), buildApp()]);
    started = await startApp({ home, userData });
    shell = started.app.process();
  });
  afterAll(async () => {
    // A test that failed may have left a search running, and with it a question at the end.
    shell?.kill('SIGKILL');
    endDisplay();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a page of its own, in the sandbox: nothing of Node or Electron in it, and it stays', async () => {
    const { app, page, problems } = started;
    await page.getByRole('navigation').first().waitFor();
    expect(page.url()).toMatch(/^app:\/\/lab\//);
    expect(await page.evaluate("[typeof require, typeof process, typeof module, 'ipcRenderer' in window]")).toEqual([
      'undefined',
      'undefined',
      'undefined',
      false,
    ]);
    const preferences = await app.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      return (window?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }).getLastWebPreferences();
    });
    expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true });
    await page.evaluate("window.open('https://evil.example/'); location.href = 'https://evil.example/'");
    await page.waitForTimeout(300);
    expect(page.url()).toMatch(/^app:\/\/lab\//);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    expect(problems.filter((text) => !text.includes('evil.example'))).toEqual([]);
  });

  test('failures keep their code and tip on the way to the page', async () => {
    expect(await ask('experiment', 'none')).toMatchObject({ failure: { code: 'unknown-experiment' } });
    expect(await ask('experiment', 7)).toMatchObject({ failure: { code: 'invalid-arguments' } });
    expect(await ask('addDataset', { root: '/' })).toMatchObject({ failure: { code: 'path-not-granted' } });
  });

  test("the menu has the page's commands and runs them", async () => {
    const { app, page } = started;
    await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('go-jobs')?.click());
    await page.waitForURL(/#\/jobs/);
    const roles = await app.evaluate(({ Menu }) =>
      (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => (submenu?.items ?? []).map(({ role }) => String(role))),
    );
    expect(roles).toContain('paste');
  });

  test('a second start hands its file over and ends: the experiment is there', async () => {
    const { page } = started;
    if ('skipped' in runtime) return;
    const env = { ...process.env, ...(runtime.display === undefined ? {} : { DISPLAY: runtime.display }) };
    const second = spawn(runtime.executable, [...launchArguments({ home, userData }), 'finished.naslab'], {
      cwd: folder,
      env,
      stdio: 'ignore',
    });
    expect(await new Promise((end) => second.once('exit', end))).toBe(0);
    await page.waitForURL(/#\/experiments\/hrnas-/, { timeout: 20_000 });
    expect((await ask('experiments')).value).toMatchObject([{ name: 'finished', state: 'complete' }]);
  });

  test('the main process stays free while a search starts and its events come: never blocked for 50 ms', async () => {
    const { app, page } = started;
    await app.evaluate(() => {
      const measured = globalThis as unknown as { longest: number };
      measured.longest = 0;
      let last = performance.now();
      let cpu = process.cpuUsage();
      // A process that other programs keep from the processor is not blocked by itself: what counts of a gap is what it computed in it.
      setInterval(() => {
        const now = performance.now();
        const { user, system } = process.cpuUsage(cpu);
        measured.longest = Math.max(measured.longest, Math.min(now - last - 5, (user + system) / 1000));
        [last, cpu] = [now, process.cpuUsage()];
      }, 5);
    });
    const { id } = await startLong('watched');
    await vi.waitUntil(async () => (await experiment(id)).progress.checkpointStep > 0, { timeout: 60_000, interval: 200 });
    await page.evaluate("location.hash = '#/experiments'");
    await ask('stopSearch', id, { now: true });
    const blocks = await app.evaluate(() => (globalThis as unknown as { longest: number }).longest);
    process.stdout.write(`The main process was blocked for at most ${blocks.toFixed(1)} ms\n`);
    expect(blocks).toBeLessThan(50);
    await ask('removeExperiment', id);
  });

  test("the compute process is killed: the search goes on from its checkpoint, the page's lab lives on", async () => {
    const { id } = await startLong('killed');
    await vi.waitUntil(async () => (await experiment(id)).progress.checkpointStep > 0, { timeout: 60_000, interval: 200 });
    const { runnerPid } = await experiment(id);
    process.kill(runnerPid as number, 'SIGKILL');
    await vi.waitUntil(
      async () => {
        const now = await experiment(id);
        return now.state === 'running' && now.runnerPid !== runnerPid && now.runnerPid !== undefined;
      },
      { timeout: 60_000, interval: 100 },
    );
    expect(await ask('stopSearch', id)).toMatchObject({ value: { state: 'stopped' } });
  });

  test("the lab's process is killed: calls fail with their cause, then it is there again, and its search stands as interrupted", async () => {
    const { id } = await startLong('orphan');
    const waiting = ask('whenEnded', id);
    // An answer to what was asked later: the question before it has reached the process.
    const { pid } = (await ask('appInfo')).value as { pid: number };
    process.kill(pid, 'SIGKILL');
    expect(await waiting).toMatchObject({ failure: { code: 'lab-died' } });
    const next = (await ask('appInfo')).value as { pid: number };
    expect(next.pid).not.toBe(pid);
    expect(await ask('annotate', id, { note: 'seen' })).toMatchObject({ value: { note: 'seen', state: 'interrupted' } });
  });

  test('the page crashes: it is loaded again, and the search of before runs on', async () => {
    const { app } = started;
    const { id, runnerPid } = await startLong('survivor');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer());
    // A page that has crashed answers nothing, ever.
    const askAgain = (code: string): Promise<unknown> =>
      Promise.race([
        app.evaluate(({ BrowserWindow }, script) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(script), code),
        delay(2_000, undefined),
      ]);
    await delay(500);
    await vi.waitUntil(() => askAgain("document.querySelector('nav') !== null"), { timeout: 20_000, interval: 300 });
    expect(await askAgain(`window.lab.experiment('${id}')`)).toMatchObject({ value: { state: 'running', runnerPid } });
  });

  test('quitting while a search runs asks: cancelled it stays, then it pauses and ends', async () => {
    const { app } = started;
    const answerWith = (response: number): Promise<void> =>
      app.evaluate(({ dialog }, choice) => {
        dialog.showMessageBox = (async () => ({ response: choice, checkboxChecked: false })) as never;
      }, response);
    await answerWith(2);
    await app.evaluate(({ app: self }) => self.quit());
    await delay(1_000);
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
    await answerWith(0);
    const ended = new Promise((end) => app.process().once('exit', end));
    await app.evaluate(({ app: self }) => self.quit()).catch(() => undefined);
    expect(await ended).toBe(0);
    const lab = openLab({ home });
    const states = Object.fromEntries((await lab.api.experiments()).map(({ name, state }) => [name, state]));
    await lab.close();
    expect(states).toEqual({ finished: 'complete', killed: 'stopped', orphan: 'interrupted', survivor: 'stopped' });
  });
});

import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { bundleCommonJs } from '../../build/electron.ts';
import { endDisplay, prepareElectron } from './support/electron.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-broker-')));
const runtime = await prepareElectron();
afterAll(() => {
  endDisplay();
  rmSync(folder, { recursive: true, force: true });
});

/** The runtime with another application: its files by links. */
function withApplication(executable: string, application: string): string {
  const copy = join(folder, 'electron');
  mkdirSync(join(copy, 'resources'), { recursive: true });
  const original = dirname(executable);
  for (const name of readdirSync(original)) {
    if (name !== 'resources' && join(original, name) !== executable) symlinkSync(join(original, name), join(copy, name));
  }
  // The program finds its files beside itself, with links followed.
  cpSync(executable, join(copy, 'electron'));
  symlinkSync(application, join(copy, 'resources/app'));
  return join(copy, 'electron');
}

describe.skipIf('skipped' in runtime)('utility processes, slow: a real Electron', () => {
  test("the lab's process starts others through the main process, talks to them by their own channel, and they end with it", async () => {
    if ('skipped' in runtime) return;
    const application = join(folder, 'app');
    const entries = Object.fromEntries(
      ['main', 'lab', 'compute'].map((name) => [name, join(import.meta.dirname, `support/broker-app/${name}.ts`)]),
    );
    await bundleCommonJs(application, entries, 'node18', 'warn');
    writeFileSync(join(application, 'package.json'), JSON.stringify({ name: 'broker-test', main: 'main.cjs' }));
    const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const child = spawn(
      withApplication(runtime.executable, application),
      [...sandbox, '--disable-gpu', `--user-data-dir=${join(folder, 'profile')}`],
      {
        env: { ...process.env, ...(runtime.display === undefined ? {} : { DISPLAY: runtime.display }) },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (out += text));
    await new Promise((end) => child.once('close', end));
    const report = /REPORT (\{.*\})/.exec(out)?.[1];
    expect(report, out).toBeDefined();
    const { message } = JSON.parse(report as string) as { message: { left: number } };
    expect(message).toMatchObject({ doubled: [2, 5], env: '0', ended: { code: 0, errorOutput: '' }, isKilled: true, pids: 4 });
    expect(existsSync(`/proc/${message.left}`)).toBe(false);
  });
});

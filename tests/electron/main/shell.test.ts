import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { contentPolicy } from '../../../electron/ipc/csp.ts';
import type { MenuCommand } from '../../../electron/ipc/shell.ts';
import { openedFiles, startOptions, takesTestLab } from '../../../electron/main/options.ts';
import { readWindowState, usualState, writeWindowState } from '../../../electron/main/window-state.ts';

vi.mock('electron', async () => (await import('./electron-mock.ts')).electronMock);
vi.mock('electron-log/main', () => ({ default: {} }));
const { answer } = await import('../../../electron/main/protocol.ts');
const { acceleratorOf, menuTemplate } = await import('../../../electron/main/menu.ts');
const { isOpenedOutside } = await import('../../../electron/main/windows.ts');
const { rotate } = await import('../../../electron/main/logs.ts');

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-shell-')));
mkdirSync(join(folder, 'interface'));
writeFileSync(join(folder, 'interface/index.html'), '<!doctype html>');
writeFileSync(join(folder, 'secret.json'), 'secret');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('app://lab', () => {
  const ask = (url: string, method = 'GET'): Promise<Response> =>
    answer({ url, method }, join(folder, 'interface'), async ({ path }) => ({ type: 'image/png', body: Buffer.from(path.join('|')) }));

  test('the page has the policy of the other transport; pictures come by segments', async () => {
    const page = await ask('app://lab/');
    expect(page.headers.get('content-security-policy')).toBe(contentPolicy);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await (await ask('app://lab/media/city/val/1.png')).text()).toBe('city|val|1.png');
  });

  test.each([
    'app://lab/../secret.json',
    'app://lab/%2e%2e/secret.json',
    'app://lab/..%2fsecret.json',
    'app://lab/%2e%2e%5csecret.json',
    'app://lab/a%00.json',
  ])('nothing outside: %s', async (url) => {
    const reply = await ask(url);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(await reply.text()).not.toContain('secret');
  });

  test('a link that leads out, another host, another method', async () => {
    symlinkSync(join(folder, 'secret.json'), join(folder, 'interface/way-out.json'));
    expect((await ask('app://lab/way-out.json')).status).toBe(404);
    expect((await ask('app://evil/')).status).toBe(403);
    expect((await ask('app://lab/', 'POST')).status).toBe(403);
  });
});

describe('the menu', () => {
  const commands: readonly MenuCommand[] = [
    { id: 'go-home', title: 'Home', group: 'Go to', keys: 'Mod+1', isEnabled: true },
    { id: 'undo', title: 'Undo', group: 'Edit', keys: 'Mod+Z', isEnabled: false },
    { id: 'new-search', title: 'New search', group: 'Experiment', keys: 'Mod+N', isEnabled: true },
    { id: 'log-axis', title: 'Log axis', group: 'Trade-off', keys: 'L', isEnabled: true },
  ];
  const build = (isDevelopment: boolean, run = vi.fn()) => {
    const actions = { run, openFiles: vi.fn(), newWindow: vi.fn(), showLogs: vi.fn() };
    return menuTemplate(commands, actions, { appName: 'Paretoscope', isMac: false, isDevelopment });
  };
  const items = (template: ReturnType<typeof build>) =>
    template.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : [])).filter((item) => item.type !== 'separator');

  test('every command stands in it once, runs by its id, and is as enabled as its view says', () => {
    const run = vi.fn();
    const all = items(build(false, run));
    for (const { id, isEnabled } of commands) {
      const found = all.filter((item) => item.id === id);
      expect(
        found.map(({ enabled }) => enabled),
        id,
      ).toEqual([isEnabled]);
      found[0]?.click?.(undefined as never, undefined as never, undefined as never);
    }
    expect(run.mock.calls.flat()).toEqual(all.flatMap(({ id }) => (id === undefined ? [] : [id])).sort((a, b) => order(a) - order(b)));
  });
  const order = (id: string): number => commands.findIndex((command) => command.id === id);

  test('single keys are shown but left to the page; roles for copy and paste are there', () => {
    const all = items(build(false));
    expect(all.find(({ id }) => id === 'log-axis')).toMatchObject({ accelerator: 'L', registerAccelerator: false });
    expect(all.map(({ role }) => role)).toEqual(expect.arrayContaining(['cut', 'copy', 'paste', 'selectAll', 'quit']));
  });

  test('the product reloads no page and has no developer tools', () => {
    const roles = items(build(false)).map(({ role }) => role);
    for (const role of ['reload', 'forceReload', 'toggleDevTools'] as const) expect(roles).not.toContain(role);
    expect(items(build(true)).map(({ role }) => role)).toContain('toggleDevTools');
  });

  test('keys as Electron writes them', () => {
    expect(acceleratorOf('Mod+Shift+Z')).toBe('CmdOrCtrl+Shift+Z');
    expect(acceleratorOf('Shift+Escape')).toBe('Shift+Esc');
    expect(acceleratorOf('Mod+ö')).toBeUndefined();
  });
});

describe('start options and files', () => {
  test('switches in both forms; relative paths mean the folder of the start', () => {
    const options = startOptions(['app', '--home', 'h', '--user-data-dir=/u', '--log-level=debug', 'a.naslab', '--other'], '/start');
    expect(options).toEqual({ home: '/start/h', userData: '/u', logLevel: 'debug', testLabNode: undefined, files: ['/start/a.naslab'] });
  });

  test('the lab runs in a plain Node where nothing is packed, or the package was made for tests', () => {
    expect([takesTestLab(false, ''), takesTestLab(true, '{"isForTests":true}')]).toEqual([true, true]);
    for (const metadata of ['{}', 'null', '{', '{"isForTests":"yes"}']) expect(takesTestLab(true, metadata), metadata).toBe(false);
  });

  test('of arguments only our own kinds are files', () => {
    expect(openedFiles(['app', '.', 'x.json', 'b.nasarch.json', '/c.NASLAB', '--d.naslab'], '/w')).toEqual([
      '/w/b.nasarch.json',
      '/c.NASLAB',
    ]);
  });
});

describe('pages outside', () => {
  test.each([
    ['https://github.com/x', true],
    ['http://github.com/x', false],
    ['https://github.com.evil.example/', false],
    ['https://user@github.com/', false],
    ['https://github.com:8443/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['no address', false],
  ])('%s: %s', (address, isOpened) => expect(isOpenedOutside(address)).toBe(isOpened));
});

describe('window state', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  const file = join(folder, 'window.json');

  test('comes back where it was', () => {
    writeWindowState(file, { x: 100, y: 50, width: 1000, height: 700, isMaximized: true });
    expect(readWindowState(file, [display])).toEqual({ x: 100, y: 50, width: 1000, height: 700, isMaximized: true });
  });

  test('a display that is gone: same size, another place', () => {
    writeWindowState(file, { x: 2500, y: 50, width: 1000, height: 700, isMaximized: false });
    expect(readWindowState(file, [display])).toEqual({ width: 1000, height: 700, isMaximized: false });
  });

  test.each(['', '{', 'null', '{"width":"1"}', '{"width":-5,"height":1e9}'])('a damaged file %s: the usual window', (text) => {
    writeFileSync(file, text);
    expect(readWindowState(file, [display])).toEqual(usualState);
  });
});

test('logs: five files, the oldest goes', () => {
  const log = join(folder, 'app.log');
  for (let round = 0; round < 7; round++) {
    writeFileSync(log, `${round}`);
    rotate(log);
  }
  expect([1, 2, 3, 4].map((age) => readFileSync(`${log}.${age}`, 'utf8'))).toEqual(['6', '5', '4', '3']);
  expect(existsSync(`${log}.5`)).toBe(false);
});

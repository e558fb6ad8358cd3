import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { methodChannel, shellChannels } from '../../../electron/ipc/channels.ts';
import { pathArguments } from '../../../electron/ipc/granted-paths.ts';
import { PathGrants } from '../../../electron/ipc/grants.ts';
import type { CheckedCall } from '../../../electron/ipc/handle-call.ts';
import { labMethods } from '../../../electron/ipc/methods.ts';
import { argumentSchemas } from '../../../electron/ipc/schemas/arguments.ts';
import { path as pathSchema } from '../../../electron/ipc/schemas/basics.ts';
import { channels, electronMock, invoke, ownFrame } from './electron-mock.ts';

vi.mock('electron', async () => (await import('./electron-mock.ts')).electronMock);
const { bindLab } = await import('../../../electron/main/lab-calls.ts');
const { bindShell } = await import('../../../electron/main/shell-calls.ts');
const { windowPlaces } = await import('../../../electron/main/dialogs.ts');
const { isOwnFrame } = await import('../../../electron/main/handle.ts');

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-main-')));
const calls: CheckedCall[] = [];
const shellCalls: unknown[] = [];
let grants: PathGrants;

beforeAll(() => mkdirSync(join(folder, 'chosen')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  calls.splice(0);
  shellCalls.splice(0);
  channels.clear();
  grants = new PathGrants();
  const link = {
    call: async (call: CheckedCall) => {
      calls.push(call);
      return { value: 'done' };
    },
  };
  bindLab(
    link,
    grants,
    windowPlaces(grants, async () => folder),
  );
  const windows = { takesFiles: (id: number) => shellCalls.push(id), open: (route: string) => shellCalls.push(route) };
  bindShell({
    windows: windows as never,
    grants,
    setCommands: (commands) => shellCalls.push(commands),
    showLogs: () => shellCalls.push('logs'),
  });
});

describe('channels', () => {
  test('every operation has one, and the shell has its own', () => {
    expect([...channels.keys()].sort()).toEqual([...labMethods.map(methodChannel), ...Object.values(shellChannels)].sort());
  });

  test.each([
    ['no frame', null],
    ['a frame inside of our page', { url: 'app://lab/', parent: ownFrame }],
    ['a page of the web', { url: 'https://lab/', parent: null }],
    ['a name that begins like ours', { url: 'app://lab.evil/', parent: null }],
    ['our name as a user', { url: 'app://lab@evil/', parent: null }],
    ['a file', { url: 'file:///app/lab/index.html', parent: null }],
    ['an address inside of a script', { url: 'javascript:"app://lab/"', parent: null }],
    ['a page without an address', { url: '', parent: null }],
  ])('every one of them refuses %s', async (_title, frame) => {
    for (const channel of channels.keys()) {
      expect(await invoke(channel, [], frame), channel).toMatchObject({ failure: { code: 'foreign-frame' } });
    }
    expect([calls, shellCalls]).toEqual([[], []]);
    expect(isOwnFrame(frame as never)).toBe(false);
  });

  test('arguments are checked before the lab hears of them', async () => {
    expect(await invoke(methodChannel('experiment'), ['hrnas-1'])).toEqual({ value: 'done' });
    expect(calls).toEqual([{ method: 'experiment', args: ['hrnas-1'] }]);
    expect(await invoke(methodChannel('experiment'), [{}])).toMatchObject({ failure: { code: 'invalid-arguments' } });
    expect(await invoke(shellChannels.setTheme, ['neon'])).toHaveProperty('failure');
    expect(await invoke(shellChannels.openWindow, ['https://evil.example'])).toHaveProperty('failure');
    expect(calls).toHaveLength(1);
    expect(shellCalls).toEqual([]);
  });
});

/** Whether a schema has the schema of paths anywhere in it. */
function holdsPath(schema: unknown): boolean {
  if (schema === pathSchema) return true;
  if (typeof schema !== 'object' || schema === null) return false;
  const { def } = schema as { def?: Readonly<Record<string, unknown>> };
  const inner = def === undefined ? [] : [def['innerType'], def['element'], def['items'], def['options'], def['shape'], def['rest']];
  return inner
    .flatMap((part) => (typeof part === 'object' && part !== null && !('def' in part) ? Object.values(part) : [part]))
    .some(holdsPath);
}

test('every operation that is given a path says so, so that it is checked', () => {
  const withPaths = labMethods.filter((method) => holdsPath(argumentSchemas[method]));
  expect(withPaths).toEqual(expect.arrayContaining(['addDataset', 'importExperiment', 'exportExperiment', 'listFolders']));
  expect(withPaths.filter((method) => !Object.hasOwn(pathArguments, method))).toEqual([]);
});

describe('paths', () => {
  const add = (root: string): Promise<unknown> => invoke(methodChannel('addDataset'), [{ root }]);

  test('a folder is reached only after the user has chosen it', async () => {
    const chosen = join(folder, 'chosen');
    expect(await add(chosen)).toMatchObject({ failure: { code: 'path-not-granted' } });
    electronMock.dialog.showOpenDialog.mockResolvedValueOnce({ filePaths: [chosen] });
    expect(await invoke(methodChannel('pickPath'), [{ kind: 'folder', title: 'Data set' }])).toEqual({ value: { path: chosen } });
    expect(await add(join(chosen, 'inside'))).toEqual({ value: 'done' });
    expect(await add(join(chosen, '../other'))).toMatchObject({ failure: { code: 'path-not-granted' } });
  });

  test('a cancelled dialog grants nothing', async () => {
    electronMock.dialog.showOpenDialog.mockResolvedValueOnce({ filePaths: [] });
    electronMock.dialog.showSaveDialog.mockResolvedValueOnce({ filePath: '' });
    expect(await invoke(methodChannel('pickPath'), [{ kind: 'folder', title: 'x' }])).toEqual({ value: {} });
    expect(await invoke(methodChannel('pickPath'), [{ kind: 'save', title: 'x' }])).toEqual({ value: {} });
    expect(grants.roots).toEqual([]);
  });

  test('a file that was dropped is granted, its neighbours are not', async () => {
    const file = join(folder, 'a.naslab');
    expect(await invoke(shellChannels.dropped, [[file]])).toEqual({ value: [file] });
    expect(await invoke(methodChannel('importExperiment'), [file])).toEqual({ value: 'done' });
    expect(await invoke(methodChannel('importExperiment'), [join(folder, 'b.naslab')])).toMatchObject({ failure: {} });
  });
});

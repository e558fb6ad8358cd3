import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../../electron/ipc/settings.ts';
import { readSettings, writeSettings } from '../../../../electron/lab/settings/settings-file.ts';
import { exportsFolderOf } from '../../../../electron/lab/workspace.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { openTestLab } from '../lab-fixture.ts';

describe('settings', () => {
  it('are the usual ones until they are changed; a change replaces whole sections and survives', async () => {
    const home = temporaryFolder();
    const { api } = openTestLab(home);
    expect(await api.settings()).toEqual(defaultSettings);
    const changed = await api.changeSettings({ compute: { maxRunning: 3, backend: 'wasm' }, storage: { workspace: join(home, 'out') } });
    expect(changed).toEqual({ ...defaultSettings, compute: { maxRunning: 3, backend: 'wasm' }, storage: { workspace: join(home, 'out') } });
    expect(await openTestLab(home).api.settings()).toEqual(changed);
    expect(exportsFolderOf(home)).toBe(join(home, 'out', 'exports'));
  });

  it.each([
    ['a relative workspace', { storage: { workspace: 'out' } }, 'invalid-settings'],
    ['a backend that there is not', { compute: { maxRunning: 1, backend: 'abacus' } }, 'unknown-backend'],
  ])('%s: refused, nothing changes', async (_, change, code) => {
    const home = temporaryFolder();
    const { api } = openTestLab(home);
    await expect(api.changeSettings(change)).rejects.toMatchObject({ code });
    expect(existsSync(join(home, 'settings.json'))).toBe(false);
  });

  it('a value that does not fit and what another version wrote cost nothing else', () => {
    const home = temporaryFolder();
    const text = JSON.stringify({ storage: { workspace: '/w' }, compute: { maxRunning: 'many', threads: 2, new: 1 }, privacy: { on: true } });
    writeFileSync(join(home, 'settings.json'), text);
    expect(readSettings(home)).toEqual({ ...defaultSettings, storage: { workspace: '/w' }, compute: { maxRunning: 1, threads: 2 } });
    expect(readFileSync(join(home, 'settings.json'), 'utf8')).toBe(text);
  });

  it('a file that cannot be read stays where it is, and is not written over', () => {
    const home = temporaryFolder();
    mkdirSync(join(home, 'settings.json'));
    expect(readSettings(home)).toEqual(defaultSettings);
    expect(() => writeSettings(home, { compute: { maxRunning: 2 } })).toThrow(/Reading the settings/);
    expect(readdirSync(home)).toEqual(['settings.json']);
  });

  it('a damaged file is put aside and the usual ones count', async () => {
    const home = temporaryFolder();
    writeFileSync(join(home, 'settings.json'), '{ "compute": { "maxRunning": "many" ');
    const { api } = openTestLab(home);
    expect(await api.settings()).toEqual(defaultSettings);
    expect(readFileSync(join(home, 'settings.json.damaged'), 'utf8')).toContain('many');
  });
});

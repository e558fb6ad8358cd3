import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWritable } from '../../../db/sqlite/driver.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from './lab-fixture.ts';
import { gone, startOwner } from './owner.ts';
import { tinyConfig } from './tiny-config.ts';

const undo: (() => void)[] = [];

afterEach(() => {
  for (const back of undo.splice(0).reverse()) back();
});

const isRoot = process.getuid?.() === 0;

function mount(...args: readonly string[]): boolean {
  return process.platform === 'linux' && isRoot && spawnSync('mount', args).status === 0;
}

/** A disk of its own with so much room; undefined where one may not be made. */
function smallDisk(folder: string, kilobytes: number): boolean {
  if (!mount('-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', folder)) return false;
  undo.push(() => spawnSync('umount', ['-l', folder]));
  return true;
}

/** A superuser writes where permissions forbid it: then a read-only mount. False where neither is possible. */
function makeReadOnly(folder: string): boolean {
  if (!isRoot) {
    chmodSync(folder, 0o555);
    undo.push(() => chmodSync(folder, 0o755));
    return process.platform !== 'win32';
  }
  if (!mount('--bind', folder, folder)) return false;
  undo.push(() => spawnSync('umount', ['-l', folder]));
  return mount('-o', 'remount,ro,bind', folder);
}

function fill(file: string, folder: string): void {
  const { bavail, bsize } = statfsSync(folder);
  try {
    writeFileSync(file, Buffer.alloc(bavail * bsize));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error; // the search wrote meanwhile: full is full
  }
}

describe('slow: a home that cannot be written', () => {
  it('read-only: everything is shown, every change is refused with a clear word, nothing changes', async (context) => {
    const folder = temporaryFolder();
    const home = join(folder, 'home');
    const lab = openTestLab(home);
    await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await lab.api.stopSearch(id);
    await lab.close();
    for (const name of readdirSync(home)) if (/-(wal|shm)$/.test(name)) rmSync(join(home, name));
    if (!makeReadOnly(home)) context.skip();
    const { api } = openTestLab(home);
    expect(await api.experiment(id)).toMatchObject({ state: 'stopped' });
    expect(await api.datasets()).toHaveLength(1);
    expect((await api.doctor()).database).toBe('ok');
    const refusal = {
      code: expect.stringMatching(/^(read-only|no-permission)$/),
      message: expect.stringContaining(home),
      tip: expect.stringContaining('--home'),
    };
    await expect(api.resumeSearch(id)).rejects.toMatchObject(refusal);
    await expect(api.annotate(id, { note: 'x' })).rejects.toMatchObject(refusal);
    await expect(api.removeDataset('city')).rejects.toMatchObject(refusal);
  });

  it('read-only after a crash, with entries that wait in the WAL: all of them are shown, and nothing of the copy is left behind', async (context) => {
    const folder = temporaryFolder();
    const home = join(folder, 'home');
    const lab = openTestLab(home);
    await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    await lab.close();
    const owner = await startOwner(home, 10);
    const { runnerPid } = await lab.api.experiment(owner.id);
    owner.process.kill('SIGKILL');
    await gone(owner.process.pid as number);
    await gone(runnerPid as number);
    await lab.close();
    rmSync(join(home, 'lab.sqlite-shm'), { force: true });
    expect(statSync(join(home, 'lab.sqlite-wal')).size).toBeGreaterThan(0);
    if (!makeReadOnly(home)) context.skip();
    const { api, close } = openTestLab(home);
    expect(await api.experiment(owner.id)).toMatchObject({ state: 'interrupted' });
    expect((await api.doctor()).findings.map(({ code }) => code)).not.toContain('newest-not-read');
    await expect(api.annotate(owner.id, { note: 'x' })).rejects.toMatchObject({
      code: expect.stringMatching(/^(read-only|no-permission)$/),
    });
    await close();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('paretoscope-read-'))).toEqual([]);
  });

  it('a database of an older schema on a read-only home: that is said, not the trouble of bringing it up to date', async (context) => {
    const home = join(temporaryFolder(), 'home');
    const lab = openTestLab(home);
    await lab.api.addDataset({ root: writeCityscapesShell(join(home, 'city')), name: 'city' });
    await lab.close();
    const old = openWritable(join(home, 'lab.sqlite'));
    old.script('PRAGMA user_version = 0');
    old.close();
    if (!makeReadOnly(home)) context.skip();
    await expect(openTestLab(home).api.experiments()).rejects.toMatchObject({ code: 'database-outdated', tip: expect.any(String) });
  });

  it('a disk that fills up during a search: interrupted with the cause, and complete after space was made', async (context) => {
    const folder = temporaryFolder();
    const data = writeCityscapesShell(join(temporaryFolder(), 'city'));
    if (!smallDisk(folder, 2000)) context.skip();
    const home = join(folder, 'home');
    const { api } = openTestLab(home);
    await api.addDataset({ root: data, name: 'city' });
    behave({ stepMs: 10 });
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    const filler = join(folder, 'filler');
    fill(filler, folder);
    const cut = await api.whenEnded(id);
    expect(cut).toMatchObject({
      state: 'interrupted',
      failure: { code: 'disk-full', message: expect.stringMatching(/no space left/), tip: expect.any(String) },
    });
    rmSync(filler);
    await api.resumeSearch(id);
    expect(await api.whenEnded(id)).toMatchObject({ state: 'complete', progress: { trials: { complete: 8 } } });
  });

  it('a full disk: the home is still read, and changes are refused with the cause', async (context) => {
    const folder = temporaryFolder();
    const data = writeCityscapesShell(join(temporaryFolder(), 'city'));
    if (!smallDisk(folder, 1000)) context.skip();
    const home = join(folder, 'home');
    const lab = openTestLab(home);
    await lab.api.addDataset({ root: data, name: 'city' });
    await lab.close();
    fill(join(folder, 'filler'), folder);
    const { api } = openTestLab(home);
    expect(await api.datasets()).toHaveLength(1);
    await expect(api.removeDataset('city')).rejects.toMatchObject({ code: 'disk-full' });
    rmSync(join(folder, 'filler'));
    await api.removeDataset('city');
    expect(await api.datasets()).toEqual([]);
  });
});

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openWritable } from '../../../db/sqlite/driver.ts';
import { experimentFolders, isDecisionDue } from '../../../electron/lab/backups.ts';
import { layoutOf } from '../../../electron/lab/home.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { openTestLab, writeCityscapesShell } from './lab-fixture.ts';
import { tinyConfig } from './tiny-config.ts';

/** A home with one complete experiment that every backup has, and a second one that the newest backup lacks. */
async function filledHome(): Promise<{ readonly home: string; readonly first: string; readonly second: string }> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const lab = openTestLab(home);
  await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  const ids: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await lab.api.whenEnded(id);
    ids.push(id);
  }
  await lab.close();
  const backups = readdirSync(join(home, 'backups')).sort();
  rmSync(join(home, 'backups', backups.at(-1) as string));
  return { home, first: ids[0] as string, second: ids[1] as string };
}

function damage(home: string): Buffer {
  const bytes = readFileSync(join(home, 'lab.sqlite'));
  bytes.fill(0xa5, 4096);
  writeFileSync(join(home, 'lab.sqlite'), bytes);
  return bytes;
}

describe('slow: a damaged database', () => {
  it('is moved aside and kept; every call says so until the user has decided; restoring says what the backup lacks', async () => {
    const { home, first, second } = await filledHome();
    const bytes = damage(home);
    const { api } = openTestLab(home);
    const refusal = { code: 'database-damaged', message: expect.stringContaining('kept'), tip: expect.stringContaining('lab doctor --restore') };
    await expect(api.addDataset({ root: home })).rejects.toMatchObject(refusal);
    const [kept] = readdirSync(home).filter((name) => name.startsWith('lab-damaged-'));
    expect(readFileSync(join(home, kept as string)).equals(bytes)).toBe(true);
    await expect(api.experiments()).rejects.toMatchObject(refusal);
    await expect(api.annotate(first, { note: 'x' })).rejects.toMatchObject(refusal);
    const report = await api.doctor();
    expect(report).toMatchObject({ database: 'damaged', lacking: [second] });
    expect(report.findings[0]?.message).toContain(`It lacks ${second}`);
    const repaired = await api.doctor({ repair: 'restore' });
    expect(repaired).toMatchObject({ database: 'ok', lacking: [second], repaired: { action: 'restore', kept: [join(home, kept as string)] } });
    expect(await api.experiment(first)).toMatchObject({ state: 'complete', progress: { trials: { complete: 8 } } });
    expect(existsSync(join(home, kept as string))).toBe(true);
  });

  it('without a backup the user begins with an empty database; weight files stay', async () => {
    const { home, first, second } = await filledHome();
    damage(home);
    rmSync(join(home, 'backups'), { recursive: true });
    const { api } = openTestLab(home);
    await expect(api.addDataset({ root: home })).rejects.toMatchObject({ code: 'database-damaged', tip: expect.stringContaining('--start-empty') });
    await expect(api.doctor({ repair: 'restore' })).rejects.toMatchObject({ code: 'no-backup' });
    expect(isDecisionDue(layoutOf(home))).toBe(true);
    expect((await api.doctor({ repair: 'start-empty' })).lacking).toEqual([first, second].sort());
    expect(await api.experiments()).toEqual([]);
    expect(experimentFolders(layoutOf(home))).toEqual([first, second].sort());
  });

  it('a sound database is not repaired', async () => {
    const { home } = await filledHome();
    const { api } = openTestLab(home);
    await expect(api.doctor({ repair: 'start-empty' })).rejects.toMatchObject({ code: 'database-sound' });
    expect((await api.doctor()).database).toBe('ok');
    expect(await api.experiments()).toHaveLength(2);
  });
});

describe('slow: a home that cannot be written', () => {
  it('a database of a newer app is read and every change is refused with a clear word', async () => {
    const { home, first } = await filledHome();
    const newer = openWritable(join(home, 'lab.sqlite'));
    newer.script('PRAGMA user_version = 99');
    newer.close();
    const { api } = openTestLab(home);
    expect(await api.experiments()).toHaveLength(2);
    expect((await api.doctor()).database).toBe('newer');
    const refusal = { code: 'read-only', message: expect.stringMatching(/newer version of the app/), tip: expect.any(String) };
    await expect(api.annotate(first, { note: 'x' })).rejects.toMatchObject(refusal);
    await expect(api.startSearch({ config: tinyConfig(), dataset: 'city' })).rejects.toMatchObject(refusal);
    expect(existsSync(join(home, 'experiments', first))).toBe(true);
  });

  it('a file in the place of the home, or of a folder above it', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    for (const home of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      const { api } = openTestLab(home);
      await expect(api.addDataset({ root: folder })).rejects.toMatchObject({ code: expect.stringMatching(/not-a-folder|io-error/), message: expect.stringContaining(home) });
    }
  });

  it('a lost folder of an experiment is found by the doctor', async () => {
    const { home, first } = await filledHome();
    const lab = openTestLab(home);
    const { id, folder } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await lab.api.stopSearch(id);
    rmSync(folder, { recursive: true });
    expect((await lab.api.doctor()).findings).toContainEqual(expect.objectContaining({ code: 'folder-missing', message: expect.stringContaining(id) }));
    mkdirSync(join(home, 'experiments', first), { recursive: true });
    await lab.api.resumeSearch(id);
    expect((await lab.api.whenEnded(id)).state).toBe('complete');
  });
});

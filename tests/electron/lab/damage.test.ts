import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LabApi } from '../../../electron/ipc/contract.ts';
import { openWritable } from '../../../db/sqlite/driver.ts';
import { isDecisionDue, newestUsable } from '../../../electron/lab/backups.ts';
import { experimentFolders, layoutOf } from '../../../electron/lab/home.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { behave, openTestLab, results, writeCityscapesShell } from './lab-fixture.ts';
import { gone, startOwner } from './owner.ts';
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

/** All that a database holds of one experiment. */
async function remembered(api: LabApi, id: string) {
  return { record: await api.experiment(id), trials: await api.trials(id), log: await api.log(id), loss: await api.scalars(id, 'loss') };
}

async function until(isReached: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isReached())) {
    if (performance.now() > deadline) throw new Error('what the test waits for did not come');
    await delay(5);
  }
}

describe('slow: a damaged database', () => {
  it('is moved aside and kept; every call says so until the user has decided; restoring adds what the backup lacks', async () => {
    const { home, first, second } = await filledHome();
    const bytes = damage(home);
    const { api } = openTestLab(home);
    const refusal = {
      code: 'database-damaged',
      message: expect.stringContaining('kept'),
      tip: expect.stringContaining('lab doctor --restore'),
    };
    await expect(api.addDataset({ root: home })).rejects.toMatchObject(refusal);
    const [kept] = readdirSync(home).filter((name) => name.startsWith('lab-damaged-'));
    expect(readFileSync(join(home, kept as string)).equals(bytes)).toBe(true);
    await expect(api.experiments()).rejects.toMatchObject(refusal);
    await expect(api.annotate(first, { note: 'x' })).rejects.toMatchObject(refusal);
    const report = await api.doctor();
    expect(report).toMatchObject({ database: 'damaged', lacking: [second] });
    expect(report.findings[0]?.message).toContain(`It lacks ${second}`);
    const repaired = await api.doctor({ repair: 'restore' });
    expect(repaired).toMatchObject({
      database: 'ok',
      lacking: [],
      repaired: { action: 'restore', kept: [join(home, kept as string)], added: [second], updated: [] },
    });
    expect(await api.experiment(second)).toMatchObject({ state: 'complete', progress: { trials: { complete: 8 } } });
    expect(await api.experiment(first)).toMatchObject({ state: 'complete', progress: { trials: { complete: 8 } } });
    expect(existsSync(join(home, kept as string))).toBe(true);
  });

  it('without a backup it is rebuilt from the folders of the experiments', async () => {
    const { home, first, second } = await filledHome();
    const before = await remembered(openTestLab(home).api, first);
    damage(home);
    rmSync(join(home, 'backups'), { recursive: true });
    const { api } = openTestLab(home);
    await expect(api.addDataset({ root: home })).rejects.toMatchObject({
      code: 'database-damaged',
      tip: expect.stringContaining('--start-empty'),
    });
    expect((await api.doctor({ repair: 'restore' })).repaired?.added).toEqual([first, second].sort());
    const after = await remembered(api, first);
    expect(after).toEqual({
      ...before,
      log: [
        ...before.log,
        expect.objectContaining({ message: expect.stringContaining('Brought up to date from its folder: 8 finished trials') }),
      ],
    });
  });

  it('without anything to begin with, or when that is wanted, the user begins with an empty database; weight files stay', async () => {
    const { home, first, second } = await filledHome();
    damage(home);
    rmSync(join(home, 'backups'), { recursive: true });
    for (const id of [first, second]) rmSync(join(home, 'experiments', id, 'experiment.json'));
    const { api } = openTestLab(home);
    await expect(api.doctor({ repair: 'restore' })).rejects.toMatchObject({ code: 'no-backup' });
    expect(isDecisionDue(layoutOf(home))).toBe(true);
    expect(readdirSync(home).filter((name) => name.includes('.part'))).toEqual([]);
    expect((await api.doctor({ repair: 'start-empty' })).lacking).toEqual([first, second].sort());
    expect(await api.experiments()).toEqual([]);
    expect(experimentFolders(layoutOf(home))).toEqual([first, second].sort());
  });

  it('a backup that is damaged too is passed over, one of an older schema is not', async () => {
    const { home, first } = await filledHome();
    const lab = openTestLab(home);
    await lab.api.annotate(first, { note: 'newer than the backup' });
    await lab.close();
    damage(home);
    const folder = join(home, 'backups');
    const good = join(folder, readdirSync(folder).sort().at(-1) as string);
    const old = openWritable(good);
    old.script('PRAGMA user_version = 0');
    old.close();
    const rubbish = Buffer.from(readFileSync(good));
    rubbish.fill(0xa5, 4096);
    writeFileSync(join(folder, 'lab-29991231T235959000Z-auto.sqlite'), rubbish);
    expect(newestUsable(layoutOf(home))).toMatchObject({ file: good, experimentIds: [first] });
    const { api } = openTestLab(home);
    expect((await api.doctor()).findings[0]?.message).toContain(newestUsable(layoutOf(home))?.at);
  });

  it('stopped (backup), resumed, killed, damaged, restored: nothing that the folder has is taken for unneeded, and the search goes on where it was', async () => {
    const folder = temporaryFolder();
    const home = join(folder, 'home');
    const lab = openTestLab(home);
    await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    const whole = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await lab.api.whenEnded(whole.id);
    behave({ stepMs: 5 });
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await until(async () => (await lab.api.experiment(id)).progress.step >= 10);
    const stopped = await lab.api.stopSearch(id);
    await lab.close();
    const owner = await startOwner(home, 10, id);
    const reader = openTestLab(home);
    await until(async () => (await reader.api.experiment(id)).progress.checkpointStep >= 40);
    owner.process.kill('SIGKILL');
    await gone(owner.process.pid as number);
    const { progress } = await reader.api.experiment(id);
    await reader.close();
    damage(home);
    const { api } = openTestLab(home);
    await expect(api.annotate(id, { note: '' })).rejects.toMatchObject({ code: 'database-damaged' });
    const repaired = await api.doctor({ repair: 'restore' });
    expect(repaired.repaired).toMatchObject({ added: [], updated: [id] });
    const restored = await api.experiment(id);
    expect(restored).toMatchObject({
      state: 'interrupted',
      progress: { checkpointStep: progress.checkpointStep, trials: { complete: progress.trials.complete } },
    });
    expect(restored.progress.checkpointStep).toBeGreaterThan(stopped.progress.checkpointStep);
    expect((await api.prune()).files.map(({ path }) => path)).not.toContain(
      join(restored.folder, `state-${progress.checkpointStep}.safetensors`),
    );
    await api.prune({ apply: true });
    behave({});
    await api.resumeSearch(id);
    expect((await api.log(id)).at(-1)?.message).toContain(`Resumes from step ${progress.checkpointStep} `);
    expect((await api.whenEnded(id)).state).toBe('complete');
    expect(await results(api, id)).toEqual(await results(api, whole.id));
    expect(await api.scalars(id, 'loss')).toEqual(await api.scalars(whole.id, 'loss'));
  });

  it('a backup that was copied into place by hand: the doctor and prune know better, and resuming goes on where the folder stands', async () => {
    const folder = temporaryFolder();
    const home = join(folder, 'home');
    const lab = openTestLab(home);
    await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    behave({ stepMs: 5 });
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await until(async () => (await lab.api.experiment(id)).progress.step >= 10);
    await lab.api.stopSearch(id);
    const [backup] = readdirSync(join(home, 'backups'));
    await lab.api.resumeSearch(id);
    await until(async () => (await lab.api.experiment(id)).progress.trials.complete >= 2);
    const later = await lab.api.stopSearch(id);
    await lab.close();
    copyFileSync(join(home, 'backups', backup as string), join(home, 'lab.sqlite'));
    const { api } = openTestLab(home);
    expect((await api.doctor()).findings).toContainEqual(
      expect.objectContaining({ code: 'folders-ahead', message: expect.stringContaining(id) }),
    );
    expect((await api.prune({ apply: true })).files).toEqual([]);
    await api.resumeSearch(id);
    const log = (await api.log(id)).map(({ message }) => message).join('\n');
    expect(log).toContain(
      `Brought up to date from its folder: ${later.progress.trials.complete} finished trials, state at step ${later.progress.checkpointStep}.`,
    );
    expect(log).toContain(`Resumes from step ${later.progress.checkpointStep} `);
    await api.stopSearch(id);
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
      await expect(api.addDataset({ root: folder })).rejects.toMatchObject({
        code: expect.stringMatching(/not-a-folder|io-error/),
        message: expect.stringContaining(home),
      });
    }
  });

  it('a lost folder of an experiment is found by the doctor', async () => {
    const { home, first } = await filledHome();
    const lab = openTestLab(home);
    const { id, folder } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await lab.api.stopSearch(id);
    rmSync(folder, { recursive: true });
    expect((await lab.api.doctor()).findings).toContainEqual(
      expect.objectContaining({ code: 'folder-missing', message: expect.stringContaining(id) }),
    );
    mkdirSync(join(home, 'experiments', first), { recursive: true });
    await expect(lab.api.resumeSearch(id)).rejects.toMatchObject({ code: 'checkpoint-missing' });
    await lab.api.resumeSearch(id, { fromEarlier: true });
    expect((await lab.api.whenEnded(id)).state).toBe('complete');
  });
});

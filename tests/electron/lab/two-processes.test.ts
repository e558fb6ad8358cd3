import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { layoutOf } from '../../../electron/lab/home.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { openTestLab, writeCityscapesShell } from './lab-fixture.ts';
import { gone, startOwner } from './owner.ts';
import { tinyConfig } from './tiny-config.ts';

async function homeWithData(): Promise<string> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const lab = openTestLab(home);
  await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  await lab.close();
  return home;
}

describe('slow: a home that another process owns', () => {
  it('is read; a search is refused with the name of the holder; notes, data sets and stop reach the owner', async () => {
    const home = await homeWithData();
    const owner = await startOwner(home, 100);
    const { api } = openTestLab(home);
    expect(await api.experiment(owner.id)).toMatchObject({ state: 'running', runnerPid: expect.any(Number) });
    expect((await api.doctor()).holder).toMatchObject({ pid: owner.process.pid, command: 'lab search' });
    await expect(api.startSearch({ config: tinyConfig(), dataset: 'city' })).rejects.toMatchObject({
      code: 'home-in-use',
      message: expect.stringMatching(new RegExp(`'lab search' \\(process ${owner.process.pid}`)),
      tip: expect.stringContaining('--home'),
    });
    await expect(api.resumeSearch(owner.id)).rejects.toMatchObject({ code: 'still-running' });
    expect(await api.annotate(owner.id, { note: 'from outside' })).toMatchObject({ note: 'from outside' });
    await expect(api.removeExperiment(owner.id)).rejects.toMatchObject({ code: 'still-running' });
    await api.addDataset({ root: join(home, '..', 'city'), name: 'again' });
    await expect(api.addDataset({ root: join(home, '..', 'city'), name: 'again' })).rejects.toMatchObject({
      code: 'dataset-exists',
      tip: expect.any(String),
    });
    expect((await api.datasets()).map(({ name }) => name)).toEqual(['city', 'again']);
    const before = performance.now();
    expect(await api.stopSearch(owner.id)).toMatchObject({ state: 'stopped', note: 'from outside' });
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await owner.nextLine()).toBe('stopped');
    expect(existsSync(join(home, 'owner.json'))).toBe(false);
    // The home is free again.
    await expect(api.annotate(owner.id, { note: 'own' })).resolves.toMatchObject({ note: 'own' });
  });

  it('kill -9 of the owner: the compute process ends by itself, the experiment is seen as interrupted, and another process resumes it', async () => {
    const home = await homeWithData();
    const owner = await startOwner(home, 30);
    const reader = openTestLab(home).api;
    const { runnerPid } = await reader.experiment(owner.id);
    await delay(200);
    owner.process.kill('SIGKILL');
    expect(await gone(runnerPid as number)).toBeLessThan(1000);
    // Seen by whoever only reads, before anybody has written it down.
    expect((await reader.experiment(owner.id)).state).toBe('interrupted');
    const second = await startOwner(home, 1, owner.id);
    expect(await second.nextLine()).toBe('complete');
    const log = (await reader.log(owner.id)).map(({ message }) => message).join('\n');
    expect(log).toMatch(/Found cut off/);
    expect(log).toMatch(/Resumes from step/);
  });

  it('a stale running becomes interrupted in the store at the next start', async () => {
    const home = await homeWithData();
    const owner = await startOwner(home, 30);
    owner.process.kill('SIGKILL');
    await gone(owner.process.pid as number);
    const { api } = openTestLab(home);
    expect(await api.stopSearch(owner.id)).toMatchObject({ state: 'stopped' });
    expect((await api.log(owner.id)).some(({ message }) => message.startsWith('Found cut off'))).toBe(true);
  });

  it('an owner that is asked to close stops its search and gives the home back', async () => {
    const home = await homeWithData();
    const lab = openTestLab(home);
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await lab.close();
    expect(existsSync(join(home, 'owner.json'))).toBe(false);
    expect(await openTestLab(home).api.experiment(id)).toMatchObject({ state: 'stopped' });
  });

  it.skipIf(process.platform === 'win32')(
    'an owner that was halted: the request is refused with its name after a while, not waited for for ever',
    async () => {
      const home = await homeWithData();
      const owner = await startOwner(home, 30);
      owner.process.kill('SIGSTOP');
      const { api } = openTestLab(home);
      await expect(api.annotate(owner.id, { note: 'x' })).rejects.toMatchObject({
        code: 'home-in-use',
        message: expect.stringMatching(/lab search.*does not answer/),
      });
      owner.process.kill('SIGCONT');
      // It needs a moment to wake up.
      const later = (): Promise<unknown> => api.annotate(owner.id, { note: 'later' });
      await vi.waitFor(async () => expect(await later()).toMatchObject({ note: 'later' }), { timeout: 10_000 });
    },
  );

  it.skipIf(process.platform === 'win32')(
    'a home with a long path, whose socket would lie where others can write: the owner works, and says why it takes no requests',
    async () => {
      const folder = temporaryFolder();
      const home = join(folder, 'long'.repeat(30), 'home');
      const { socket } = layoutOf(home);
      const shared = dirname(socket);
      mkdirSync(shared, { recursive: true, mode: 0o700 });
      chmodSync(shared, 0o777);
      try {
        const lab = openTestLab(home);
        await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
        await expect(openTestLab(home).api.removeDataset('city')).rejects.toMatchObject({
          code: 'home-in-use',
          message: expect.stringMatching(/takes no requests: .*can be written by others/),
        });
      } finally {
        chmodSync(shared, 0o700);
      }
      expect(existsSync(socket)).toBe(false);
    },
  );
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LabApi } from '../../../../electron/ipc/contract.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../lab-fixture.ts';
import { tinyConfig } from '../tiny-config.ts';

async function labWithQueue(runsQueue = true): Promise<{ readonly api: LabApi; readonly home: string; close(): Promise<void> }> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  const { api, close } = openTestLab(home, { runsQueue });
  await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  return { api, home, close };
}

const request = (name: string, dataset = 'city') => ({ config: tinyConfig(), dataset, name });

/** Looks until the lab is as `wanted` says. */
async function until(wanted: () => Promise<boolean>): Promise<void> {
  while (!(await wanted())) await new Promise((done) => setTimeout(done, 20));
}

const statesOf = async (api: LabApi): Promise<Record<string, string>> =>
  Object.fromEntries((await api.experiments()).map(({ name, state }) => [name, state]));

describe('slow: the queue', () => {
  it('starts waiting searches one after the other, in their order', async () => {
    behave({ stepMs: 3 });
    const { api } = await labWithQueue();
    const begun: string[] = [];
    api.onEvent((event) => {
      if (event.type === 'search' && event.event.type === 'plan') begun.push(event.id);
    });
    await Promise.all(['one', 'two', 'three'].map((name) => api.savePlan({ kind: 'queued', request: request(name) })));
    await until(async () => (await api.plans()).length < 3);
    const running = (await api.experiments()).filter(({ state }) => state === 'running');
    expect(running.map(({ name }) => name)).toEqual(['one']);
    await until(async () => Object.values(await statesOf(api)).filter((state) => state === 'complete').length === 3);
    const names = new Map((await api.experiments()).map(({ id, name }) => [id, name]));
    expect(begun.map((id) => names.get(id))).toEqual(['one', 'two', 'three']);
    expect(await api.plans()).toEqual([]);
  });

  it('as many run at once as the settings say', async () => {
    behave({ stepMs: 30 });
    const { api } = await labWithQueue();
    await api.changeSettings({ compute: { maxRunning: 2 } });
    for (const name of ['one', 'two', 'three']) await api.savePlan({ kind: 'queued', request: request(name) });
    await until(async () => (await api.plans()).length === 1);
    expect(await statesOf(api)).toEqual({ one: 'running', two: 'running' });
    expect((await api.plans()).map(({ request: { name } }) => name)).toEqual(['three']);
  });

  it('a draft waits for nobody; one that cannot start becomes a draft with its reason, and the next begins', async () => {
    behave({ stepMs: 0 });
    const { api } = await labWithQueue();
    const draft = await api.savePlan({ kind: 'draft', request: request('later') });
    await api.savePlan({ kind: 'queued', request: request('lost', 'nowhere') });
    await api.savePlan({ kind: 'queued', request: request('good') });
    await until(async () => (await statesOf(api))['good'] === 'complete');
    const plans = await api.plans();
    expect(plans).toEqual([
      draft,
      expect.objectContaining({ kind: 'draft', failure: expect.objectContaining({ code: 'unknown-dataset' }) as unknown }),
    ]);
    await api.removePlan(draft.id);
    await expect(api.removePlan(draft.id)).rejects.toMatchObject({ code: 'unknown-plan' });
  });

  it('what waited when the lab was closed begins when it is opened; without an interface it stays', async () => {
    behave({ stepMs: 0 });
    const { api, home, close } = await labWithQueue(false);
    await api.savePlan({ kind: 'queued', request: request('tomorrow') });
    expect(await statesOf(api)).toEqual({});
    await close();
    const { api: again } = openTestLab(home, { runsQueue: true });
    await until(async () => (await statesOf(again))['tomorrow'] === 'complete');
    expect(await again.plans()).toEqual([]);
  });
});

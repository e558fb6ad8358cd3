import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { behave, openTestLab, results, writeCityscapesShell } from './lab-fixture.ts';
import { tinyConfig } from './tiny-config.ts';

/** Every process is larger than this. */
const memoryLimitBytes = 2 ** 26;

async function labWithLimit(limit: number | undefined) {
  const folder = temporaryFolder();
  const { api } = openTestLab(join(folder, 'home'));
  await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  await api.changeSettings({ compute: { maxRunning: 1, ...(limit === undefined ? {} : { memoryLimitBytes: limit }) } });
  return api;
}

describe('slow: a compute process above the memory limit', () => {
  it('ends after its step and the search goes on in a fresh one, to the same results', { timeout: 60_000 }, async () => {
    behave({ stepMs: 60 });
    const api = await labWithLimit(memoryLimitBytes);
    const usages: number[] = [];
    api.onEvent((event) => {
      if (event.type === 'usage') usages.push(event.memoryBytes);
    });
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    expect((await api.whenEnded(id)).state).toBe('complete');
    expect(usages.length).toBeGreaterThan(0);
    expect(Math.min(...usages)).toBeGreaterThan(memoryLimitBytes);
    const messages = (await api.log(id)).map(({ message }) => message);
    expect(messages.some((message) => message.includes('goes on in a fresh one'))).toBe(true);
    behave({ stepMs: 0 });
    const free = await labWithLimit(undefined);
    const { id: other } = await free.startSearch({ config: tinyConfig(), dataset: 'city' });
    await free.whenEnded(other);
    expect(await results(api, id)).toEqual(await results(free, other));
  });

  it('one that would come no further is left interrupted with what to do', { timeout: 60_000 }, async () => {
    behave({ stepMs: 400 });
    const api = await labWithLimit(memoryLimitBytes);
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    expect(await api.whenEnded(id)).toMatchObject({
      state: 'interrupted',
      failure: { code: 'memory-limit', tip: expect.stringContaining('limit') as unknown },
    });
  });
});

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from './lab-fixture.ts';
import { tinyConfig } from './tiny-config.ts';

describe('slow: resuming where arithmetic differs', () => {
  it('is refused with a code and changes no result; asked for it goes on, says so, and is then at home there', async () => {
    const folder = temporaryFolder();
    const { api } = openTestLab(join(folder, 'home'));
    await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    behave({ numerics: 'aaaa', stepMs: 10 });
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    const before = await api.stopSearch(id);
    expect(before.environment.numerics).toBe('aaaa');

    behave({ numerics: 'bbbb' });
    await api.resumeSearch(id);
    const refused = await api.whenEnded(id);
    expect(refused).toMatchObject({
      state: 'interrupted',
      failure: {
        code: 'other-machine',
        message: expect.stringContaining('bbbb, expected aaaa'),
        tip: expect.stringContaining(`--other-machine`),
      },
      environment: { numerics: 'aaaa' },
      progress: { step: before.progress.checkpointStep, checkpointStep: before.progress.checkpointStep },
    });

    await api.resumeSearch(id, { otherMachine: true });
    expect(await api.whenEnded(id)).toMatchObject({ state: 'complete', environment: { numerics: 'bbbb' } });
    const log = (await api.log(id)).map(({ message }) => message).join('\n');
    expect(log).toMatch(new RegExp(`From step ${before.progress.checkpointStep} on .*aaaa before, bbbb now`));
  });

  it('a search that was never computed takes the first machine it comes to, and the same one goes on unasked', async () => {
    const folder = temporaryFolder();
    const { api } = openTestLab(join(folder, 'home'));
    await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    behave({ numerics: 'aaaa', stepMs: 10 });
    const { id, environment } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    expect(environment.numerics).toBe('aaaa');
    await api.stopSearch(id);
    behave({ numerics: 'aaaa' });
    await api.resumeSearch(id);
    expect(await api.whenEnded(id)).toMatchObject({ state: 'complete' });
  });
});

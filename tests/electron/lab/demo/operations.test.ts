import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { openTestLab } from '../lab-fixture.ts';

it('slow: cancelled while it draws it goes on there next time; the search begins at once, and a second demo draws nothing', async () => {
  const home = temporaryFolder();
  const { api } = openTestLab(home);
  const first = api.startDemo().catch((error: unknown) => error);
  const [drawing] = await api.jobs();
  expect(drawing).toMatchObject({ kind: 'draw-demo-data', state: 'running' });
  await api.cancelJob(drawing?.id ?? '');
  expect(await first).toMatchObject({ code: 'cancelled' });
  expect(await api.experiments()).toEqual([]);

  const started = await api.startDemo();
  expect(started).toMatchObject({ name: 'HR-NAS demo', state: 'running', environment: { dataset: { name: 'demo-streets' } } });
  expect((await api.datasets()).map(({ name, isSynthetic }) => [name, isSynthetic])).toEqual([['demo-streets', true]]);
  await api.stopSearch(started.id);
  const again = await api.startDemo();
  expect(again.environment.dataset).toEqual(started.environment.dataset);
  await api.stopSearch(again.id);
  rmSync(join(home, 'demo'), { recursive: true, force: true });
}, 90_000);

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StoreError } from '../../../db/store.ts';
import { layoutOf } from '../../../electron/lab/home.ts';
import { LabStore } from '../../../electron/lab/lab-store.ts';
import { forkCompute } from '../../../electron/lab/launch-compute.ts';
import { ownMark } from '../../../electron/lab/process-mark.ts';
import { registerDataset } from '../../../electron/lab/datasets/registry.ts';
import { RunningSearches } from '../../../electron/lab/running-searches.ts';
import { asJson, environmentFor } from '../../../electron/lab/search-setup.ts';
import { parseSearchConfig } from '../../../engine/search/config.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { behave, writeCityscapesShell } from './lab-fixture.ts';
import { tinyConfig } from './tiny-config.ts';

it('slow: a store that fails when a run ends leaves nobody waiting, and nothing is thrown where nobody hears it', async () => {
  const folder = temporaryFolder();
  const labStore = new LabStore(layoutOf(join(folder, 'home')), 'test', async () => async () => undefined);
  const store = await labStore.writing('testing');
  const dataset = await registerDataset(store, { root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  const config = parseSearchConfig(tinyConfig());
  const record = {
    id: 'a',
    name: 'a',
    system: 'hr-nas',
    config: asJson(config),
    environment: asJson(environmentFor(config, dataset, { config: {}, dataset: 'city', backend: 'fake' })),
  };
  store.createExperiment({ ...record, runner: ownMark() });
  let isBroken = false;
  const broken = {
    ...store,
    experiment: (id: string) => {
      if (isBroken) throw new StoreError('io-error', 'made up');
      return store.experiment(id);
    },
  };
  behave({ then: 'exit', at: 10 });
  const searches = new RunningSearches(labStore, forkCompute(new URL('./fake-compute.ts', import.meta.url)), (event) => {
    if (event.type === 'search' && event.event.type === 'scalars') isBroken = true;
  });
  const thrown: unknown[] = [];
  const listener = (error: unknown): number => thrown.push(error);
  process.on('unhandledRejection', listener);
  await searches.run(broken, 'a');
  await searches.ended('a');
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  process.off('unhandledRejection', listener);
  expect(isBroken).toBe(true);
  expect(thrown).toEqual([]);
  expect(searches.has('a')).toBe(false);
  await labStore.close();
});

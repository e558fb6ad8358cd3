import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatasetView, ExperimentView, StartSearchRequest } from '../../../../electron/ipc/contract.ts';
import { demoNames } from '../../../../electron/ipc/demo.ts';
import type { PlanRequest } from '../../../../electron/ipc/queue.ts';
import type { LabContext } from '../../../../electron/lab/context.ts';
import { demos } from '../../../../electron/lab/demo/demos.ts';
import { createDemoApi } from '../../../../electron/lab/demo/operations.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';

/** A lab in which all pictures are drawn and registered; what is asked of it is kept. */
function labWithPictures(name: string): { context: LabContext; started: StartSearchRequest[]; planned: PlanRequest[] } {
  const home = temporaryFolder();
  const root = join(home, 'demo', name);
  mkdirSync(root, { recursive: true });
  const started: StartSearchRequest[] = [];
  const planned: PlanRequest[] = [];
  const api = {
    datasets: () => Promise.resolve([{ name: 'drawn', root: realpathSync(root) } as DatasetView]),
    startSearch: (request: StartSearchRequest) => {
      started.push(request);
      return Promise.resolve({ id: 'first', folder: '/experiments/first' } as ExperimentView);
    },
    savePlan: (plan: PlanRequest) => Promise.resolve(planned.push(plan)),
  };
  const context = { layout: { root: home }, jobs: { run: () => Promise.resolve(0) }, api: () => api } as unknown as LabContext;
  return { context, started, planned };
}

describe.each(demoNames)('startDemo %s', (name) => {
  it('starts the search on its pictures; a random search, where there is one, waits for its turn', async () => {
    const { title, preset, data, baseline } = demos[name];
    const { context, started, planned } = labWithPictures(data.name);
    const api = createDemoApi(context);
    expect(await api.startDemo({ name })).toMatchObject({ id: 'first' });
    expect(started).toMatchObject([{ name: title, dataset: 'drawn', config: { preset, data: { dataset: 'drawn' } } }]);
    const view = (await api.demos()).find((demo) => demo.name === name);
    expect(view?.baseline).toBe(baseline === 'none' ? undefined : `${title}: random search`);
    expect(planned).toMatchObject(
      baseline === 'none'
        ? []
        : [{ kind: 'queued', request: { name: view?.baseline, dataset: 'drawn', config: { preset, strategy: { id: 'random' } } } }],
    );
  });
});

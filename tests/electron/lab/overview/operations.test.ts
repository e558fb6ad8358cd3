import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LabApi, LabEvent } from '../../../../electron/ipc/contract.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { openTestLab, writeCityscapesShell } from '../lab-fixture.ts';
import { tinyConfig } from '../tiny-config.ts';

async function labWithData(): Promise<LabApi> {
  const folder = temporaryFolder();
  const { api } = openTestLab(join(folder, 'home'));
  await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  return api;
}

describe('overview of the lab', () => {
  it('an empty home: the device and no experiments', async () => {
    const { api, home } = openTestLab(temporaryFolder());
    const info = await api.appInfo();
    expect(info).toMatchObject({ home, pid: process.pid, nodeVersion: process.version });
    expect(info.memoryBytes).toBeGreaterThan(1e8);
    expect(info.freeDiskBytes).toBeGreaterThan(0);
    expect(await api.experimentSummaries()).toEqual([]);
  });

  it('trying the backends is a job; cancelled it ends at once, and the next call tries again', async () => {
    const { api } = openTestLab(temporaryFolder());
    const began = performance.now();
    const surveyed = api.backends().catch((error: unknown) => error);
    const [job] = await api.jobs();
    await api.cancelJob(job?.id ?? '');
    expect(await surveyed).toMatchObject({ code: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(job).toMatchObject({ kind: 'survey-backends', state: 'running' });
  });

  it('slow: a finished search: best of the ends, its front by rising MACs, series and phases, and nothing left to do', async () => {
    const api = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await api.whenEnded(id);
    const view = await api.runView(id);
    const ends = (await api.trials(id)).filter(({ role }) => role === 'front');
    const bestValue = Math.max(...ends.map(({ metrics }) => metrics[0]?.value ?? NaN));
    expect(view.summary.best?.value).toBe(bestValue);
    expect(ends.map(({ number }) => number)).toContain(view.summary.best?.trial);
    expect(view.summary.front.map(({ macs }) => macs)).toEqual(view.summary.front.map(({ macs }) => macs).toSorted((a, b) => a - b));
    expect(view.points.trial.filter((_trial, row) => view.points.isOnFront[row] === true).toSorted()).toEqual(
      view.summary.front.map(({ trial }) => trial).toSorted(),
    );
    // The search of these tests says the same series for both penalties.
    expect(view.series.map(({ name, trials }) => [name, trials])).toEqual([['rho', 8]]);
    expect(view.phases.map(({ from, to, state }) => [from, to, state])).toEqual([
      [0, 20, 'done'],
      [20, 40, 'done'],
      [40, 60, 'done'],
    ]);
    expect(view.summary).toMatchObject({
      strategy: 'shrink',
      metric: { name: 'mIoU', kind: 'proxy' },
      isHere: false,
      data: { isKnown: true },
    });
    expect(view.summary).not.toHaveProperty('remainingSeconds');
    expect(view.names).toContain('loss');
    expect(view.folderBytes).toBeGreaterThan(512);
  });

  it('slow: an excluded trial is best no more; the summary follows', async () => {
    const api = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await api.whenEnded(id);
    const before = await api.experimentSummary(id);
    await api.annotateTrials(id, [before.best?.trial ?? -1], { exclusion: 'wrong labels' });
    const after = await api.experimentSummary(id);
    expect(after.best?.trial).not.toBe(before.best?.trial);
  });

  it('slow: a running one is not put away; a paused one says what resuming redoes, is put away with an event and comes back', async () => {
    process.env['LAB_TEST_FAKE'] = JSON.stringify({ stepMs: 20 });
    const api = await labWithData();
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await expect(api.archiveExperiments([id], true)).rejects.toMatchObject({ code: 'still-running' });
    expect((await api.experimentSummary(id)).isHere).toBe(true);
    await api.stopSearch(id);
    const paused = await api.experimentSummary(id);
    expect(paused.redo?.steps).toBe(0);
    const events: LabEvent[] = [];
    api.onEvent((event) => events.push(event));
    const [archived] = await api.archiveExperiments([id], true);
    expect(archived?.experiment.archivedAt).toBeTypeOf('string');
    expect(events).toMatchObject([{ type: 'experiment', experiment: { id } }]);
    const [back] = await api.archiveExperiments([id], false);
    expect(back?.experiment).not.toHaveProperty('archivedAt');
  });
});

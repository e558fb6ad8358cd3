import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExperimentView, LabApi } from '../../../../electron/ipc/contract.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../lab-fixture.ts';
import { tinyConfig } from '../tiny-config.ts';

async function finishedSearch(): Promise<{ readonly api: LabApi; readonly done: ExperimentView }> {
  const folder = temporaryFolder();
  const { api } = openTestLab(join(folder, 'home'));
  await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'found' });
  return { api, done: await api.whenEnded(id) };
}

/** Waits until all seeds of a retraining are complete. */
async function allSeeds(api: LabApi, id: string, count: number) {
  for (;;) {
    const now = await api.retraining(id, 2);
    if (now.results.length === count) return now;
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe('slow: retraining a trial', () => {
  it('trains it from scratch with one seed after the other and keeps the scores with the trial', async () => {
    behave({ stepMs: 0, backend: 'wasm' });
    const { api, done } = await finishedSearch();
    const started = await api.retrain({ experiment: done.id, trial: 2, seeds: [7, 3], steps: 6 });
    expect(started).toMatchObject({ trial: 2, waiting: [3], results: [], runs: [{ name: 'found t2 retrained, seed 7', origin: done.id }] });
    const { runs, results, waiting, scores } = await allSeeds(api, done.id, 2);
    expect(waiting).toEqual([]);
    const [a, b] = results.map(({ value }) => value ?? NaN) as [number, number];
    const mean = (a + b) / 2;
    expect(scores).toEqual([{ name: 'mIoU', split: 'search-val', mean, sd: expect.closeTo(Math.abs(a - b) / Math.SQRT2, 12) as number, seeds: 2 }]);
    const trial = (await api.trials(done.id))[2];
    for (const [index, run] of runs.entries()) {
      expect(run).toMatchObject({
        config: { seed: [7, 3][index], strategy: { id: 'fixed', steps: 6, weights: '' } },
        progress: { totalSteps: 6 },
      });
      expect((run.config as { strategy: { arch: unknown } }).strategy.arch).toMatchObject({ choices: trial?.arch.choices });
      const [score] = await api.trials(run.id);
      expect(results[index]).toMatchObject({
        kind: 'retrained',
        name: 'mIoU',
        split: 'search-val',
        seed: [7, 3][index],
        value: score?.metrics[0]?.value,
        details: { experiment: run.id },
      });
    }
  });

  it('one that was stopped goes on with its score and the next seed after it was resumed', async () => {
    behave({ stepMs: 40, backend: 'wasm' });
    const { api, done } = await finishedSearch();
    const { runs } = await api.retrain({ experiment: done.id, trial: 2, seeds: 2, steps: 8 });
    const [first] = runs;
    await expect(api.retrain({ experiment: done.id, trial: 2 })).rejects.toMatchObject({ code: 'retrain-running' });
    expect((await api.stopSearch(first?.id ?? '')).state).toBe('stopped');
    expect(await api.retraining(done.id, 2)).toMatchObject({ results: [], waiting: [1] });
    behave({ stepMs: 0, backend: 'wasm' });
    await api.resumeSearch(first?.id ?? '');
    expect((await allSeeds(api, done.id, 2)).results.map(({ seed }) => seed)).toEqual([0, 1]);
  });

  it('a trial that there is not: refused', async () => {
    behave({ stepMs: 0, backend: 'wasm' });
    const { api, done } = await finishedSearch();
    await expect(api.retrain({ experiment: done.id, trial: 99 })).rejects.toMatchObject({ code: 'unknown-trial' });
  });
});

describe('slow: replay', () => {
  it('an experiment that comes out again is equal, and nothing of the repetition is kept', async () => {
    behave({ stepMs: 0, backend: 'wasm' });
    const { api, done } = await finishedSearch();
    const trials = (await api.trials(done.id)).length;
    expect(await api.replay(done.id)).toMatchObject({ experiment: done.id, isEqual: true, compared: trials });
    expect((await api.experiments()).map(({ id }) => id)).toEqual([done.id]);
    expect((await api.jobs())[0]).toMatchObject({ kind: 'replay', state: 'done', progress: { done: trials, total: trials } });
  });

  it('names the first trial that differs and both scores', async () => {
    behave({ stepMs: 0, backend: 'wasm' });
    const { api, done } = await finishedSearch();
    behave({ stepMs: 0, backend: 'wasm', shift: 0.25 });
    const report = await api.replay(done.id);
    expect(report).toMatchObject({ isEqual: false, compared: 2, firstDifference: { trial: 2, what: 'metrics' } });
    const value = (text: string | undefined): number => (JSON.parse(text ?? '[]') as [string, number][])[0]?.[1] ?? NaN;
    expect(value(report.firstDifference?.now) - value(report.firstDifference?.before)).toBeCloseTo(0.25, 12);
    expect((await api.experiments()).map(({ id }) => id)).toEqual([done.id]);
  });

  it('one that is not complete: refused', async () => {
    behave({ stepMs: 40, backend: 'wasm' });
    const folder = temporaryFolder();
    const { api } = openTestLab(join(folder, 'home'));
    await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    const { id } = await api.startSearch({ config: tinyConfig(), dataset: 'city' });
    await expect(api.replay(id)).rejects.toMatchObject({ code: 'not-finished' });
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DeviceProfiles } from '../../electron/lab/latency/profiles.ts';
import type { OpenedLab } from '../../electron/lab/lab.ts';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../electron/lab/lab-fixture.ts';
import { tinyConfig } from '../electron/lab/tiny-config.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';
import { serveOpened } from './support/served-lab.ts';

/** Of a fake search; the home may hold more before it is served. */
async function searched(prepare: (lab: OpenedLab, id: string) => Promise<void> = async () => undefined) {
  behave({ stepMs: 0, backend: 'wasm' });
  const folder = temporaryFolder();
  const lab = openTestLab(join(folder, 'home'));
  await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'found' });
  await lab.api.whenEnded(id);
  await prepare(lab, id);
  return { lab, id, server: await serveOpened(lab) };
}

const toast = ({ page }: LabPage, text: string | RegExp) => page.locator('.toast', { hasText: text });

describeInBrowser('slow: what follows a search, in a browser', () => {
  it('a trial is retrained from the table: the dialog says what it takes, each seed is watched, mean and spread stand beside it', async () => {
    const { lab, id, server } = await searched();
    const view = await openLabPage(server, { route: `/experiments/${id}?tab=trials` });
    const { page, goTo, checkAccessible, checkClean } = view;
    await page.getByRole('button', { name: 'More with t2' }).click();
    await page.getByRole('menuitem', { name: 'Retrain…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Retrain t2' });
    await dialog.getByText('3 seeds × 40 steps; how long a step takes was not measured yet.').waitFor();
    await dialog.getByRole('spinbutton', { name: 'Seeds' }).fill('2');
    await dialog.getByRole('spinbutton', { name: 'Steps a seed' }).fill('6');
    await page.keyboard.press('Tab');
    await dialog.getByText('Seeds 0, 1.').waitFor();
    await checkAccessible();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await toast(view, 'Retraining of t2 has begun').getByRole('button', { name: 'Watch' }).click();
    const line = page.getByRole('group', { name: 'Retraining' });
    await line.getByText(/^\d+\.\d+ ± \d+\.\d+/).waitFor();
    await page.getByText('Retrains t2 of found').waitFor();
    const { scores, runs } = await lab.api.retraining(id, 2);
    expect(runs.map(({ config }) => (config as { strategy: { steps: number } }).strategy.steps)).toEqual([6, 6]);
    const [score] = scores;
    const percent = (value: number | undefined) => (100 * (value ?? NaN)).toFixed(2);
    expect(await line.locator('strong').textContent()).toContain(`${percent(score?.mean)} ± ${percent(score?.sd)}`);
    await goTo(`/tradeoff?ids=${id}`);
    await page.getByRole('row', { name: /t2\b/ }).click();
    await page.getByRole('group', { name: 'Retraining' }).getByText('2 seeds').waitFor();
    checkClean();
  });

  it('Check reproducibility: equal trials are counted; after a change the first difference is shown with both scores', async () => {
    const { id, server } = await searched();
    const { page, checkAccessible, checkClean } = await openLabPage(server, { route: `/experiments/${id}`, theme: 'dark' });
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Check reproducibility…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Check reproducibility' });
    await dialog.getByText(/takes about as long as the experiment did/).waitFor();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.getByText('Equal: 8 trials came out again').waitFor();
    behave({ stepMs: 0, backend: 'wasm', shift: 0.25 });
    await dialog.getByRole('button', { name: 'Check again' }).click();
    await dialog.getByText('Differs from t2 on: its scores are others; 2 trials before it came out again').waitFor();
    expect(await dialog.getByRole('row').count()).toBe(2);
    await checkAccessible();
    checkClean();
  });

  it('a network and a paper pack are taken away from the trade-off: the file is offered, what has no weights says so', async () => {
    const { id, server } = await searched(async ({ api }, experiment) => {
      const target = (await api.trials(experiment))[2]?.checkpoint ?? '';
      await api.exportNetwork({ experiment, trial: 2 }, { format: 'safetensors', weights: 'fill', target });
    });
    const view = await openLabPage(server, { route: `/tradeoff?ids=${id}` });
    const { page } = view;
    await page.getByRole('row', { name: /t2\b/ }).click();
    const take = async (what: string) => {
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: what }).click();
    };
    await take('t2 as ONNX');
    const download = page.waitForEvent('download');
    await toast(view, `Written: ${id}-t2.onnx`).getByRole('button', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toBe(`${id}-t2.onnx`);
    await take('Paper pack');
    await toast(view, `Written: paper-${id}`).waitFor();
    expect(existsSync(join(server.home, `workspace/exports/paper-${id}/front.tex`))).toBe(true);
    view.checkClean();
    await page.getByRole('row', { name: /t3\b/ }).click();
    await take('t3 as ONNX');
    await toast(view, 'Nothing was written').waitFor();
  });

  it('searches that wait: named on Home, removed and taken back in the list; device profiles: error of the predictor, stale mark, table', async () => {
    const { lab, server } = await searched(async ({ api, home }) => {
      const request = { config: tinyConfig(), dataset: 'city' };
      await api.savePlan({ kind: 'queued', request: { ...request, name: 'night run' } });
      await api.savePlan({ kind: 'draft', request: { ...request, name: 'an idea' } });
      const network = (ms: number, i: number) => ({ name: `n${i}`, input: [64, 128, 3], p50Ms: ms, p95Ms: 2 * ms, sumMs: ms / 2 });
      const device = { device: 'a board', backend: 'wasm', threads: 1, mode: 'eager', batch: 1 } as const;
      const networks = [4, 5, 6, 7, 8].map(network);
      const profile = { id: 'p1', ...device, appVersion: '0.0.1', updatedAt: '2026-01-01T00:00:00.000Z', networks };
      new DeviceProfiles(home).write({
        version: 1,
        profile,
        table: [{ signature: 's', op: 'conv2d', count: 1, meanMs: 1, varianceMs2: 0 }],
      });
    });
    const { page, goTo, checkAccessible, checkClean } = await openLabPage(server, { theme: 'dark' });
    await page.getByRole('link', { name: '1 search queued · 1 draft next: night run' }).click();
    const queue = page.getByRole('list', { name: 'Queue and drafts' });
    await queue.getByText('queued, 1.').waitFor();
    await checkAccessible();
    await queue.getByRole('listitem').filter({ hasText: 'an idea' }).getByRole('button', { name: 'Remove' }).click();
    await expect.poll(() => queue.getByRole('listitem').count()).toBe(1);
    await page.getByRole('button', { name: 'Undo' }).first().click();
    await queue.getByText('an idea').waitFor();
    expect((await lab.api.plans()).map(({ kind }) => kind)).toEqual(['queued', 'draft']);
    await goTo('/jobs');
    const profiles = page.getByRole('region', { name: 'Device profiles' });
    await profiles.getByRole('row', { name: /a board stale.*± .*ms over \d networks/ }).waitFor();
    await profiles.getByRole('button', { name: 'Predicted against measured' }).click();
    await profiles.getByRole('img', { name: 'Predicted against measured latency of 5 networks.' }).waitFor();
    checkClean();
  });

  it('a running search tells memory and busy cores, against the limit of the settings', async () => {
    const { lab, server } = await searched(async ({ api }) => {
      await api.changeSettings({ compute: { maxRunning: 1, memoryLimitBytes: 2e9 } });
    });
    behave({ stepMs: 400, backend: 'wasm' });
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'second' });
    const { page, checkClean } = await openLabPage(server, { route: `/experiments/${id}` });
    await page.getByText(/[\d.]+\sMB of 2\sGB, \d\.\d cores busy/).waitFor();
    checkClean();
  });
});

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../electron/lab/lab-fixture.ts';
import { tinyConfig } from '../electron/lab/tiny-config.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import { serveOpened } from './support/served-lab.ts';

async function started(behaviour: Parameters<typeof behave>[0] = {}) {
  behave(behaviour);
  const folder = temporaryFolder();
  const lab = openTestLab(join(folder, 'home'));
  await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'first' });
  return { lab, id, server: await serveOpened(lab) };
}

describeInBrowser('slow: the run monitor in a browser', () => {
  it.each(['light', 'dark'] as const)('a finished search, %s: every tab is drawn, accessible and without complaint', async (theme) => {
    const { lab, id, server } = await started();
    await lab.api.whenEnded(id);
    const { page, goTo, checkClean, checkAccessible } = await openLabPage(server, { route: `/experiments/${id}`, theme });
    await page.getByRole('img', { name: /^Front of \d+ of 8 trials/ }).waitFor();
    await page.getByRole('img', { name: /^Loss over/ }).waitFor();
    await checkAccessible();
    for (const [tab, shown] of [
      ['trials', 't7'],
      ['curves', 'Loss'],
      ['log', 'The run ended: complete.'],
      ['config', 'Run facts'],
    ] as const) {
      await goTo(`/experiments/${id}?tab=${tab}`);
      await page.getByText(shown).first().waitFor();
      if (theme === 'light') await checkAccessible();
    }
    checkClean();
  });

  it('a running one: step and trials follow without a reload; Pause is acknowledged within a second; Resume goes on to the end', async () => {
    const { lab, id, server } = await started({ stepMs: 40 });
    const { page, checkClean } = await openLabPage(server, { route: `/experiments/${id}` });
    await page.getByText(/step \d+ of 60/).waitFor();
    const step = async (): Promise<number> => Number(/step (\d+)/.exec(await page.locator('.strip').innerText())?.[1]);
    const before = await step();
    await expect.poll(step, { timeout: 15_000 }).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByText('pausing…').or(page.getByText('paused')).first().waitFor({ timeout: 1_000 });
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    expect((await lab.api.experiment(id)).state).toBe('stopped');
    behave({});
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('8 trials', { exact: true }).waitFor();
    await page.getByText('complete', { exact: true }).first().waitFor();
    expect((await lab.api.experiment(id)).state).toBe('complete');
    checkClean();
  });

  it('Stop now asks first and abandons the running trial; a fork names its origin and the settings that differ', async () => {
    const { lab, id, server } = await started({ stepMs: 500 });
    const { page, checkClean, checkAccessible } = await openLabPage(server, { route: `/experiments/${id}` });
    await page.getByRole('button', { name: 'Stop now…' }).click();
    const ask = page.getByRole('dialog', { name: 'Stop now?' });
    await ask.getByRole('button', { name: 'Stop now', exact: true }).click();
    await page.getByRole('button', { name: 'Fork…' }).click();
    behave({});
    const fork = page.getByRole('dialog', { name: /^Fork/ });
    await fork.getByRole('textbox', { name: 'seed' }).fill('77');
    await checkAccessible();
    await fork.getByRole('button', { name: 'Start the fork' }).click();
    await expect.poll(async () => (await lab.api.experiments()).length).toBe(2);
    const forked = (await lab.api.experiments()).find(({ origin }) => origin === id);
    expect(forked).toMatchObject({ name: 'first, fork', config: { seed: 77 } });
    await page.waitForURL(new RegExp(forked?.id ?? 'none'));
    await page.getByRole('tab', { name: 'Config & reproducibility' }).click();
    await page.getByText('Differs from first in').waitFor();
    checkClean();
  });

  it('the compute process dies: the monitor says what happened and what was kept, and the search can be resumed', async () => {
    const { lab, id, server } = await started({ at: 30, then: 'exit', stepMs: 10 });
    const { page, checkClean } = await openLabPage(server, { route: `/experiments/${id}` });
    const alert = page.getByRole('alert');
    await alert.getByText('The search was cut off').waitFor();
    await alert.getByText(/kept|stay/).waitFor();
    behave({});
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('complete', { exact: true }).first().waitFor();
    expect((await lab.api.experiment(id)).state).toBe('complete');
    checkClean();
  });
});

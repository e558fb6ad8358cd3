import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openLab } from '../../electron/lab/lab.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';
import { writeCityscapesShell } from '../electron/lab/lab-fixture.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });
const patient = { timeout: 20_000 };
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-new-search-')));
const home = join(folder, 'home');
/** Reads beside the server. */
const beside = openLab({ home });
afterAll(async () => {
  await beside.close();
  rmSync(folder, { recursive: true, force: true });
});

describeInBrowser('new search, slow: a real browser', () => {
  let lab: LabPage;
  beforeAll(async () => {
    const { api, close } = openLab({ home });
    await api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
    await api.changeSettings({ compute: { maxRunning: 1, backend: 'wasm' } });
    await close();
    lab = await openLabPage(home, { route: '/new-search?data=city' });
    await lab.page.getByText('1,340 steps, 13 trials').waitFor();
  });

  test('another preset is another plan; a value that is wrong is named at its field, and nothing can start until it is right', async () => {
    const { page } = lab;
    await page.getByRole('radio', { name: /desktop/ }).click();
    await page.getByText('34,000 steps, 49 trials').waitFor();
    await page.getByRole('radio', { name: /demo/ }).click();
    await page.getByText('1,340 steps, 13 trials').waitFor();
    const steps = page.locator('#strategy\\.steps');
    await steps.fill('0');
    await steps.blur();
    await page.getByRole('alert').filter({ hasText: '>=1' }).waitFor();
    expect(await page.getByRole('button', { name: 'Start search' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: "Back to the preset's steps" }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Start search' }).isDisabled(), patient).toBe(false);
  });

  test('another strategy shows its own options', async () => {
    const { page } = lab;
    await page
      .locator('.field', { has: page.locator('#strategy\\.id') })
      .locator('.el-select')
      .click();
    await page.getByRole('option', { name: 'random' }).click();
    await page.locator('#strategy\\.maxMacs').waitFor();
    expect(await page.locator('#strategy\\.penalties').count()).toBe(0);
    await page.getByRole('button', { name: "Back to the preset's id" }).click();
    await page.locator('#strategy\\.penalties').waitFor();
  });

  test('a draft is kept, found again with its changes, and lined up', async () => {
    const { page, server } = lab;
    await page.locator('#strategy\\.steps').fill('80');
    await page.locator('#strategy\\.steps').blur();
    await page.getByRole('textbox', { name: 'Name' }).fill('patient');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('The draft is saved').waitFor();
    const [plan] = await beside.api.plans();
    expect(plan).toMatchObject({ kind: 'draft', request: { name: 'patient', dataset: 'city', config: { strategy: { steps: 80 } } } });
    const again = await openLabPage(server, { route: `/new-search?plan=${plan?.id ?? ''}` });
    await expect.poll(() => again.page.locator('#strategy\\.steps').inputValue(), patient).toBe('80');
    expect(await again.page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('patient');
  });

  test('nothing serious for axe, no complaint of the page', async () => {
    await lab.checkAccessible();
    lab.checkClean();
  });
});

describeInBrowser('settings, slow: a real browser', () => {
  test('every section opens; a change is kept in the home', async () => {
    const lab = await openLabPage(home, { route: '/settings' });
    const { page } = lab;
    for (const section of ['Appearance', 'Compute', 'Storage', 'Notifications', 'Power and privacy', 'Diagnostics', 'General']) {
      await page.getByRole('button', { name: section, exact: true }).click();
      await page.locator('.section .panel').first().waitFor();
    }
    await page.getByRole('button', { name: 'Notifications', exact: true }).click();
    await page.getByRole('switch', { name: 'A search is complete' }).locator('..').click();
    await expect.poll(async () => (await beside.api.settings()).notifications.finished, patient).toBe(false);
    await lab.checkAccessible();
    lab.checkClean();
  });
});

import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { synthesizeKeypoints } from '../../datasets/coco-keypoints/synthesize/synthesize.ts';
import { openLab } from '../../electron/lab/lab.ts';
import { writeDenseHome } from '../fixtures/dense-home.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });
/** Other programs may be at work meanwhile. */
const soon = { timeout: 20_000 };
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-dense-')));
const home = join(folder, 'home');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeInBrowser('dense prediction, slow: a real browser', () => {
  let shown: LabPage;
  beforeAll(async () => {
    writeDenseHome(home);
    const root = join(home, 'people');
    await synthesizeKeypoints(root, { train: 6, val: 3, height: 96, width: 128, seed: 4 });
    const lab = openLab({ home });
    await lab.api.addDataset({ root, name: 'people' });
    await lab.close();
    shown = await openLabPage(home, { route: '/datasets/people?split=train' });
  });

  test('samples lie under their skeletons; a large one counts visible and hidden joints, and speaks of no classes', async () => {
    const { page } = shown;
    const tiles = page.getByRole('list', { name: 'Samples' }).getByRole('listitem');
    await expect.poll(() => tiles.count(), soon).toBe(6);
    const areDrawn = (): Promise<boolean> =>
      tiles
        .first()
        .locator('img')
        .evaluateAll((all) => all.length === 2 && all.every((img) => (img as HTMLImageElement).naturalWidth > 0));
    await expect.poll(areDrawn, soon).toBe(true);
    await tiles.first().getByRole('button').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 of 6').waitFor();
    await dialog.getByText(/visible joint/).first().waitFor();
    expect(await dialog.textContent()).not.toMatch(/[Cc]lasses|mIoU|Ignored/);
    await shown.checkAccessible();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    shown.checkClean();
  });

  test('the joints of a split: all seventeen with how often each is visible, hidden and not labelled', async () => {
    const { page } = shown;
    await shown.goTo('/datasets/people?tab=classes');
    await page.getByRole('row', { name: /^left ankle/ }).waitFor();
    const numbers = await page.getByRole('row', { name: /^nose/ }).getByRole('cell').allTextContents();
    const counts = numbers.map(Number).filter((value) => Number.isInteger(value)).slice(-3);
    const persons = /Persons\s*(\d+)/.exec((await page.getByRole('tabpanel').textContent()) ?? '')?.[1];
    expect(counts.reduce((sum, value) => sum + value, 0)).toBe(Number(persons));
    await shown.checkAccessible();
    shown.checkClean();
  });

  test('a search for cells: the cell as a graph, its rates, shares, and cheap scores against those of the final recipe', async () => {
    const { page } = shown;
    await shown.goTo('/experiments/dpc-1?tab=dynamics');
    await page.getByRole('img', { name: /^Cell of t\d+: branch 0 / }).waitFor();
    await page.getByText('All cells').click();
    const total = await page.locator('table.rates tbody td').allTextContents();
    expect(total.reduce((sum, text) => sum + Number(text), 0)).toBeGreaterThan(24);
    await page.getByRole('table', { name: 'Operations of the best cells and of all' }).waitFor();
    const agreement = await page.getByRole('region', { name: 'Proxy against retrained' }).textContent();
    expect(agreement).toMatch(/τ-b\s*0\.\d\d.*ρ\s*0\.\d\d.*n = 9/s);
    await shown.checkAccessible();
    shown.checkClean();
  });

  test('an evolution over a family: choices stage by stage beside the published networks, and who is alive', async () => {
    const { page } = shown;
    await page.emulateMedia({ colorScheme: 'dark' });
    await shown.goTo('/experiments/lite-1?tab=dynamics');
    await page.getByRole('img', { name: /^AP of the population after each of 24 trials/ }).waitFor();
    const block = page.getByRole('table', { name: /^stage2\.block:/ });
    expect(await block.getByRole('row').allTextContents()).toEqual([
      expect.stringMatching(/^shuffle unit.*◆/),
      expect.stringMatching(/^conditional channel weighting.*◆/),
    ]);
    await page.getByRole('group', { name: 'Stage' }).getByText('stage3').click();
    await page.getByRole('table', { name: /^stage3\.block:/ }).waitFor();
    await shown.checkAccessible();
    shown.checkClean();
  });
});

import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fillHome } from '../fixtures/filled-home.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });
/** Other programs may be at work meanwhile. */
const soon = { timeout: 20_000 };
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-tradeoff-')));
const home = join(folder, 'home');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const facts = (page: Page) => page.getByRole('region', { name: 'Knee, hypervolume, counts and limits' });
const kneeOf = (page: Page): Promise<string | null> => facts(page).locator('.big').textContent();
const rows = (page: Page) => page.getByRole('grid', { name: 'Trials' }).locator('.item');

describeInBrowser('trade-off, slow: a real browser', () => {
  let lab: LabPage;
  beforeAll(async () => {
    fillHome(home, [
      { id: 'hrnas-a', name: 'evolution', trials: 400, seed: 1, failedEvery: 50 },
      { id: 'hrnas-b', name: 'random', trials: 60, seed: 2 },
      { id: 'hrnas-c', name: 'wide', trials: 40, seed: 3, input: [128, 256, 3], reference: { macs: 90e6, metric: 0 } },
    ]);
    lab = await openLabPage(home, { route: '/tradeoff?ids=hrnas-a' });
    await facts(lab.page).waitFor({ timeout: 60_000 });
  });

  test('knee, table, chart and keys mean the same trial, with linear and logarithmic cost', async () => {
    const { page } = lab;
    for (const isLog of [false, true]) {
      if (isLog) await page.keyboard.press('l');
      await page.waitForURL((url) => url.hash.includes('log=1') === isLog);
      const find = page.getByRole('searchbox', { name: 'Find trials' });
      const marked = rows(page).filter({ has: page.locator('.chip', { hasText: 'knee' }) });
      // Read anew until what was asked for is there.
      await expect
        .poll(async () => {
          const wanted = (await kneeOf(page)) ?? '';
          await find.fill(wanted);
          await page.waitForTimeout(400);
          return (await marked.count()) === 1 && (await marked.locator('.name').textContent()) === wanted;
        }, soon)
        .toBe(true);
      const knee = await kneeOf(page);
      await find.fill('');
      await page.getByRole('application').focus();
      expect(await page.getByRole('application').getAttribute('aria-label')).toContain(`knee ${knee}.`);
      await page.keyboard.press('k');
      expect(await page.getByRole('region', { name: 'Selected trial' }).locator('strong').textContent()).toBe(knee);
      expect(await facts(page).textContent()).toMatch(/before it \+1 M MACs buys \+[\d.]+.pp.*after it/);
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('l');
  });

  test('arrow keys walk along the front; pointing at a row shows the trial in the chart', async () => {
    const { page } = lab;
    await page.getByRole('application').focus();
    const seen = new Set<string | null>();
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('ArrowRight');
      seen.add(await page.getByRole('region', { name: 'Selected trial' }).locator('strong').textContent());
    }
    expect(seen.size).toBe(3);
    const first = rows(page).first();
    await first.hover();
    await expect
      .poll(() => page.getByRole('tooltip').locator('strong').textContent(), soon)
      .toBe(await first.locator('.name').textContent());
  });

  test('an excluded trial leaves the front with a reason; undo brings it back', async () => {
    const { page } = lab;
    await page.keyboard.press('k');
    const knee = await kneeOf(page);
    await page.keyboard.press('x');
    const dialog = page.getByRole('dialog', { name: 'Exclude from the analysis' });
    await dialog.getByLabel('Reason').fill('label error');
    await dialog.getByRole('button', { name: 'Exclude' }).click();
    await expect.poll(() => kneeOf(page), soon).not.toBe(knee);
    expect(await facts(page).textContent()).toContain('1 excluded');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => kneeOf(page), soon).toBe(knee);
  });

  test('a limit, a brush and a top share leave what meets them; the address keeps the limit', async () => {
    const { page } = lab;
    await page.getByRole('spinbutton', { name: 'At most MACs' }).fill('20');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.hash.includes('maxMacs=20000000'));
    await expect.poll(() => facts(page).textContent(), soon).toMatch(/\d+ over the limits/);
    await page.locator('.parallel select').selectOption('0.1');
    await expect.poll(() => page.locator('.trials .count').textContent(), soon).toMatch(/^(3\d|4\d)$/);
    await page.getByRole('button', { name: 'Clear' }).click();
    await page.getByRole('spinbutton', { name: 'At most MACs' }).fill('');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => !url.hash.includes('maxMacs'));
  });

  test('several experiments: staircases, names of what cannot be compared, and no hypervolume together', async () => {
    const { page } = lab;
    await lab.goTo('/tradeoff?ids=hrnas-a,hrnas-b,hrnas-c&published=1');
    await page.getByText('not comparable: input 64x128x3 against 128x256x3').waitFor();
    expect(await facts(page).textContent()).toContain('different reference points');
    await page.getByRole('button', { name: 'Staircase of random' }).click();
    await page.waitForURL((url) => url.hash.includes('hidden=hrnas-b'));
    await page.getByRole('button', { name: 'Take wide out' }).click();
    await expect.poll(() => facts(page).textContent(), soon).toMatch(/together0\.\d{3}/);
  });

  test('replay: at the first trials the front is small, at the end it is the whole', async () => {
    const { page } = lab;
    await lab.goTo('/tradeoff?ids=hrnas-a&until=3');
    const slider = page.getByRole('slider', { name: 'Trials until' });
    await slider.waitFor();
    const size = async () => Number(/front (\d+)/.exec((await page.locator('.replay').textContent()) ?? '')?.[1]);
    await expect.poll(size, soon).toBeLessThanOrEqual(4);
    await slider.press('End');
    await expect.poll(size, soon).toBeGreaterThan(4);
  });

  test('exports are written and told; a PNG is handed over', async () => {
    const { page } = lab;
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText('LaTeX table').click();
    await page.getByText('Written: front-hrnas-a.tex').waitFor();
    expect(readFileSync(join(home, 'workspace/exports/front-hrnas-a.tex'), 'utf8')).toContain('\\begin{tabular}');
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText('PNG 2×').click();
    const path = await (await download).path();
    const png = readFileSync(path);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1920, 1200]);
  });

  test('to compare: two trials on the shortlist by C, then their differences', async () => {
    const { page } = lab;
    await page.keyboard.press('k');
    await page.keyboard.press('c');
    await page.keyboard.press(']');
    await page.keyboard.press('c');
    await page.getByRole('button', { name: 'Compare 2' }).click();
    await page.getByRole('columnheader', { name: /make base/ }).waitFor();
    lab.checkClean();
  });

  test.each(['light', 'dark'] as const)('%s: nothing serious for axe, no complaint in the console, at both sizes', async (theme) => {
    for (const [width, height] of [
      [1280, 800],
      [1920, 1080],
    ] as const) {
      const { page, checkAccessible, checkClean } = await openLabPage(lab.server, {
        theme,
        width,
        height,
        route: '/tradeoff?ids=hrnas-a,hrnas-b',
      });
      await facts(page).waitFor();
      await page.locator('.axis-name').first().waitFor();
      await page.keyboard.press('k');
      await checkAccessible();
      checkClean();
    }
  });
});

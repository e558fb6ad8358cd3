import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fillHome } from '../fixtures/filled-home.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });
/** Other programs may be at work meanwhile. */
const soon = { timeout: 20_000 };
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-compare-')));
const home = join(folder, 'home');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeInBrowser('compare, slow: a real browser', () => {
  let lab: LabPage;
  beforeAll(async () => {
    fillHome(home, [
      { id: 'hrnas-a', name: 'evolution', trials: 12 },
      { id: 'hrnas-c', name: 'wide', trials: 4, seed: 3, input: [128, 256, 3] },
    ]);
    lab = await openLabPage(home, { route: '/compare?refs=hrnas-a:t1,hrnas-a:t2,hrnas-c:t0' });
    await lab.page.getByRole('table').waitFor();
  });

  test('only differing rows, D shows all of them; another base turns the changes round', async () => {
    const { page } = lab;
    const count = () => page.locator('tbody tr').count();
    const few = await count();
    expect(await page.getByText(/only differences: \d+ of \d+/).textContent()).toMatch(/\d+ of \d+/);
    await page.keyboard.press('d');
    await expect.poll(count, soon).toBeGreaterThan(few);
    await page.keyboard.press('d');
    const macs = () => page.getByRole('row', { name: /^MACs/ }).textContent();
    const before = await macs();
    await page.getByRole('button', { name: 'Swap base' }).click();
    await page.waitForURL((url) => decodeURIComponent(url.hash).includes('refs=hrnas-a:t2,hrnas-a:t1'));
    await expect.poll(macs, soon).not.toBe(before);
  });

  test('another input is named at the column, and its scores carry the mark', async () => {
    const { page } = lab;
    await page.getByTitle('not comparable: input 64x128x3 against 128x256x3').first().waitFor();
    expect(await page.getByRole('row', { name: /^mIoU/ }).textContent()).toContain('not comparable');
  });

  test('the graphs are laid over each other, and the table is taken away', async () => {
    const { page } = lab;
    await page.getByRole('button', { name: 'open diff graph' }).first().waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Export table' }).click();
    await page.getByText('LaTeX table').click();
    await page.getByText(/Written: compare-/).waitFor();
    expect(readFileSync(join(home, 'workspace/exports/compare-t2-t1-t0.tex'), 'utf8')).toContain('\\begin{tabular}{lrrr}');
    lab.checkClean();
  });

  test('fewer than two: says what to do', async () => {
    const { page } = await openLabPage(lab.server, { route: '/compare' });
    await page.getByText('Press C on a trial to add it to the shortlist.').waitFor();
  });

  test.each(['light', 'dark'] as const)('%s: nothing serious for axe, no complaint in the console', async (theme) => {
    const { page, checkAccessible, checkClean } = await openLabPage(lab.server, { theme, route: '/compare?refs=hrnas-a:t1,hr-nas:cs2' });
    await page.getByRole('table').waitFor();
    await checkAccessible();
    checkClean();
  });
});

import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openLab } from '../../electron/lab/lab.ts';
import { hrNas } from '../../engine/spaces/hr-nas/hr-nas.ts';
import { pairPaths, writeTinyCityscapes } from '../datasets/tiny-cityscapes.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';
import { serveHome } from '../flows/support/serve.ts';
import type { ServedHome } from '../flows/support/serve.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });
/** Other programs may be at work meanwhile. */
const soon = { timeout: 20_000 };
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-datasets-')));
const home = join(folder, 'home');
const root = join(home, 'sets', 'streets');

describeInBrowser('data sets, slow: a real browser', () => {
  let server: ServedHome;
  let shown: LabPage;
  let id: string;

  beforeAll(async () => {
    mkdirSync(join(home, 'sets'), { recursive: true });
    renameSync(await writeTinyCityscapes({ height: 64, width: 128 }), root);
    truncateSync(pairPaths(root, 'train', 'bochum', 1).image, 60);
    const lab = openLab({ home });
    await lab.api.addDataset({ root, name: 'city' });
    const arch = hrNas.smallest(hrNas.defaultSettings);
    const subject = { kind: 'architecture', label: 'smallest', arch, weights: { kind: 'fill' } } as const;
    ({ id } = await lab.api.evaluate({ subject, dataset: 'city', backend: 'wasm' }));
    await lab.close();
    server = await serveHome(home);
    shown = await openLabPage(server, { route: '/datasets' });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const query = (text: string): Promise<void> => shown.goTo(`/datasets/city?${text}`);
  const tiles = () => shown.page.getByRole('list', { name: 'Samples' }).getByRole('listitem');

  test('a folder is recognised, told what it lacks, registered under a name and offered to a search', async () => {
    const { page } = shown;
    await page.getByRole('button', { name: 'Add data set…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByPlaceholder('/data/cityscapes').fill(root);
    await dialog.getByRole('button', { name: 'Look', exact: true }).click();
    await dialog.getByText('registered as city').waitFor();
    expect(await dialog.textContent()).toMatch(/train 12, val 3, test 3.*Not found.*gtCoarse/);
    await shown.checkAccessible();
    // The cut-off picture shows at a closer look only.
    await dialog.getByLabel('Name of the data set').fill('again');
    await dialog.getByRole('button', { name: 'Register' }).click();
    await dialog.getByText('again is registered').waitFor();
    await dialog.getByRole('button', { name: 'New search' }).click();
    await page.waitForURL(({ hash }) => hash === '#/new-search?data=again');
  });

  test('a data set that is put away leaves the list, and undo brings it back', async () => {
    const { page } = shown;
    await shown.goTo('/datasets');
    const row = page.getByRole('grid', { name: 'Data sets' }).locator('.item', { hasText: /^city/ });
    await row.getByRole('button', { name: 'More about city' }).click();
    await page.getByRole('menuitem', { name: 'Put away' }).click();
    await row.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await row.waitFor();
    expect(await row.textContent()).toContain('12 / 3 / 3');
  });

  test('tiles show pictures with labels; one that cannot be read says why; a class leaves those with it', async () => {
    const { page } = shown;
    await query('split=train');
    await expect.poll(() => tiles().count(), soon).toBe(12);
    const broken = tiles().nth(4);
    await expect.poll(() => broken.textContent(), soon).toMatch(/cut off.*60 bytes/);
    await expect
      .poll(() =>
        tiles()
          .first()
          .locator('img')
          .evaluateAll((all) => all.every((img) => (img as HTMLImageElement).naturalWidth > 0)),
      )
      .toBe(true);
    expect(await tiles().first().locator('img').count()).toBe(2);
    await query('split=val&class=18');
    await page.getByText('No sample matches').waitFor();
    await query('split=val&class=0');
    await expect.poll(() => tiles().first().textContent(), soon).toMatch(/px/);
  });

  test('a sample, large: the classes under the pointer of truth and prediction; arrow keys go on; Escape closes', async () => {
    const { page } = shown;
    await query(`split=val&layer=errors:${id}&sort=worst`);
    await tiles().first().getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 of 3').waitFor();
    const picture = dialog.getByRole('group', { name: /^Picture/ });
    await expect.poll(async () => (await picture.locator('img').count()) >= 2).toBe(true);
    await expect
      .poll(async () => {
        await picture.hover();
        return dialog.locator('.under').textContent();
      })
      .toMatch(/Pixel\d+, \d+Truth.+smallest.+/);
    await shown.checkAccessible();
    await page.keyboard.press('ArrowRight');
    await dialog.getByText('2 of 3').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  test('a closer check finds the damaged picture and says what was sound', async () => {
    const { page } = shown;
    await query('tab=health');
    await page.getByRole('button', { name: 'Examine', exact: true }).click();
    await page.getByText('file.truncated').waitFor();
    await page.getByText('Label maps have the size of their pictures').waitFor();
    await page.locator('.view-head').getByText('1 error').waitFor();
  });

  test('classes of a split: a chart with its twin, numbers that lead to the samples', async () => {
    const { page } = shown;
    await query('tab=classes&split=val');
    await page.getByRole('img', { name: /^Share of each class in val/ }).waitFor();
    await page.getByRole('button', { name: 'Browse road', exact: true }).click();
    await page.waitForURL(({ hash }) => hash.includes('class=0') && !hash.includes('tab='));
  });

  test('a cell of the confusion matrix opens its pictures', async () => {
    const { page } = shown;
    await query('tab=evaluations');
    await page.getByRole('img', { name: /^Confusion matrix of smallest/ }).waitFor();
    const first = page.getByRole('group', { name: 'Most frequent mistakes' }).getByRole('button').first();
    const [truth, predicted] = ((await first.textContent()) ?? '').trim().split(/\s\d/)[0]!.split(' as ');
    await first.click();
    const pictures = page.getByRole('region', { name: 'Pictures of the cell' });
    await expect.poll(() => pictures.textContent(), soon).toContain(`${truth} taken for ${predicted}`);
    await expect.poll(() => pictures.getByRole('listitem').count(), soon).toBeGreaterThan(0);
  });

  test('wide, dark and light: every part without complaints of the page or of axe', async () => {
    const { page } = shown;
    await page.setViewportSize({ width: 1920, height: 1080 });
    for (const [i, part] of ['split=val', 'tab=health', 'tab=classes', 'tab=evaluations', 'tab=provenance'].entries()) {
      await page.emulateMedia({ colorScheme: i % 2 === 0 ? 'dark' : 'light' });
      await query(part);
      await page.getByRole('tabpanel').waitFor();
      await shown.checkAccessible();
    }
    shown.checkClean();
  });

  test('a folder that is gone is told in the list, and found again where it went', async () => {
    const { page } = shown;
    renameSync(root, `${root}-moved`);
    await shown.goTo('/datasets');
    await page.getByText('folder is gone').first().waitFor();
    await page.getByRole('button', { name: 'Relocate…' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByPlaceholder('/path/to/folder').fill(`${root}-moved`);
    await dialog.getByRole('button', { name: 'Relocate', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByText(`${root}-moved`).waitFor();
    shown.checkClean();
  });
});

import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeShrunkHome } from '../fixtures/shrunk-home.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import type { LabPage } from '../flows/support/browser.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 90_000 });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-architecture-')));
const home = join(folder, 'home');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeInBrowser('architecture, slow: a real browser', () => {
  let lab: LabPage;
  const box = (name: string) => lab.page.locator('.box .name').getByText(name, { exact: true });
  beforeAll(async () => {
    writeShrunkHome(home);
    lab = await openLabPage(home, { route: '/architecture?ref=hrnas-1:t7' });
    await box('fuse2').waitFor();
  });

  test('stages first, blocks and nodes on demand; a selected block says what it is, costs and shares with the front', async () => {
    const { page } = lab;
    expect(await page.locator('.box').count()).toBe(11);
    await page.getByRole('button', { name: 'Blocks' }).click();
    await box('par1.1.0').click();
    const panel = page.getByRole('region', { name: 'Selected part' });
    expect(await panel.textContent()).toMatch(/MACs.*%/);
    await panel.getByText(/stands the same in \d+.% of the 1 other front members/).waitFor();
    await page.getByRole('button', { name: 'Open par1.1.0' }).click();
    await box('k3').waitFor();
    await page.getByRole('button', { name: 'Close par1.1.0' }).click();
    await expect.poll(() => box('k3').count()).toBe(0);
  });

  test('the keyboard walks along the edges and opens; find goes to the next match', async () => {
    const { page } = lab;
    await page.getByRole('button', { name: 'Stages' }).click();
    await page.getByRole('application').focus();
    await page.keyboard.press('Escape');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: 'fuse0' }).waitFor();
    await page.keyboard.press('Enter');
    await box('fuse0.0.0').waitFor();
    await page.getByLabel('Find a part').fill('attention');
    await page.getByLabel('Find a part').press('Enter');
    await expect.poll(() => page.locator('.box.match.selected, .box.selected.match').count()).toBe(1);
    await page.getByLabel('Find a part').fill('');
  });

  test('the table adds up to the totals, which are those of the trial', async () => {
    const { page } = lab;
    await page.getByRole('button', { name: 'Stages' }).click();
    await page.getByRole('button', { name: 'Table' }).click();
    const numbers = (text: string | null): number => Number((text ?? '').replaceAll(/[^\d]/g, ''));
    const cells = await page
      .locator('.item')
      .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent ?? '')));
    const total = cells.find(([name]) => name?.includes('Whole network'));
    const top = cells.filter(([name]) => /^\s*(stem|fuse\d|par\d|gather|transform|classifier)\s*$/.test(name ?? ''));
    expect(top).toHaveLength(10);
    expect(top.reduce((sum, row) => sum + numbers(row[3] ?? ''), 0)).toBe(numbers(total?.[3] ?? ''));
    const title = await page
      .getByRole('group', { name: 'Totals' })
      .getByTitle(/multiply-accumulates/)
      .getAttribute('title');
    expect(numbers(title)).toBe(numbers(total?.[3] ?? ''));
    await page.getByRole('button', { name: 'Graph' }).click();
  });

  test('the difference to another trial: list and graph mark the same blocks; with itself there is none', async () => {
    const { page } = lab;
    await page.getByRole('button', { name: 'Diff with…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: /^t3/ }).click();
    const list = page.getByRole('region', { name: 'Differences' });
    const counted = async (): Promise<number> => Number(/~ (\d+) changed/.exec((await list.textContent()) ?? '')?.[1]);
    await list.waitFor();
    expect(await counted()).toBeGreaterThan(3);
    await page.getByRole('button', { name: 'Fit' }).click();
    await expect.poll(() => page.locator('.box.changed').count()).toBe(await counted());
    await lab.checkAccessible();
    await lab.goTo('/architecture?ref=hrnas-1:t7&other=hrnas-1:t7');
    await page.getByText('No difference: the same blocks with the same layers.').waitFor();
    expect(await counted()).toBe(0);
  });

  test('lineage leads to the trial before; exports lie in the folder of exports', async () => {
    const { page } = lab;
    await lab.goTo('/architecture?ref=hrnas-1:t7');
    await page.getByRole('region', { name: 'Lineage' }).getByRole('button', { name: /^t6/ }).click();
    await page.getByRole('heading', { level: 1, name: /^t6/ }).waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByText('Graph with nodes and edges').click();
    await page.getByText('Written: hrnas-1-t6.json').waitFor();
    const file = join(home, 'workspace/exports/hrnas-1-t6.json');
    expect(existsSync(file)).toBe(true);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      edges: expect.any(Array) as unknown,
      nodes: expect.any(Array) as unknown,
    });
  });

  test('the HR-NAS supernet with all of its nodes: only what is in sight is in the page', async () => {
    const { page } = lab;
    await lab.goTo('/architecture?ref=hr-nas:cs5');
    await box('par4').waitFor();
    await page.getByRole('button', { name: 'Nodes' }).click();
    const simplify = page.getByRole('button', { name: 'Simplified view' });
    await expect
      .poll(async () => ((await simplify.isVisible()) ? (await simplify.click(), false) : (await page.locator('.frame').count()) > 0), {
        timeout: 20_000,
      })
      .toBe(true);
    expect(await page.locator('.box').count()).toBeLessThan(400);
  });

  test('a network that is not there: says so; nothing complained', async () => {
    const { page } = lab;
    lab.checkClean();
    await lab.goTo('/architecture?ref=hrnas-1:t99');
    await page.getByText('Experiment hrnas-1 has no trial 99.').waitFor();
    await lab.goTo('/architecture');
    await page.getByText('Which network?').waitFor();
    await lab.checkAccessible();
  });
});

describeInBrowser('search dynamics, slow: a real browser', () => {
  test.each([
    ['light', 1280],
    ['dark', 1920],
  ] as const)('%s, %s wide: heat map, lines and factors from what is stored; a block leads to its graph', async (theme, width) => {
    if (!existsSync(home)) writeShrunkHome(home);
    const lab = await openLabPage(home, { route: '/experiments/hrnas-1?tab=dynamics', theme, width, height: 800 });
    const { page } = lab;
    const map = page.getByRole('img', { name: /Share of channels and tokens alive of 15 blocks at 5 points, rho=0.1/ });
    await map.waitFor();
    await page.getByRole('img', { name: /MACs left over the steps: rho=0.1/ }).waitFor();
    await page.getByRole('img', { name: /Importance factors by size/ }).waitFor();
    await page.getByText('Nothing was retrained yet').waitFor();
    await map.focus();
    await page.keyboard.press('ArrowLeft');
    await page.locator('.summary b').getByText('t6', { exact: true }).waitFor();
    await lab.checkAccessible();
    await page.getByRole('button', { name: 'par1.1.0' }).click();
    await page.getByRole('heading', { level: 1, name: /^t6/ }).waitFor();
    await page.getByRole('heading', { level: 3, name: 'par1.1.0' }).waitFor();
    lab.checkClean();
  });
});

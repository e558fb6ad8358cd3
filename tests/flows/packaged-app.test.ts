import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { buildAll, folderMb, packFolder } from '../../build/package.ts';
import { endDisplay, prepareElectron, startApp } from './support/electron.ts';

vi.setConfig({ testTimeout: 900_000, hookTimeout: 60_000 });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-packed-')));
const runtime = await prepareElectron();
if ('skipped' in runtime) process.stdout.write(`Tests of the packed app are skipped: ${runtime.skipped}.\n`);
afterAll(() => {
  endDisplay();
  rmSync(folder, { recursive: true, force: true });
});

interface Found {
  readonly value: readonly {
    readonly id: string;
    readonly state: string;
    readonly progress: { readonly trials: { readonly complete: number } };
  }[];
}

describe.skipIf('skipped' in runtime)('the packed app, slow: a package is made and the demo runs in it', () => {
  test('from the first start to the exported front of the demo and a comparison, in five clicks and at most 800 MB', async () => {
    await buildAll();
    const packed = await packFolder({
      electronDir: dirname('executable' in runtime ? runtime.executable : ''),
      output: join(folder, 'dist'),
    });
    expect(folderMb(packed)).toBeLessThanOrEqual(800);
    const { app, page, problems } = await startApp({
      executable: join(packed, 'paretoscope'),
      home: join(folder, 'home'),
      userData: join(folder, 'profile'),
    });
    expect(await app.evaluate(({ app: self }) => [self.isPackaged, self.getName()])).toEqual([true, 'Paretoscope']);
    await page.getByRole('button', { name: /demo/i }).click();
    const experiments = async (): Promise<Found['value']> => ((await page.evaluate('window.lab.experiments()')) as Found).value;
    await vi.waitUntil(async () => (await experiments()).some(({ state }) => state === 'complete'), { timeout: 600_000, interval: 1_000 });
    const [experiment] = await experiments();
    expect(experiment?.progress.trials.complete).toBeGreaterThanOrEqual(3);
    await page.getByRole('button', { name: 'Trade-off' }).click();
    const add = page.getByRole('button', { name: /shortlist/i });
    await add.first().waitFor();
    await add.nth(0).click();
    await add.nth(1).click();
    await page.keyboard.press('Control+e');
    const exports = join(folder, 'home/workspace/exports');
    await vi.waitUntil(() => readdirSync(exports).some((name) => name.endsWith('.csv')), { timeout: 20_000, interval: 200 });
    await page
      .getByRole('button', { name: /^Compare/ })
      .last()
      .click();
    await page.waitForURL(/#\/compare/);
    await page.getByRole('table').first().waitFor();
    expect(problems).toEqual([]);
    await app.close();
  });
});

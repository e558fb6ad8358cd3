import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../electron/lab/lab-fixture.ts';
import { tinyConfig } from '../electron/lab/tiny-config.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import { serveOpened } from './support/served-lab.ts';

async function labWithData() {
  const folder = temporaryFolder();
  const lab = openTestLab(join(folder, 'home'));
  await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  return { lab, server: await serveOpened(lab) };
}

describeInBrowser('slow: home in a browser', () => {
  it.each(['light', 'dark'] as const)('first run, %s: the demo first, the device in one line, nothing wrong', async (theme) => {
    const lab = openTestLab(temporaryFolder());
    const { page, checkClean, checkAccessible } = await openLabPage(await serveOpened(lab), { theme });
    await page.getByRole('heading', { name: 'Welcome to Paretoscope' }).waitFor();
    await page.getByText(/\d cores, .*GB$/).waitFor();
    const first = page.locator('.cards > section').first();
    expect(await first.getByRole('button').textContent()).toBe('Try the demo search');
    expect(await page.getByRole('region', { name: 'Interrupted experiments' }).count()).toBe(0);
    await checkAccessible();
    checkClean();
  });

  it('a search that was cut off: the banner says what resuming redoes; Leave paused takes it away, and the list says paused', async () => {
    behave({ at: 30, then: 'exit' });
    const { lab, server } = await labWithData();
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'night run' });
    await lab.api.whenEnded(id);
    const { page, checkClean, checkAccessible } = await openLabPage(server, { theme: 'dark', width: 1920, height: 1080 });
    const banner = page.getByRole('region', { name: 'Interrupted experiments' });
    await banner.getByText(/was interrupted at step \d+; resuming redoes/).waitFor();
    await checkAccessible();
    await banner.getByRole('button', { name: 'Leave paused' }).click();
    await banner.waitFor({ state: 'detached' });
    await page
      .getByRole('row', { name: /night run/ })
      .getByText('paused')
      .waitFor();
    expect((await lab.api.experiment(id)).state).toBe('stopped');
    checkClean();
  });

  it('a running search shows with its progress and is paused from there; the pill counts it', async () => {
    behave({ stepMs: 40 });
    const { lab, server } = await labWithData();
    const { id } = await lab.api.startSearch({ config: tinyConfig(), dataset: 'city', name: 'live one' });
    const { page, checkClean } = await openLabPage(server);
    await page.getByRole('button', { name: '1 job' }).waitFor();
    const running = page.getByRole('region', { name: 'Running now' });
    await expect.poll(() => running.getByRole('progressbar').getAttribute('aria-valuenow')).not.toBe('0');
    await running.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'No jobs' }).waitFor();
    expect((await lab.api.experiment(id)).state).toBe('stopped');
    checkClean();
  });

  it('the palette finds a section by a word and goes there; Escape closes it', async () => {
    const lab = openTestLab(temporaryFolder());
    const { page, checkClean, checkAccessible } = await openLabPage(await serveOpened(lab));
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Search or command' });
    await palette.getByRole('combobox').fill('trade');
    await palette.getByRole('option', { name: /Trade-off/ }).waitFor();
    await checkAccessible();
    await page.keyboard.press('Enter');
    await page.waitForURL(/#\/tradeoff/);
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Escape');
    await palette.waitFor({ state: 'detached' });
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    checkClean();
  });
});

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { behave, openTestLab, writeCityscapesShell } from '../electron/lab/lab-fixture.ts';
import { tinyConfig } from '../electron/lab/tiny-config.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import { serveOpened } from './support/served-lab.ts';

async function labWith(names: readonly string[]) {
  const folder = temporaryFolder();
  const lab = openTestLab(join(folder, 'home'));
  await lab.api.addDataset({ root: writeCityscapesShell(join(folder, 'city')), name: 'city' });
  const ids: string[] = [];
  for (const [index, name] of names.entries()) {
    const { id } = await lab.api.startSearch({ config: tinyConfig({ seed: index }), dataset: 'city', name });
    ids.push((await lab.api.whenEnded(id)).id);
  }
  return { lab, ids, server: await serveOpened(lab) };
}

describeInBrowser('slow: experiments in a browser', () => {
  it('without experiments: what they are, and the way to the demo', async () => {
    const { page, checkClean, checkAccessible } = await openLabPage(await serveOpened(openTestLab(temporaryFolder())), {
      route: '/experiments',
    });
    await page.getByText('No experiments yet').waitFor();
    await page.getByRole('button', { name: 'Try the demo' }).waitFor();
    await checkAccessible();
    checkClean();
  });

  it('the order stands in the address; a row opens to its facts; archived ones leave the list, Ctrl+Z brings them back', async () => {
    const { lab, ids, server } = await labWith(['beta', 'alpha']);
    const { page, checkClean, checkAccessible } = await openLabPage(server, { route: '/experiments', theme: 'dark' });
    const names = () => page.getByRole('grid').getByRole('link').allTextContents();
    await expect.poll(names).toEqual(['alpha', 'beta']);
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await page.waitForURL(/sort=name/);
    await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
    await expect.poll(names).toEqual(['beta', 'alpha']);
    await page.getByRole('button', { name: 'More details' }).first().click();
    await page.getByText(/^Front, \d+ networks?$/).waitFor();
    await page.getByRole('checkbox', { name: 'Select row 1' }).check();
    await checkAccessible();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page.getByText('Archived beta').waitFor();
    await expect.poll(names).toEqual(['alpha']);
    expect((await lab.api.experiment(ids[0] ?? '')).archivedAt).toBeTypeOf('string');
    await page.keyboard.press('Control+z');
    await expect.poll(names).toEqual(['beta', 'alpha']);
    checkClean();
  });

  it('a failed search opens to its cause and tip, with a fork; filters by state are shown in the address and can be cleared', async () => {
    behave({ at: 5, then: 'throw-engine' });
    const { server } = await labWith(['broken']);
    const { page, checkClean } = await openLabPage(server, { route: '/experiments?state=complete', width: 1920, height: 1080 });
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByRole('button', { name: 'More details' }).click();
    const alert = page.getByRole('alert').first();
    await alert.getByText('the loss is NaN').waitFor();
    await alert.getByText('Tip: Lower the learning rate.').waitFor();
    await alert.getByRole('button', { name: 'Fork…' }).click();
    await page.waitForURL(/#\/experiments\/.*fork=1/);
    await page.getByRole('dialog', { name: /Fork/ }).waitFor();
    checkClean();
  });
});

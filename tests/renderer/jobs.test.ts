import { expect, it } from 'vitest';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { openTestLab } from '../electron/lab/lab-fixture.ts';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';
import { serveOpened } from './support/served-lab.ts';

describeInBrowser('slow: jobs and devices in a browser', () => {
  it('trying the backends shows as a job and is cancelled; the panel says so, and Try again tries again', async () => {
    const lab = openTestLab(temporaryFolder());
    const { page, checkAccessible } = await openLabPage(await serveOpened(lab), { route: '/jobs', theme: 'dark' });
    const running = page.getByRole('region', { name: 'Running' });
    await running.getByText('Trying the backends of this device').waitFor();
    await page.getByText('Not profiled yet').waitFor();
    await running.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('row', { name: /Trying the backends.*cancelled/ }).waitFor();
    await page.getByRole('region', { name: 'Backends' }).getByRole('alert').waitFor();
    await checkAccessible();
    await page.getByRole('button', { name: 'Try again' }).click();
    await running.getByText('Trying the backends of this device').waitFor();
    expect((await lab.api.jobs()).length).toBe(2);
  });
});

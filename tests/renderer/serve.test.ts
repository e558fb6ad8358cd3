import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { describeInBrowser, openLabPage } from '../flows/support/browser.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lab-serve-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeInBrowser('lab serve in a browser, slow: a real browser', () => {
  test('the printed address lets the page in: it shows the interface, with no error, no request elsewhere, its policy in force', async () => {
    const { page, checkClean } = await openLabPage(join(folder, 'home'));
    await page.getByRole('navigation').first().waitFor();
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.head.append(script);
      return 'injected' in window;
    });
    expect(ran).toBe(false);
    // The policy's own complaint about the script above.
    expect(() => checkClean()).toThrow(/Content Security Policy/i);
    const cookies = await page.context().cookies();
    expect(cookies).toMatchObject([{ httpOnly: true, sameSite: 'Strict' }]);
    checkClean();
  });
});

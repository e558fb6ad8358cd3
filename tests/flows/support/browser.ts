import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, describe } from 'vitest';
import { findChromium, launchChromium } from './chromium.ts';
import { serveHome } from './serve.ts';
import type { ServedHome } from './serve.ts';

export interface PageOptions {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** Route: '/experiments'. */
  readonly route?: string;
}

/** A page of the real interface before a real lab. */
export interface LabPage {
  readonly page: Page;
  readonly server: ServedHome;
  /** Changes the route without a reload. */
  goTo(route: string): Promise<void>;
  /** Throws with everything that was wrong since the last call: errors in the console, failed requests, requests elsewhere. */
  checkClean(): void;
  /** Throws when axe finds something serious or critical. */
  checkAccessible(): Promise<void>;
}

const hasBrowser = (await findChromium()) !== undefined;
/** `describe` where there is a browser; elsewhere its tests count as skipped. */
export const describeInBrowser = hasBrowser ? describe : describe.skip;

let browser: Promise<Browser> | undefined;
const opened: { close(): Promise<unknown> }[] = [];

/** Closes what a test file has opened. */
afterAll(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await (await browser?.catch(() => undefined))?.close();
  browser = undefined;
});

/** One browser a test file, one server a home, one context a page: pages share nothing. The server ends after the file. */
export async function openLabPage(home: string | ServedHome, options: PageOptions = {}): Promise<LabPage> {
  const server = typeof home === 'string' ? await serveHome(home) : home;
  if (typeof home === 'string') opened.push(server);
  browser ??= launchChromium();
  const context = await (
    await browser
  ).newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.theme ?? 'light',
    locale: 'en-US',
    timezoneId: 'UTC',
  });
  opened.push(context);
  return openIn(context, server, options);
}

async function openIn(context: BrowserContext, server: ServedHome, { route = '/' }: PageOptions): Promise<LabPage> {
  const page = await context.newPage();
  const origin = `http://127.0.0.1:${server.port}`;
  const problems = watch(page, origin);
  await page.goto(await server.freshAddress());
  await page.waitForURL(({ pathname, search }) => pathname === '/' && search === '');
  const goTo = async (to: string): Promise<void> => {
    await page.goto(`${origin}/#${to}`);
  };
  // The first screen has come: until then another address could be overtaken by it.
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  if (route !== '/') await goTo(route);
  return {
    page,
    server,
    goTo,
    checkClean: () => {
      const found = problems.splice(0);
      if (found.length > 0) throw new Error(`The page complained:\n${found.join('\n')}`);
    },
    checkAccessible: async () => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      if (serious.length === 0) return;
      const lines = serious.map(
        ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html }) => `    ${html.slice(0, 200)}`).join('\n')}`,
      );
      throw new Error(`axe found:\n${lines.join('\n')}`);
    },
  };
}

function watch(page: Page, origin: string): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.origin !== origin) problems.push(`request elsewhere: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`status ${response.status()}: ${response.url()}`);
  });
  return problems;
}

/**
 * `npm run screenshots -- [--home DIR] [--out DIR] [--readme]`: pictures of every screen, light and dark, in two sizes.
 * Without a home the demo is run first (minutes). `--readme` renews the pictures that the README shows.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { spawnSync } from 'node:child_process';
import { openLab } from '../../electron/lab/lab.ts';
import { launchChromium } from './support/chromium.ts';
import { serveHome } from './support/serve.ts';
import type { ServedHome } from './support/serve.ts';

const root = resolve(import.meta.dirname, '../..');
const themes = ['light', 'dark'] as const;
const sizes = [
  [1280, 800],
  [1920, 1080],
] as const;
/** Charts and layouts have come to rest. */
const restMs = 2_500;

interface Screen {
  readonly name: string;
  readonly route: string;
  /** Wanted in the README, in this theme. */
  readonly readme?: (typeof themes)[number];
  prepare?(page: Page): Promise<void>;
}

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    out: { type: 'string', default: join(root, 'out/screenshots') },
    readme: { type: 'boolean', default: false },
  },
});

const work = mkdtempSync(join(tmpdir(), 'lab-screenshots-'));
const home = join(work, 'home');
if (values.home === undefined) runDemo();
else cpSync(values.home, home, { recursive: true });
const { id, best, dataset } = await subjects();
const screens: readonly Screen[] = [
  { name: 'home', route: '/', readme: 'light' },
  { name: 'experiments', route: '/experiments' },
  { name: 'monitor', route: `/experiments/${id}`, readme: 'light' },
  { name: 'curves', route: `/experiments/${id}?tab=curves` },
  { name: 'dynamics', route: `/experiments/${id}?tab=dynamics`, readme: 'dark' },
  { name: 'tradeoff', route: `/tradeoff?ids=${id}`, readme: 'light' },
  { name: 'compare', route: `/compare?refs=${id}:t${best},${id}:t0` },
  { name: 'architecture', route: `/architecture?ref=${id}:t${best}`, readme: 'dark' },
  { name: 'supernet', route: `/architecture?ref=${id}:supernet` },
  { name: 'datasets', route: '/datasets' },
  { name: 'dataset', route: `/datasets/${dataset}`, readme: 'light' },
  { name: 'health', route: `/datasets/${dataset}?tab=health` },
  { name: 'new-search', route: `/new-search?data=${dataset}`, readme: 'light' },
  { name: 'jobs', route: '/jobs' },
  { name: 'settings', route: '/settings?section=compute' },
  { name: 'palette', route: '/', prepare: (page) => page.keyboard.press('Control+k') },
];

const server = await serveHome(home);
const browser = await launchChromium();
try {
  if (values.readme) {
    for (const screen of screens)
      if (screen.readme !== undefined) await take([screen], screen.readme, sizes[0], join(root, 'docs/images'), () => screen.name);
  } else {
    for (const theme of themes)
      for (const size of sizes) await take(screens, theme, size, values.out, (name) => `${name}-${theme}-${size[0]}`);
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(work, { recursive: true, force: true });
}

async function take(
  list: readonly Screen[],
  colorScheme: (typeof themes)[number],
  [width, height]: readonly [number, number],
  folder: string,
  nameOf: (name: string) => string,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const page = await openPage(browser, server, { colorScheme, viewport: { width, height } });
  for (const { name, route, prepare } of list) {
    await page.goto(`http://127.0.0.1:${server.port}/#${route}`);
    await page.waitForTimeout(restMs);
    await prepare?.(page);
    await page.waitForTimeout(300);
    const path = join(folder, `${nameOf(name)}.png`);
    // 256 colours: a quarter of the bytes, and no difference that is seen in a page of text and charts.
    await sharp(await page.screenshot()).png({ palette: true, effort: 8 }).toFile(path);
    process.stdout.write(`${path}\n`);
    await page.keyboard.press('Escape');
  }
  await page.context().close();
}

async function openPage(
  opened: Browser,
  served: ServedHome,
  options: { readonly colorScheme: 'light' | 'dark'; readonly viewport: { readonly width: number; readonly height: number } },
): Promise<Page> {
  const context = await opened.newContext({ ...options, locale: 'en-US', timezoneId: 'UTC' });
  const page = await context.newPage();
  await page.goto(await served.freshAddress());
  await page.waitForURL(({ search }) => search === '');
  // The first screen has come: until then another address would be overtaken by it.
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

function runDemo(): void {
  const end = spawnSync(process.execPath, [join(root, 'electron/lab/cli/index.ts'), 'demo', '--home', home], { stdio: 'inherit' });
  if (end.status !== 0) throw new Error(`The demo ended with code ${end.status}.`);
}

/** What there is to show: the newest complete experiment, its best trial, its data set. */
async function subjects(): Promise<{ readonly id: string; readonly best: number; readonly dataset: string }> {
  const { api, close } = openLab({ home });
  try {
    const complete = (await api.experiments()).find(({ state }) => state === 'complete');
    if (complete === undefined) throw new Error(`${home} has no complete experiment.`);
    const { number = 0 } = await api.bestUnder({ ids: [complete.id] });
    return { id: complete.id, best: number, dataset: complete.environment.dataset.name };
  } finally {
    await close();
  }
}

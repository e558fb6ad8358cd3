/**
 * `npm run screenshots -- --home HOME [--out DIR] [--only NAME,…]`: every screen on the experiments of a home (made with `lab demo`), light and
 * dark, in two sizes. The home is copied, never written to.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExperimentView } from '../../electron/ipc/contract.ts';
import { openLab } from '../../electron/lab/lab.ts';
import { launchChromium } from './support/chromium.ts';
import { serveHome } from './support/serve.ts';

const sizes = [
  [1280, 800],
  [1920, 1080],
] as const;

/** Name of the picture -> route; `id` is that of the newest complete experiment. */
function screens(id: string, trial: number): Readonly<Record<string, string>> {
  return {
    home: '/',
    experiments: '/experiments',
    monitor: `/experiments/${id}`,
    dynamics: `/experiments/${id}?tab=dynamics`,
    tradeoff: `/tradeoff?ids=${id}`,
    compare: `/compare?refs=${id}:t${trial},${id}:t${Math.max(1, trial - 1)}`,
    architecture: `/architecture?ref=${id}:t${trial}`,
    supernet: `/architecture?ref=${id}:supernet`,
    datasets: '/datasets',
    dataset: '/datasets/demo',
    'new-search': '/new-search',
    jobs: '/jobs',
    settings: '/settings',
  };
}

async function newest(home: string): Promise<{ readonly experiment: ExperimentView; readonly trial: number; readonly dataset: string }> {
  const lab = openLab({ home });
  const experiment = (await lab.api.experiments()).find(({ state }) => state === 'complete');
  if (experiment === undefined) throw new Error(`${home} has no complete experiment; make one with: lab demo --home ${home}`);
  const trials = (await lab.api.trials(experiment.id)).filter(({ state, role }) => state === 'complete' && role === 'front');
  await lab.close();
  return { experiment, trial: trials.at(-1)?.number ?? 1, dataset: experiment.environment.dataset.name };
}

const { values } = parseArgs({ options: { home: { type: 'string' }, out: { type: 'string' }, only: { type: 'string' } } });
if (values.home === undefined) throw new Error('screenshots: --home HOME names a home with a finished demo.');
const out = resolve(values.out ?? 'out/screenshots');
const folder = mkdtempSync(join(tmpdir(), 'lab-screens-'));
const home = join(folder, 'home');
cpSync(resolve(values.home), home, { recursive: true, filter: (path) => !path.endsWith('owner.sock') });
mkdirSync(out, { recursive: true });
const { experiment, trial, dataset } = await newest(home);
const server = await serveHome(home);
const browser = await launchChromium();
const wanted = values.only?.split(',');
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [width, height] of sizes) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, locale: 'en-US', timezoneId: 'UTC' });
      const page = await context.newPage();
      await page.goto(await server.freshAddress());
      await page.getByRole('navigation').first().waitFor();
      const all = { ...screens(experiment.id, trial), dataset: `/datasets/${dataset}` };
      for (const [name, route] of Object.entries(all)) {
        if (wanted !== undefined && !wanted.includes(name)) continue;
        await page.goto(`http://127.0.0.1:${server.port}/#${route}`);
        await page.waitForLoadState('networkidle').catch(() => undefined);
        // Layouts in workers and measured sizes settle a moment after the last answer.
        await page.waitForTimeout(1_200);
        await page.screenshot({ path: join(out, `${name}-${colorScheme}-${width}x${height}.png`) });
      }
      await context.close();
    }
  }
  process.stdout.write(`Screenshots: ${out}\n`);
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * `npm run bench -- search [SEEDS] [NAME=VALUE ...]`: is a searched network better than chance? For each seed (3 unless told) the demo search runs, and for the
 * end of each of its penalties a network of about the same MACs (97.5 to 102.5 %) but random widths is trained equally long from new weights on the same
 * batches. Prints mIoU on the ranking split side by side, then the mean difference, whichever way it falls. NAME=VALUE changes the config as `--set` does.
 */
import { strategyDefaults } from '../../engine/search/presets/defaults.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBackend, type Backend } from '../../engine/backend/backend.ts';
import { applySettings, parseSearchConfig, type SearchConfig } from '../../engine/search/config.ts';
import type { TrialResult } from '../../engine/search/events.ts';
import { mIoU, runSession, streets } from './support/search-session.ts';

interface Row {
  readonly seed: number;
  readonly series: string;
  readonly macs: number;
  readonly searched: number;
  readonly random: number;
  /** MACs of the random network as a share of the searched one's. */
  readonly randomMacsShare: number;
  /** Of the searched network against the unshrunk supernet with equal steps. */
  readonly macsShare: number;
  readonly mIoUShare: number;
}

const write = (line: string): boolean => process.stdout.write(`${line}\n`);
const percent = (value: number): string => `${(100 * value).toFixed(1)} %`.padStart(8);

/** The config of one random network with the MACs of a searched one, trained as long. */
function randomConfig(config: SearchConfig, macs: number): SearchConfig {
  if (config.strategy.id !== 'shrink') throw new Error('the bench needs a shrinking search');
  const steps = config.strategy.warmupSteps + config.strategy.steps;
  return { ...config, strategy: { ...strategyDefaults.random, trials: 1, steps, minMacs: 0.975 * macs, maxMacs: 1.025 * macs } };
}

async function compare(config: SearchConfig, backend: Backend, root: string, folder: string): Promise<Row[]> {
  const { trials, seconds } = await runSession(config, backend, root, join(folder, `search-${config.seed}`));
  const reference = trials.find((trial) => trial.role === 'reference');
  write(
    `seed ${config.seed}: search ${seconds.toFixed(0)} s, unshrunk supernet ${percent(reference ? mIoU(reference) : NaN)} at ${millions(reference?.cost.macs ?? NaN)}`,
  );
  const rows: Row[] = [];
  for (const trial of trials.filter(({ role }) => role === 'front')) {
    const random = await runSession(
      randomConfig(config, trial.cost.macs),
      backend,
      root,
      join(folder, `random-${config.seed}-${trial.number}`),
    );
    const row = rowOf(config.seed, trial, random.trials[0], reference);
    rows.push(row);
    write(
      `${row.series.padEnd(12)} ${millions(row.macs)} (${percent(row.macsShare)}) searched ${percent(row.searched)} (${percent(row.mIoUShare)} of the supernet's)  random ${percent(row.random)} at ${percent(row.randomMacsShare)} of its MACs`,
    );
  }
  return rows;
}

function rowOf(seed: number, trial: TrialResult, random: TrialResult | undefined, reference: TrialResult | undefined): Row {
  const searched = mIoU(trial);
  return {
    seed,
    series: trial.series ?? '',
    macs: trial.cost.macs,
    searched,
    random: random === undefined ? NaN : mIoU(random),
    randomMacsShare: random === undefined ? NaN : random.cost.macs / trial.cost.macs,
    macsShare: trial.cost.macs / (reference?.cost.macs ?? NaN),
    mIoUShare: searched / (reference === undefined ? NaN : mIoU(reference)),
  };
}

function millions(macs: number): string {
  return `${(macs / 1e6).toFixed(1)} M MACs`.padStart(13);
}

function summarise(rows: readonly Row[]): void {
  const differences = rows.map((row) => row.searched - row.random);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(differences.length - 1, 1));
  const macs = rows.reduce((sum, row) => sum + row.randomMacsShare, 0) / rows.length;
  const wins = differences.filter((difference) => difference > 0).length;
  write(
    `searched - random: mean ${percent(mean)}, standard deviation ${percent(deviation)}, ${wins} of ${rows.length} pairs won by the search; random networks have ${percent(macs)} of the MACs on average`,
  );
}

const [seeds = '3', ...settings] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'bench-search-'));
try {
  const backend = await openBackend('wasm');
  const root = await streets(folder, { train: 400, val: 20, height: 128, width: 256 });
  const rows: Row[] = [];
  for (let i = 0; i < Number(seeds); i++) {
    const config = parseSearchConfig(applySettings({ preset: 'demo', seed: 1995 + i, data: { dataset: 'streets' } }, settings));
    rows.push(...(await compare(config, backend, root, folder)));
  }
  summarise(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** One search is killed again and again, resumed each time, and at the end compared with an uninterrupted one. Arguments: kills (20), seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createRng } from '../../engine/rng.ts';
import { outcomeOf, runKilled, startProcess } from '../flows/support/killed-search.ts';
import { homeWithCity, tinySearch } from '../flows/support/tiny-search.ts';

const kills = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? Date.now() % 100_000);
const folder = mkdtempSync(join(tmpdir(), 'paretoscope-soak-'));
const home = join(folder, 'home');
const config = tinySearch(Math.max(24, 8 * kills));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  say(`soak: ${kills} kills, seed ${seed}`);
  await homeWithCity(home, join(folder, 'city'));
  const whole = await startProcess(home, config, 'wasm');
  say(`uninterrupted: ${await whole.ended}`);
  const { id } = await runKilled(home, config, 'wasm', kills, createRng(seed), say);
  const isEqual = isDeepStrictEqual(await outcomeOf(home, id), await outcomeOf(home, whole.id));
  say(isEqual ? 'equal: trials, best architecture, curves and weight files' : `DIFFERENT: seed ${seed}`);
  process.exitCode = isEqual ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../engine/rng.ts';
import { testableBackends } from '../engine/backend/testable-backends.ts';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { outcomeOf, runKilled, startProcess } from './support/killed-search.ts';
import { homeWithCity, tinySearch, trialSearch } from './support/tiny-search.ts';

/** Chooses victims and steps. The moment within a step still varies, so that a failure may need several runs to come again. */
const seed = Number(process.env['LAB_KILL_SEED'] ?? 7);

describe('slow: kill -9 and resume', () => {
  const searches = [
    ['shrinking', 'wasm', tinySearch(8)],
    ['random widths', 'wasm', trialSearch({ id: 'random' })],
    ['evolution', 'wasm', trialSearch({ id: 'evolution', population: 2, tournament: 2 })],
    ['points near the best', 'wasm', trialSearch({ id: 'near-best', exploitProbability: 0.9, top: 2 })],
    ['Parzen estimator', 'wasm', trialSearch({ id: 'tpe', startupTrials: 2, candidates: 4, gamma: 0.4 })],
    ['shrinking', 'tensorflow', tinySearch(8)],
  ] as const;
  it.each(searches.filter(([, backend]) => testableBackends.includes(backend)))(
    '%s on %s, three kills at steps chosen by the seed: trials, best architecture, curves and weights equal the uninterrupted run',
    async (_, backend, config) => {
      const folder = temporaryFolder();
      const home = join(folder, 'home');
      await homeWithCity(home, join(folder, 'city'));
      const whole = await startProcess(home, config, backend);
      expect(await whole.ended).toBe('complete');
      // Who was killed when stands in the log, also when the search never comes to its end.
      console.log(`kill-resume: seed ${seed}`);
      const { id, kills } = await runKilled(home, config, backend, 3, createRng(seed), (line) => console.log(`kill-resume: ${line}`));
      expect(
        kills.map(({ state }) => state),
        `seed ${seed}`,
      ).toEqual(['interrupted', 'interrupted', 'interrupted']);
      expect(await outcomeOf(home, id), `seed ${seed}, kills ${JSON.stringify(kills)}`).toEqual(await outcomeOf(home, whole.id));
    },
    120_000,
  );
});

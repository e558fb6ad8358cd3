import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../engine/rng.ts';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { outcomeOf, runKilled, startProcess } from './support/killed-search.ts';
import { homeWithCity, randomSearch, tinySearch } from './support/tiny-search.ts';

describe('slow: kill -9 and resume', () => {
  it.each([
    ['shrinking', tinySearch(8)],
    ['random widths', randomSearch(4, 6)],
  ])('%s, three kills at random moments: trials, best architecture, curves and weights equal the uninterrupted run', async (_, config) => {
    const folder = temporaryFolder();
    const home = join(folder, 'home');
    await homeWithCity(home, join(folder, 'city'));
    const whole = await startProcess(home, config);
    expect(await whole.ended).toBe('complete');
    // Random in every run; the seed in the message repeats it.
    const seed = Date.now() % 100_000;
    const { id, kills } = await runKilled(home, config, 3, createRng(seed));
    expect(kills.map(({ state }) => state), `seed ${seed}`).toEqual(['interrupted', 'interrupted', 'interrupted']);
    expect(await outcomeOf(home, id), `seed ${seed}, kills ${JSON.stringify(kills)}`).toEqual(await outcomeOf(home, whole.id));
  }, 120_000);
});

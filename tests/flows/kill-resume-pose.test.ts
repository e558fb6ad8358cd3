import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../engine/rng.ts';
import { temporaryFolder } from '../db/temporary-folder.ts';
import { outcomeOf, runKilled, startProcess } from './support/killed-search.ts';
import { homeWithPeople, tinyLiteSearch, tinyPoseSearch } from './support/tiny-pose-search.ts';

const seed = Number(process.env['LAB_KILL_SEED'] ?? 7);

describe('slow: kill -9 and resume, key points', () => {
  it.each([
    ['HR-NAS shrinking', tinyPoseSearch(8)],
    ['evolution over Lite-HRNets', tinyLiteSearch(4, 6)],
  ] as const)(
    '%s, three kills at steps chosen by the seed: trials, best architecture, curves and weights equal the uninterrupted run',
    async (_, config) => {
      const folder = temporaryFolder();
      const home = join(folder, 'home');
      await homeWithPeople(home, join(folder, 'people'));
      const whole = await startProcess(home, config, 'wasm');
      expect(await whole.ended).toBe('complete');
      const { id, kills } = await runKilled(home, config, 'wasm', 3, createRng(seed), (line) => console.log(`kill-resume: ${line}`));
      expect(
        kills.map(({ state }) => state),
        `seed ${seed}`,
      ).toEqual(['interrupted', 'interrupted', 'interrupted']);
      expect(await outcomeOf(home, id), `seed ${seed}, kills ${JSON.stringify(kills)}`).toEqual(await outcomeOf(home, whole.id));
    },
    120_000,
  );
});

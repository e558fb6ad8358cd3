import { join } from 'node:path';
import { expect } from 'vitest';
import type { Json } from '../../../db/store.ts';
import { createRng } from '../../../engine/rng.ts';
import { temporaryFolder } from '../../db/temporary-folder.ts';
import { outcomeOf, runKilled, startProcess } from './killed-search.ts';

/** Chooses victims and steps. The moment within a step still varies, so that a failure may need several runs to come again. */
const seed = Number(process.env['LAB_KILL_SEED'] ?? 7);

/** Runs a search whole, and again with three kills: both come to the same. `prepare` registers the data set in a new home. */
export async function expectResumed(prepare: (home: string, data: string) => Promise<void>, config: Json, backend: string): Promise<void> {
  const folder = temporaryFolder();
  const home = join(folder, 'home');
  await prepare(home, join(folder, 'data'));
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
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { LabApi } from '../../../../electron/ipc/contract.ts';
import { openSqliteStore } from '../../../../db/sqlite/open-store.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { fillHome } from '../../../fixtures/filled-home.ts';
import { openTestLab } from '../lab-fixture.ts';
import { runOn } from './fake-lab.ts';

let api: LabApi;
let home: string;

beforeEach(() => {
  home = join(temporaryFolder(), 'home');
  fillHome(home, [
    { id: 'hrnas-a', trials: 30 },
    { id: 'hrnas-b', trials: 20, seed: 2 },
  ]);
  const store = openSqliteStore(join(home, 'lab.sqlite'), { access: 'write' });
  store.addTrialResults('hrnas-a', 3, [
    { kind: 'measured', name: 'latencyP50Ms', value: 12.5, split: '', details: { device: 'this CPU' } },
  ]);
  store.close();
  api = openTestLab(home).api;
});

describe('mark and front', () => {
  test('an excluded trial leaves front and best, is counted, and comes back', async () => {
    const best = async (): Promise<number> => (await runOn(api, ['best', 'hrnas-a', '--json'])).json<{ number: number }>().number;
    const number = await best();
    const marked = await runOn(api, ['mark', 'hrnas-a', `t${number}`, '--star', '--exclude', 'wrong labels']);
    expect(marked.out).toBe(`t${number}: starred; excluded: wrong labels\n`);
    expect(await best()).not.toBe(number);
    expect((await runOn(api, ['front', 'hrnas-a'])).out).toContain('1 trials are excluded from analyses');
    expect((await runOn(api, ['mark', 'hrnas-a', String(number), '--include', '--no-star'])).out).toBe(`t${number}: no marks\n`);
    expect(await best()).toBe(number);
  });

  test('nothing to change, both directions at once, or a trial that is not there: refused', async () => {
    expect(await runOn(api, ['mark', 'hrnas-a', 't1'])).toMatchObject({ exit: 2, err: expect.stringContaining('nothing to change') });
    expect(await runOn(api, ['mark', 'hrnas-a', 't1', '--exclude', 'x', '--include'])).toMatchObject({ exit: 2 });
    expect(await runOn(api, ['mark', 'hrnas-a', 't99', '--star'])).toMatchObject({ err: expect.stringContaining('has no trial 99') });
  });

  test('front with limits, on measured latency, and of two experiments: as the operation of the lab computes it', async () => {
    const limited = (await runOn(api, ['front', 'hrnas-a', 'hrnas-b', '--max-macs', '30M', '--json'])).json<{
      front: { experiment: string; number: number }[];
      hypervolume: number;
    }>();
    const view = await api.frontView({ ids: ['hrnas-a', 'hrnas-b'], limits: { maxMacs: 30e6 } });
    expect(limited.front.map(({ experiment, number }) => [experiment, number])).toEqual(
      view.joint.points.map((point) => [view.experiments[view.points.experiment[point]!]!.id, view.points.number[point]]),
    );
    expect(limited.hypervolume).toBe(view.joint.hypervolume);
    const latency = await runOn(api, ['front', 'hrnas-a', '--x', 'latency']);
    expect(latency.out).toMatch(/t3 .* 12\.50 ms .* front/);
    expect(latency.out).toContain('29 trials were not measured');
    expect(await runOn(api, ['best', 'hrnas-a', '--max-latency', '1'])).toMatchObject({
      exit: 3,
      err: expect.stringContaining('measured latency ≤ 1 ms'),
    });
    expect((await runOn(api, ['front', 'hrnas-a', '--published', '--json'])).exit).toBe(0);
  });
});

describe('reference', () => {
  test('is shown, and another one needs all of its parts and a note', async () => {
    expect((await runOn(api, ['reference', 'hrnas-a'])).out).toBe('70.0 M MACs and 20.0 % (frozen when it started)\n');
    expect((await runOn(api, ['reference', 'hrnas-a', '--macs', '90M'])).exit).toBe(2);
    expect(await runOn(api, ['reference', 'hrnas-a', '--macs', '90M', '--metric', '0'])).toMatchObject({
      err: expect.stringContaining('needs a note'),
    });
    expect((await runOn(api, ['reference', 'hrnas-a', '--macs', '90M', '--metric', '0', '--note', 'as in table 2'])).out).toBe(
      '90.0 M MACs and 0.0 %: as in table 2\n',
    );
    expect((await runOn(api, ['front', 'hrnas-a'])).out).toContain('against 90.0 M MACs and 0.0 %');
  });
});

describe('compare', () => {
  test('differing rows with the change against the base, what cannot be compared, and files', async () => {
    const latex = join(home, 'compare.tex');
    const run = await runOn(api, ['compare', 'hrnas-a:t0', 'hrnas-a:t1', 'hr-nas:cs2', '--latex', latex]);
    expect(run.out).toMatch(/MACs +[\d.]+ M MACs +[\d.]+ M MACs [+−]\d+ %/);
    expect(run.out).toMatch(/\d+ of \d+ rows differ; --all shows/);
    expect(run.out).toContain('hr-nas:cs2: not comparable: input 64x128x3 against');
    expect(readFileSync(latex, 'utf8')).toContain('\\begin{tabular}{lrrr}');
    const same = (await runOn(api, ['compare', 'hrnas-a:t0', 'hrnas-a:t0', '--json'])).json<{ differing: number }>();
    expect(same.differing).toBe(0);
    expect(await runOn(api, ['compare', 'hrnas-a:t0'])).toMatchObject({ err: expect.stringContaining('2 to 6') });
  });
});

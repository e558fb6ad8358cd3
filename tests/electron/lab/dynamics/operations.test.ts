import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../db/store.ts';
import { createDynamicsApi } from '../../../../electron/lab/dynamics/operations.ts';
import { tinyConfig } from '../tiny-config.ts';
import { parseSearchConfig } from '../../../../engine/search/config.ts';
import { config, labOn, shrunk, supernet } from '../architecture/shrunk-experiment.ts';

// Two penalties with points at 5, 10, 15 and 20 steps: trials 0 to 3, then 4 to 7.
const narrow = shrunk({ 'fuse0.0.0.k3': 3 });
const trials = [
  { number: 0, arch: supernet, value: 0.2, series: 'rho=0.01', role: 'trajectory', steps: 25 },
  { number: 1, arch: narrow, value: 0.4, series: 'rho=0.01', role: 'trajectory', steps: 30, details: { deadAtoms: 7, removedAtoms: 5 } },
  { number: 4, arch: narrow, value: 0.3, series: 'rho=0.1', role: 'trajectory', steps: 25 },
];

describe('the shrinking view', () => {
  const { store, context } = labOn(trials);
  store.addScalars(
    'hrnas-1',
    [10, 21, 25, 41].map((step) => ({ step, values: { lambda: step / 1000 } })),
  );

  test('one series a penalty: the supernet at its beginning, then its trials; alive channels row by row', async () => {
    const { family } = await createDynamicsApi(context).dynamics('hrnas-1');
    if (family.kind !== 'shrink') throw new Error(`got ${family.kind}`);
    const { rows, series, supernet: whole, threshold } = family.data;
    expect(threshold).toBe(config.strategy.id === 'shrink' ? config.strategy.threshold : 0);
    expect(series.map(({ name, points }) => [name, points.map(({ trial, step }) => [trial, step])])).toEqual([
      [
        'rho=0.01',
        [
          [undefined, 20],
          [0, 25],
          [1, 30],
        ],
      ],
      [
        'rho=0.1',
        [
          [undefined, 20],
          [4, 25],
        ],
      ],
    ]);
    const row = rows.findIndex(({ block, part }) => block === 'fuse0.0.0' && part === 'k3');
    expect(series[0]?.alive[row]).toEqual([rows[row]?.most, rows[row]?.most, 3]);
    expect(series[0]?.points[2]).toMatchObject({ deadAtoms: 7, removedAtoms: 5 });
    expect(series[0]?.points[0]?.macs).toBe(whole.macs);
    expect(whole.macs).toBeGreaterThan(series[0]?.points[2]?.macs ?? Infinity);
  });

  test("the penalty's ramp is that of the own phase, in steps that the weights have seen", async () => {
    const { family } = await createDynamicsApi(context).dynamics('hrnas-1');
    if (family.kind !== 'shrink') throw new Error(`got ${family.kind}`);
    expect(family.data.series.map(({ lambda }) => lambda)).toEqual([
      { step: [21, 25], value: [0.021, 0.025] },
      { step: [21], value: [0.041] },
    ]);
  });
});

test('trials over time: the best so far rises, failed ones are named, references do not count as best', async () => {
  const { store, context } = labOn([...trials, { number: 5, arch: supernet, value: 0.9, role: 'reference', operator: 'train' }]);
  store.startTrial('hrnas-1', { number: 6, arch: {}, hash: 'x' });
  store.failTrial('hrnas-1', 6, { code: 'loss-not-finite', message: 'it was NaN' });
  const over = (await createDynamicsApi(context).dynamics('hrnas-1')).trials;
  expect(over).toMatchObject({ number: [0, 1, 4, 5], best: [0.2, 0.4, 0.4, 0.4], failed: [6], distinct: 2 });
  expect(over.metric).toEqual({ name: 'mIoU', split: 'search-val', kind: 'proxy' });
});

test('a strategy without a view of its own says why', async () => {
  const strategy = { id: 'random', trials: 3, steps: 4, minMacs: 0, maxMacs: 1e12 };
  const random = parseSearchConfig(tinyConfig({ strategy }));
  const { context } = labOn([], random as unknown as Json);
  const { family, trials: over } = await createDynamicsApi(context).dynamics('hrnas-1');
  expect(family).toMatchObject({ kind: 'none', reason: expect.stringContaining('on its own') });
  expect(over.number).toEqual([]);
});

describe('rank agreement', () => {
  const values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const many = values.map((value, number) => ({ number, arch: shrunk({ 'fuse0.0.0.k3': number }), value }));
  const retrained = (value: number, seed = 0) => ({ kind: 'retrained', name: 'mIoU', value, split: 'val', seed }) as const;

  test('pairs the mean over seeds with the cheap score; below 8 pairs it is too few', async () => {
    const { store, context } = labOn(many);
    store.addTrialResults('hrnas-1', 1, [retrained(0.5), retrained(0.7, 1)]);
    store.addTrialResults('hrnas-1', 2, [retrained(0.4)]);
    const api = createDynamicsApi(context);
    const { pairs, ...few } = await api.rankAgreement(['hrnas-1']);
    expect(pairs[0]).toMatchObject({ trial: 1, proxy: 0.2, seeds: 2, sd: expect.closeTo(0.1414, 4), retrained: expect.closeTo(0.6, 12) });
    expect(few).toMatchObject({ n: 2, tau: -1, rho: -1, isTooFew: true, fewest: 8 });
    for (let number = 3; number < 9; number++) store.addTrialResults('hrnas-1', number, [retrained(values[number] ?? 0)]);
    // Of 28 pairs of trials t1 (0.6) stands wrong with t2, t3, t4; t2 and t3, and t1 and t5, are equal: (23 - 3) / sqrt(28 * 26).
    const report = await api.rankAgreement(['hrnas-1']);
    expect(report).toMatchObject({ n: 8, isTooFew: false, tau: expect.closeTo(20 / Math.sqrt(28 * 26), 9) });
  });

  test('networks that the search itself trained again are paired with the trials that they come from', async () => {
    const again = (number: number, parent: number, value: number) => ({
      number,
      arch: shrunk({ 'fuse0.0.0.k3': parent }),
      operator: 'retrain',
      series: 'retrain',
      parents: [parent],
      value,
      kind: 'retrained' as const,
    });
    const { store, context } = labOn([...many, again(9, 8, 0.7), again(10, 7, 0.9), again(11, 6, 0.5)]);
    const api = createDynamicsApi(context);
    const { pairs, n, tau } = await api.rankAgreement(['hrnas-1']);
    expect(pairs.map(({ trial, proxy, retrained: final }) => [trial, proxy, final])).toEqual([
      [8, 0.9, 0.7],
      [7, 0.8, 0.9],
      [6, 0.7, 0.5],
    ]);
    // of three pairs one stands wrong
    expect({ n, tau }).toEqual({ n: 3, tau: expect.closeTo(1 / 3, 9) });
    // the search got to 0.9 by its cheap scores; the final ones are no step of it
    expect((await api.dynamics('hrnas-1')).trials.best.at(-1)).toBe(0.9);
    store.annotateTrial('hrnas-1', 10, { exclusion: 'another machine' });
    expect((await api.rankAgreement(['hrnas-1'])).n).toBe(2);
  });

  test('an excluded trial is left out and counted', async () => {
    const { store, context } = labOn(many);
    for (const number of [1, 2, 3]) store.addTrialResults('hrnas-1', number, [retrained(number / 10)]);
    store.annotateTrial('hrnas-1', 2, { exclusion: 'other data' });
    const { n, excluded, tau } = await createDynamicsApi(context).rankAgreement(['hrnas-1']);
    expect({ n, excluded, tau }).toEqual({ n: 2, excluded: 1, tau: 1 });
  });
});

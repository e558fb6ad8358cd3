import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../../../db/sqlite/open-store.ts';
import type { LabApi } from '../../../../electron/ipc/contract.ts';
import type { FrontSummary } from '../../../../electron/ipc/tradeoff.ts';
import { temporaryFolder } from '../../../db/temporary-folder.ts';
import { fillHome, filledReference } from '../../../fixtures/filled-home.ts';
import { openTestLab } from '../lab-fixture.ts';

let home: string;
let api: LabApi;

beforeEach(() => {
  home = join(temporaryFolder(), 'home');
  fillHome(home, [
    { id: 'hrnas-a', trials: 60, seed: 1, failedEvery: 20 },
    { id: 'hrnas-b', trials: 40, seed: 2 },
    { id: 'hrnas-c', trials: 30, seed: 3, input: [128, 256, 3], reference: { macs: 90e6, metric: 0 } },
  ]);
  api = openTestLab(home).api;
});

/** Retrained scores and latencies, as the jobs that measure them will leave them. */
function addResults(): void {
  const store = openSqliteStore(join(home, 'lab.sqlite'), { access: 'write' });
  const retrained = (value: number, seed: number) => ({ kind: 'retrained' as const, name: 'mIoU', value, split: 'val', seed });
  store.addTrialResults('hrnas-b', 4, [retrained(0.6, 1), retrained(0.62, 2), retrained(0.64, 3)]);
  store.addTrialResults('hrnas-b', 5, [{ kind: 'measured', name: 'latencyP50Ms', value: 31, split: '', details: { device: 'this CPU' } }]);
  store.close();
}

describe('frontView', () => {
  it('points, front, knee and hypervolume of one experiment agree with each other and with the stored trials', async () => {
    const view = await api.frontView({ ids: ['hrnas-a'] });
    expect(view.counts).toEqual({ trials: 60, failed: 3, withoutScore: 3, withoutCost: 0, excluded: 0, infeasible: 0 });
    expect(view.points.number).toHaveLength(54);
    const trials = await api.trials('hrnas-a');
    const { joint, points } = view;
    joint.points.forEach((point, i) => {
      const trial = trials[points.number[point]!]!;
      expect([trial.cost?.macs, trial.metrics[0]?.value]).toEqual([points.x[point], points.y[point]]);
      const better = trials.filter(
        ({ cost, metrics }) => (cost?.macs ?? Infinity) < points.x[point]! && (metrics[0]?.value ?? 0) >= points.y[point]!,
      );
      expect(better).toEqual([]);
      if (i > 0) expect(points.y[point]!).toBeGreaterThan(points.y[joint.points[i - 1]!]!);
    });
    expect(joint.points).toContain(joint.knee?.point);
    expect(joint.knee?.gainUnit).toBe('M MACs');
    expect(joint.reference).toEqual(filledReference);
    expect(joint.history.hypervolume?.at(-1)).toBeCloseTo(joint.hypervolume!, 12);
    expect(view).toMatchObject({
      findings: [],
      basis: 'city (7c1e04ab), search-val',
      metric: { name: 'mIoU', split: 'search-val', kind: 'proxy' },
    });
  });

  it('replay: entered and left give, at every trial, the front of the trials until then; the last one is the front', async () => {
    const { points, joint } = await api.frontView({ ids: ['hrnas-b'] });
    const at = (n: number) =>
      points.number.flatMap((_, i) =>
        points.entered[i]! >= 0 && points.entered[i]! <= n && (points.left[i]! < 0 || n < points.left[i]!) ? [i] : [],
      );
    expect(at(39)).toEqual(joint.points.toSorted((a, b) => a - b));
    for (const n of [0, 5, 17]) {
      const known = points.number.flatMap((number, i) => (number <= n ? [i] : []));
      const front = known.filter((i) => !known.some((j) => points.x[j]! <= points.x[i]! && points.y[j]! >= points.y[i]! && j !== i));
      expect(at(n)).toEqual(front);
    }
  });

  it('several experiments: a front each and one over all; different reference points or inputs are refused or named with both values', async () => {
    const two = await api.frontView({ ids: ['hrnas-a', 'hrnas-b'] });
    const numbers = ({ points }: FrontSummary) => points.map((point) => two.points.experiment[point]);
    expect(new Set(numbers(two.experiments[0]!.front))).toEqual(new Set([0]));
    expect(new Set(numbers(two.experiments[1]!.front))).toEqual(new Set([1]));
    expect(two.joint.hypervolume).toBeGreaterThanOrEqual(Math.max(...two.experiments.map(({ front }) => front.hypervolume!)));
    expect(two.points.jointEntered).toHaveLength(two.points.number.length);
    const three = await api.frontView({ ids: ['hrnas-a', 'hrnas-b', 'hrnas-c'] });
    expect(three.findings.map(({ message }) => message)).toEqual(['not comparable: input 64x128x3 against 128x256x3']);
    expect(three.findings[0]?.values).toEqual([
      { value: '64x128x3', sources: ['hrnas-a', 'hrnas-b'] },
      { value: '128x256x3', sources: ['hrnas-c'] },
    ]);
    expect(three.joint.hypervolume).toBeUndefined();
    expect(three.joint.hypervolumeRefused).toMatch(/different reference points/);
    expect(three.experiments[2]?.front.hypervolume).toBeGreaterThan(0);
  });

  it('limits keep trials from the front and tell the best below them, or why there is none', async () => {
    const free = await api.frontView({ ids: ['hrnas-b'] });
    const limit = free.points.x[free.joint.points[Math.floor(free.joint.points.length / 2)]!]!;
    const view = await api.frontView({ ids: ['hrnas-b'], limits: { maxMacs: limit } });
    expect(view.counts.infeasible).toBe(view.points.x.filter((x) => x > limit).length);
    expect(view.joint.points.every((point) => view.points.x[point]! <= limit)).toBe(true);
    expect(view.best.point).toBe(view.joint.points.at(-1));
    expect(await api.bestUnder({ ids: ['hrnas-b'], limits: { maxMacs: limit } })).toEqual(view.best);
    expect(await api.bestUnder({ ids: ['hrnas-b'], limits: { maxMacs: 1000, maxLatencyMs: 5 } })).toEqual({
      reason: expect.stringMatching(/^None of the 40 trials has MACs ≤ 1\.00 k and measured latency ≤ 5 ms\. The smallest has \d/),
    });
  });

  it('retrained scores over seeds and measured latencies stand beside the trials', async () => {
    addResults();
    const proxy = await api.frontView({ ids: ['hrnas-b'], kind: 'proxy' });
    expect(proxy.points.number).toHaveLength(40);
    expect(proxy.metrics.map(({ kind, split, trials }) => [kind, split, trials])).toEqual([
      ['proxy', 'search-val', 40],
      ['retrained', 'val', 1],
    ]);
    const retrained = await api.frontView({ ids: ['hrnas-b'], kind: 'retrained', aggregate: 'mean' });
    expect(retrained.points).toMatchObject({ number: [4], y: [expect.closeTo(0.62, 12)] });
    expect(retrained.points.spread).toEqual([{ point: 0, mean: expect.closeTo(0.62, 12), sd: expect.closeTo(0.02, 12), seeds: 3 }]);
    const latency = await api.frontView({ ids: ['hrnas-b'], x: 'latency' });
    expect(latency).toMatchObject({ points: { number: [5], x: [31] }, counts: { withoutCost: 39 }, hasLatency: true });
    expect((await api.trialRows({ ids: ['hrnas-b'], offset: 5, limit: 1 })).rows[0]).toMatchObject({
      latencyMs: 31,
      latencyDevice: 'this CPU',
    });
  });

  it('published networks of the system come with their MACs, and with a score only where a checked one exists', async () => {
    const { published } = await api.frontView({ ids: ['hrnas-b'], published: true });
    expect(published.find(({ name }) => name === 'hr-nas:cs2')).toMatchObject({ y: null, source: expect.stringContaining('dingmyu') });
    expect(published.every(({ macs, x }) => macs > 1e8 && x === macs)).toBe(true);
  });

  it('an experiment that does not exist: unknown-experiment', async () => {
    await expect(api.frontView({ ids: ['zz'] })).rejects.toMatchObject({ code: 'unknown-experiment' });
  });
});

describe('trialRows', () => {
  it('sorted, filtered and cut in the lab; trials without a value come last', async () => {
    const all = await api.trialRows({ ids: ['hrnas-a'], sort: { by: 'metric', descending: true }, offset: 0, limit: 100 });
    expect(all.total).toBe(60);
    const values = all.rows.map(({ metric }) => metric);
    expect(values.slice(0, 54)).toEqual(values.slice(0, 54).toSorted((a, b) => b! - a!));
    expect(values.slice(54)).toEqual(new Array(6).fill(null));
    const window = await api.trialRows({ ids: ['hrnas-a'], sort: { by: 'metric', descending: true }, offset: 10, limit: 5 });
    expect(window.rows).toEqual(all.rows.slice(10, 15));
    const view = await api.frontView({ ids: ['hrnas-a'] });
    const front = await api.trialRows({ ids: ['hrnas-a'], show: 'front', sort: { by: 'macs' }, offset: 0, limit: 100 });
    expect(front.rows.map(({ number }) => number)).toEqual(view.joint.points.map((point) => view.points.number[point]));
    expect(front.rows.filter(({ isKnee }) => isKnee).map(({ number }) => number)).toEqual([view.points.number[view.joint.knee!.point]]);
    expect((await api.trialRows({ ids: ['hrnas-a'], show: 'failed', offset: 0, limit: 9 })).rows.map(({ number }) => number)).toEqual([
      19, 39, 59,
    ]);
    const ranges = [{ column: 'macs' as const, from: 2e7, to: 4e7 }];
    const some = await api.trialRows({ ids: ['hrnas-a'], ranges, offset: 0, limit: 100 });
    expect(some.total).toBe(all.rows.filter(({ macs }) => macs !== null && macs >= 2e7 && macs <= 4e7).length);
    expect((await api.trialRows({ ids: ['hrnas-a'], text: 'T12', offset: 0, limit: 9 })).rows.map(({ number }) => number)).toEqual([12]);
  });
});

describe('choiceColumns', () => {
  it('the most important choices come first, with the values of the trials at the named points', async () => {
    const view = await api.frontView({ ids: ['hrnas-b'] });
    const { choices, columns, points, measure } = await api.choiceColumns({ ids: ['hrnas-b'], top: 3, choices: ['transform.k3'] });
    const importances = choices.map(({ importance }) => importance ?? -1);
    expect(importances).toEqual(importances.toSorted((a, b) => b - a));
    expect(columns.map(({ name }) => name)).toEqual([
      'transform.k3',
      ...choices
        .filter(({ name }) => name !== 'transform.k3')
        .slice(0, 2)
        .map(({ name }) => name),
    ]);
    const trials = await api.trials('hrnas-b');
    expect(columns[1]?.values).toEqual(points.map((point) => trials[view.points.number[point]!]?.arch.choices[columns[1]!.name]));
    expect(measure).toMatch(/variance over 40 trials/);
  });

  it('more trials than are wanted: the whole front and an even sample of the rest', async () => {
    const view = await api.frontView({ ids: ['hrnas-b'] });
    const { points } = await api.choiceColumns({ ids: ['hrnas-b'], limit: 20 });
    expect(points).toHaveLength(20);
    expect(view.joint.points.every((point) => points.includes(point))).toBe(true);
  });
});

describe('what stands beside trials', () => {
  it('an excluded trial leaves the front with its reason, and what was before takes it back', async () => {
    const before = await api.frontView({ ids: ['hrnas-a'] });
    const number = before.points.number[before.joint.points[2]!]!;
    const changed = await api.annotateTrials('hrnas-a', [number], { exclusion: 'label error', isStarred: true });
    expect(changed.before).toEqual([{ exclusion: null, isStarred: false }]);
    const without = await api.frontView({ ids: ['hrnas-a'] });
    expect(without.counts.excluded).toBe(1);
    expect(without.joint.points.map((point) => without.points.number[point])).not.toContain(number);
    expect(without.points.flags[without.points.number.indexOf(number)]! & 4).toBe(4);
    expect((await api.trialRows({ ids: ['hrnas-a'], show: 'excluded', offset: 0, limit: 9 })).rows[0]?.annotation).toMatchObject({
      exclusion: 'label error',
    });
    await api.annotateTrials('hrnas-a', [number], changed.before[0]!);
    expect((await api.frontView({ ids: ['hrnas-a'] })).joint).toEqual(before.joint);
  });

  it('an exclusion without a reason, and a trial that is not there, change nothing', async () => {
    await expect(api.annotateTrials('hrnas-a', [1], { exclusion: ' ' })).rejects.toMatchObject({ code: 'reason-missing' });
    await expect(api.annotateTrials('hrnas-a', [1, 999], { isStarred: true })).rejects.toMatchObject({ code: 'unknown-trial' });
    expect(await api.trialAnnotations('hrnas-a')).toEqual([]);
  });

  it('another reference point needs a note, changes the hypervolume and is told with it', async () => {
    const before = await api.frontView({ ids: ['hrnas-a'] });
    await expect(api.editReference('hrnas-a', { macs: 1e8, metric: 0 }, ' ')).rejects.toMatchObject({ code: 'note-missing' });
    await expect(api.editReference('hrnas-a', { macs: 0, metric: 0 }, 'x')).rejects.toMatchObject({ code: 'bad-reference' });
    await api.editReference('hrnas-a', { macs: 1e8, metric: 0 }, 'as in the paper');
    const view = await api.frontView({ ids: ['hrnas-a'] });
    expect(view.experiments[0]?.reference).toEqual({ macs: 1e8, metric: 0, note: 'as in the paper' });
    expect(view.joint.hypervolume).not.toBe(before.joint.hypervolume);
    expect((await api.log('hrnas-a')).at(-1)?.message).toContain('as in the paper');
  });
});

describe('exportFront', () => {
  it('CSV, LaTeX, SVG and JSON say what the view shows, with its warnings', async () => {
    const request = { ids: ['hrnas-a', 'hrnas-c'], limits: { maxMacs: 5e7 } };
    const view = await api.frontView(request);
    const text = async (format: 'csv' | 'latex' | 'svg' | 'json') =>
      readFileSync((await api.exportFront({ ...request, format })).file, 'utf8');
    const csv = await text('csv');
    const onFront = csv.split('\r\n').filter((line) => line.split(',')[4] === 'true');
    expect(onFront.map((line) => Number(line.split(',')[1]))).toEqual(view.joint.points.map((point) => view.points.number[point]));
    for (const content of [csv, await text('latex'), await text('svg')])
      expect(content).toContain('not comparable: input 64x128x3 against 128x256x3');
    expect(JSON.parse(await text('json'))).toEqual(view);
    const target = join(home, 'elsewhere.tex');
    expect(await api.exportFront({ ...request, format: 'latex', target })).toMatchObject({ file: target, name: 'elsewhere.tex' });
  });
});

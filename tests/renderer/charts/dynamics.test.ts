import { describe, expect, test } from 'vitest';
import type { ShrinkSeries, TrialsOverTime } from '../../../electron/ipc/dynamics.ts';
import { factorChart } from '../../../renderer/charts/factor-histogram.ts';
import { cellAt, heatMapDrawing, levels } from '../../../renderer/charts/heat-map.ts';
import { lineageDrawing } from '../../../renderer/charts/lineage.ts';
import { rankAgreementChart } from '../../../renderer/charts/rank-agreement.ts';
import { macsChart } from '../../../renderer/charts/shrink-lines.ts';
import type { ChartTheme } from '../../../renderer/charts/theme.ts';
import { macsOverTime, scoresOverTime } from '../../../renderer/charts/trials-over-time.ts';
import { aliveSums, heatGroups } from '../../../renderer/views/dynamics/shrink-rows.ts';

const theme: ChartTheme = {
  isDark: false,
  text: '#000',
  textSoft: '#555',
  grid: '#eee',
  surface: '#fff',
  accent: '#00f',
  good: '#0a0',
  warn: '#a80',
  bad: '#a00',
  series: ['#1', '#2', '#3', '#4', '#5', '#6', '#7', '#8'],
  font: 'sans',
};
const rows = [
  { block: 'a', part: 'k3', most: 10 },
  { block: 'a', part: 'tokens', most: 4 },
  { block: 'b', part: 'k3', most: 20 },
];
const series: ShrinkSeries = {
  name: 'rho=1',
  penalty: 1,
  isReference: false,
  points: [
    { step: 20, macs: 100 },
    { step: 30, trial: 3, macs: 40, value: 0.5 },
  ],
  alive: [
    [10, 5],
    [4, 0],
    [20, 20],
  ],
  lambda: { step: [21, 30], value: [0, 1] },
};

describe('heat map', () => {
  const groups = heatGroups(rows, series, 'all');
  const drawing = heatMapDrawing(groups, 2, 100, 8);

  test('shares of what the supernet has, blocks as groups, one part alone when it is asked for', () => {
    expect(groups.map(({ name, rows: inner }) => [name, inner.map(({ shares }) => shares)])).toEqual([
      [
        'a',
        [
          [1, 0.5],
          [1, 0],
        ],
      ],
      ['b', [[1, 1]]],
    ]);
    expect(heatGroups(rows, series, 'tokens').map(({ name }) => name)).toEqual(['a']);
    expect(aliveSums(rows, series, 1)).toEqual({ atoms: 25, tokens: 0 });
  });

  test('one path a shade: all, half and nothing', () => {
    const count = (hue: number, level: number) =>
      drawing.shades.find((shade) => shade.hue === hue && shade.level === level)?.path.split('M').length ?? 1;
    expect([count(0, levels), count(0, levels / 2), count(1, 0), count(1, levels)].map((n) => n - 1)).toEqual([3, 1, 1, 1]);
  });

  test('a point of the drawing and the cell there', () => {
    expect(cellAt(groups, drawing, 60, 10)).toEqual({ group: 0, row: 1, column: 1 });
    expect(cellAt(groups, drawing, 10, drawing.groups[1]!.y)).toEqual({ group: 1, row: 0, column: 0 });
    expect(cellAt(groups, drawing, 60, 17)).toBeUndefined(); // between the groups
    expect(cellAt(groups, drawing, -1, 3)).toBeUndefined();
  });
});

test('MACs left: the points of each series, said in a sentence and in a table', () => {
  const { label, table } = macsChart([series], 100, { theme, chosen: 0 });
  expect(label).toBe('MACs left over the steps: rho=1 at 40\u00a0MACs of 100\u00a0MACs.');
  expect(table.rows).toEqual([
    ['rho=1', 20, '100\u00a0MACs'],
    ['rho=1', 30, '40\u00a0MACs'],
  ]);
});

test('importance factors: those at or below the threshold count as dead', () => {
  const atoms = Array.from({ length: 28 }, (_, bin) => (bin === 3 ? 5 : bin === 20 ? 7 : 0));
  const { label } = factorChart({ from: -6, perDecade: 4, atoms, tokens: atoms, below: { atoms: 2, tokens: 0 } }, 1e-3, theme);
  expect(label).toContain('about 7 of 14 channels');
});

test('trials over time: a series of points an operator, stairs of the best; a trial without a score is no point', () => {
  const trials: TrialsOverTime = {
    metric: { name: 'mIoU', split: 'val', kind: 'proxy' },
    number: [0, 1, 2],
    value: [0.1, null, 0.3],
    macs: [5, 6, 7],
    best: [0.1, 0.1, 0.3],
    operator: ['sample', 'sample', 'mutate'],
    role: ['front', 'front', 'front'],
    series: [null, null, null],
    failed: [],
    distinct: 3,
  };
  const sizes = (config: { data: { datasets: readonly { data: readonly unknown[] }[] } }) =>
    config.data.datasets.map(({ data }) => data.length);
  expect(sizes(scoresOverTime(trials, theme).config)).toEqual([3, 1, 1]);
  expect(sizes(macsOverTime(trials, theme).config)).toEqual([2, 1]);
  expect(scoresOverTime(trials, theme).table.rows[1]).toEqual(['t1', 'sample', '—', '10.00\u00a0%', '6']);
});

test('rank agreement: too few is said instead of a figure', () => {
  const pair = { experiment: 'a', trial: 1, proxy: 0.1, retrained: 0.2, seeds: 1 };
  const few = rankAgreementChart({ metric: 'mIoU', pairs: [pair], n: 1, isTooFew: true, fewest: 8, excluded: 0, tau: 1 }, theme);
  expect(few.label).toContain('too few');
  const enough = rankAgreementChart({ metric: 'mIoU', pairs: [pair], n: 9, isTooFew: false, fewest: 8, excluded: 0, tau: 0.5 }, theme);
  expect(enough.label).toContain("Kendall's tau 0.50");
});

test('lineage: generations from left to right, both parents linked, the first drawn stronger', () => {
  const entry = (trial: number, generation: number, parents: readonly number[]) => ({ trial, generation, parents });
  const { places, links } = lineageDrawing([entry(0, 0, []), entry(1, 0, []), entry(4, 1, [1, 0])]);
  expect(places.map(({ entry: { trial }, x }) => [trial, x > 0])).toEqual([
    [0, false],
    [1, false],
    [4, true],
  ]);
  expect(links.map(({ key, isFirst }) => [key, isFirst])).toEqual([
    ['1 4', true],
    ['0 4', false],
  ]);
});

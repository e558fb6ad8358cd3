import { describe, expect, test } from 'vitest';
import { linearAxis, logAxis } from '../../../engine/export/chart-axis.ts';
import { frontCsv } from '../../../engine/export/front-csv.ts';
import { escapeLatex, frontLatex } from '../../../engine/export/front-latex.ts';
import { frontSvg } from '../../../engine/export/front-svg.ts';
import { frontTable } from '../../../engine/export/front-table.ts';
import type { FrontTrial } from '../../../engine/export/front-row.ts';
import { percent, quantity, threeDigits } from '../../../engine/export/quantity.ts';

function trial(number: number, macs: number, value: number | null, change: Partial<FrontTrial> = {}): FrontTrial {
  return {
    number,
    hash: `hash${number}`,
    role: 'front',
    cost: { macs, params: macs / 10, activationBytes: 4 * macs, input: [7, 9, 3] },
    metrics: [{ name: 'mIoU', value, split: 'search-val', kind: 'proxy' }],
    steps: 10,
    seed: 3,
    ...change,
  };
}

const trials = [
  trial(0, 100e6, 0.8, { role: 'reference', series: 'rho=0' }),
  trial(1, 80e6, 0.79, { role: 'trajectory', series: 'rho=2' }),
  trial(2, 20e6, 0.5, { series: 'rho=2' }),
  trial(3, 40e6, 0.7, { series: 'rho=1' }),
  trial(4, 80e6, 0.75, { series: 'rho=0.5, "half"' }),
  trial(5, 85e6, 0.6, { series: 'rho=0.1' }),
  trial(6, 10e6, null, { series: 'rho=9' }),
];
const table = frontTable([{ id: 'a', trials }], { reference: { x: 100e6, y: 0 } });

describe('frontTable', () => {
  test('only front trials compete; trajectory, reference and dominated ones stay rows beside the front', () => {
    expect(table.rows.filter((row) => row.isOnFront).map((row) => row.trial.number)).toEqual([2, 3, 4]);
    expect(table.rows.filter((row) => !row.isOnFront).map((row) => row.trial.number)).toEqual([0, 1, 5]);
    expect(table.skipped).toBe(1);
  });

  test('knee with gains and hypervolume as worked out by hand', () => {
    // scaled: (1/3, 0.8); gains 0.2 / 20 M and 0.05 / 40 M; area 20 * 0.5 + 40 * 0.7 + 20 * 0.75 = 53 of 100
    expect(table.knee?.row.trial.number).toBe(3);
    expect(table.knee?.gainLeft).toBeCloseTo(0.2 / 20e6, 15);
    expect(table.knee?.gainRight).toBeCloseTo(0.05 / 40e6, 15);
    expect(table.hypervolume).toBeCloseTo(0.53, 12);
  });

  test('several experiments: one front over all, equal points once, differences in words', () => {
    const other = [trial(0, 40e6, 0.7, { cost: { macs: 40e6, params: 1, activationBytes: 1, input: [14, 9, 3] } }), trial(1, 30e6, 0.65)];
    const both = frontTable([
      { id: 'a', trials },
      { id: 'b', trials: other },
    ]);
    expect(both.rows.filter((row) => row.isOnFront).map((row) => [row.experiment, row.trial.number, row.count])).toEqual([
      ['a', 2, 1],
      ['b', 1, 1],
      ['b', 0, 2],
      ['a', 4, 1],
    ]);
    expect(both.warnings).toEqual(['not comparable: input 7x9x3 against 14x9x3']);
    expect(both.hypervolume).toBeUndefined();
  });

  test('an experiment for another task has no row, and its metric is named as what differs', () => {
    const pose = [trial(0, 40e6, 0.7, { metrics: [{ name: 'AP', value: 0.7, split: 'search-val', kind: 'proxy' }] })];
    const both = frontTable([
      { id: 'a', trials },
      { id: 'b', trials: pose },
    ]);
    expect(both.rows.every(({ experiment }) => experiment === 'a')).toBe(true);
    expect(both.warnings).toEqual(['not comparable: metric mIoU against AP']);
  });

  test('each experiment has a front of its own; limits and exclusions keep trials from competing, and are counted in the rows', () => {
    const excluded = trials.map((row) => (row.number === 3 ? { ...row, exclusion: 'wrong labels' } : row));
    const both = frontTable(
      [
        { id: 'a', trials: excluded, reference: { x: 100e6, y: 0 } },
        { id: 'b', trials: [trial(0, 30e6, 0.65), trial(1, 70e6, 0.66)], reference: { x: 50e6, y: 0 } },
      ],
      { limits: { maxMacs: 80e6 } },
    );
    const numbers = (points: readonly number[]) => points.map((point) => both.points[point]!.experiment + both.points[point]!.trial.number);
    expect(both.lines.map((line) => numbers(line.points))).toEqual([
      ['a2', 'a4'],
      ['b0', 'b1'],
    ]);
    expect(numbers(both.joint.points)).toEqual(['a2', 'b0', 'b1', 'a4']);
    expect(both.points.filter((row) => !row.isFeasible).map((row) => row.trial.number)).toEqual([0, 5]);
    expect(both.lines.map(({ hypervolume }) => hypervolume)).toEqual([expect.closeTo(0.45, 12), expect.closeTo(0.26, 12)]);
    expect(both.joint.hypervolume).toBeUndefined();
    expect(both.warnings).toEqual(['no hypervolume: the experiments have different reference points']);
  });

  test('several seeds of one network: best, last or mean, with their spread; repeats are told by hash and steps', () => {
    const metric = (value: number) => ({ name: 'mIoU', value, split: 'val', kind: 'retrained' });
    const seeds = trial(0, 1e6, 0.5, { metrics: [metric(0.5), metric(0.7), metric(0.6)] });
    for (const [aggregate, y] of [
      ['best', 0.7],
      ['last', 0.6],
      ['mean', 0.6],
    ] as const) {
      const [row] = frontTable([{ id: 'a', trials: [seeds] }], { aggregate }).points;
      expect(row?.y).toBeCloseTo(y, 12);
      expect(row?.spread).toEqual({ mean: expect.closeTo(0.6, 12), sd: expect.closeTo(0.1, 12), seeds: 3 });
    }
    const repeats = frontTable([
      { id: 'a', trials: [trial(0, 1e6, 0.4, { hash: 'h' }), trial(1, 1e6, 0.6, { hash: 'h', seed: 4 }), trial(2, 1e6, 0.9)] },
    ]);
    expect(repeats.points.map(({ spread }) => spread?.seeds)).toEqual([2, 2, undefined]);
  });

  test('measured latency as the axis: what was not measured is counted apart, and there is no hypervolume', () => {
    const measured = [trial(0, 2e6, 0.4, { latencyMs: 9, latencyDevice: 'cpu' }), trial(1, 1e6, 0.5)];
    const latency = frontTable([{ id: 'a', trials: measured, reference: { x: 1e9, y: 0 } }], { axis: 'latency' });
    expect(latency).toMatchObject({ withoutCost: 1, skipped: 1, joint: { hypervolumeRefused: expect.stringContaining('MACs') } });
    expect(latency.points.map(({ x }) => x)).toEqual([9]);
    expect(
      frontTable([{ id: 'a', trials: measured }], { limits: { maxLatencyMs: 10 } }).points.map(({ isFeasible }) => isFeasible),
    ).toEqual([true, false]);
  });

  test('params as the axis; a named metric that is missing leaves the trials out', () => {
    expect(frontTable([{ id: 'a', trials }], { axis: 'params' }).rows[0]?.x).toBe(2e6);
    expect(frontTable([{ id: 'a', trials }], { metric: 'AP' })).toMatchObject({ rows: [], skipped: 7, metric: 'AP' });
  });
});

describe('writers', () => {
  test('CSV: one line a row, quotes doubled, fractions and plain counts', () => {
    const lines = frontCsv(table).split('\r\n');
    expect(lines).toHaveLength(1 + 6 + 1);
    expect(lines[3]).toBe(
      'a,4,"rho=0.5, ""half""",front,true,false,1,80000000,8000000,320000000,7x9x3,mIoU,0.75,search-val,proxy,10,3,hash4,,,,,,true,,',
    );
  });

  test('LaTeX: the rows of the front and the reference with the numbers of the CSV', () => {
    const latex = frontLatex(table, '50 % of a_b & c');
    expect(latex).toContain('\\caption{50 \\% of a\\_b \\& c}');
    const rows = latex.split('\n').filter((line) => line.includes(' & a t') || /^ {4}a t/.test(line));
    expect(rows.map((row) => row.trim())).toEqual([
      'a t2 & rho=2 & 20.00 & 2.000 & 50.00\\textsuperscript{a} \\\\',
      'a t3 (knee) & rho=1 & 40.00 & 4.000 & 70.00\\textsuperscript{a} \\\\',
      'a t4 & rho=0.5, "half" & 80.00 & 8.000 & 75.00\\textsuperscript{a} \\\\',
      'a t0 (reference) & rho=0 & 100.00 & 10.000 & 80.00\\textsuperscript{a} \\\\',
    ]);
    expect(latex).toContain('proxy: scored with inherited weights');
    expect(escapeLatex('a\\b~^{}<>#$')).toBe(
      'a\\textbackslash{}b\\textasciitilde{}\\textasciicircum{}\\{\\}\\textless{}\\textgreater{}\\#\\$',
    );
  });

  test('SVG: well-formed, points where the axes say, text escaped', () => {
    const svg = frontSvg(table, 'a <b> & "c"');
    expect(svg).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title>');
    expect(tagBalance(svg)).toEqual([]);
    // x axis 0..120 M over 74..640 px, y axis 40..90 % over 470..66 px: t3 lies at (74 + 566 / 3, 470 - 404 * 0.6)
    expect(svg).toContain('cx="262.7" cy="227.6" r="5.5"');
    expect(svg.match(/r="5.5"/g)).toHaveLength(4);
    expect(svg).toContain('class="reference"');
    expect(svg).toContain('M MACs, less is better');
  });

  const published = [
    {
      name: 'p:net',
      system: 'p',
      macs: 50e6,
      params: 5,
      activationBytes: 6,
      input: '7x9x3',
      value: 0.72,
      metric: 'mIoU',
      on: 'val',
      source: 'a paper',
    },
    { name: 'p:far', system: 'p', macs: 9e9, params: 5, activationBytes: 6, input: '7x9x3', value: null, source: 'a paper' },
  ];
  const two = frontTable(
    [
      { id: 'a', trials },
      {
        id: 'b',
        trials: [
          trial(0, 30e6, 0.65, { metrics: [0.6, 0.7].map((value) => ({ name: 'mIoU', value, split: 'search-val', kind: 'proxy' })) }),
        ],
      },
    ],
    { published, limits: { maxMacs: 90e6 } },
  );

  test('several experiments and published networks: shape and staircase each, limits as lines; the published score in every file', () => {
    const svg = frontSvg(two, 'two', { limits: [90e6], logX: true });
    expect(tagBalance(svg)).toEqual([]);
    expect(svg.match(/class="own-stairs"/g)).toHaveLength(2);
    expect(svg.match(/class="published"/g)).toHaveLength(2); // the mark inside the axes, and the legend
    expect(svg).toContain('≤ 90 M MACs');
    expect(frontSvg(two, 'two', { staircases: ['b'] }).match(/class="own-stairs"/g)).toHaveLength(1);
    expect(frontCsv(two)).toContain('p:net,,,published,false,false,,50000000,5,6,7x9x3,mIoU,0.72,val,published');
    const latex = frontLatex(two, 'two');
    expect(latex).toContain('p:net (published) &  & 50.00 & 0.000 & 72.00\\textsuperscript{');
    expect(latex).toContain('b t0 (knee) &  & 30.00 & 3.000 & 70.00 $\\pm$ 7.07\\textsuperscript{');
    expect(latex).not.toContain('p:far');
  });

  test('CSV: a text that a spreadsheet would compute is kept a text', () => {
    const line = frontCsv(frontTable([{ id: 'a', trials: [trial(0, 1, 0.5, { series: '=1+1' })] }])).split('\r\n')[1];
    expect(line).toContain(",'=1+1,");
  });

  test('SVG of no points, of one point and of equal points: drawn without NaN', () => {
    for (const rows of [[], [trial(0, 5, 0.5)], [trial(0, 0, 0), trial(1, 0, 0)]]) {
      const svg = frontSvg(frontTable([{ id: 'a', trials: rows }]), 'few');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
      expect(tagBalance(svg)).toEqual([]);
    }
  });
});

describe('axes and numbers', () => {
  test('linearAxis: round ends around the values, about as many ticks as asked for', () => {
    expect(linearAxis(0.3, 9.7)).toEqual({ from: 0, to: 10, ticks: [0, 2, 4, 6, 8, 10], decimals: 0 });
    expect(linearAxis(0.11, 0.16).ticks).toEqual([0.11, 0.12, 0.13, 0.14, 0.15, 0.16]);
    expect(linearAxis(5, 5).ticks.length).toBeGreaterThan(1);
    expect(linearAxis(NaN, 1).ticks).toEqual([0, 1]);
  });

  test('logAxis: ends are tick marks around the values; powers of ten alone over many of them', () => {
    expect(logAxis(1.5, 40)).toEqual({ from: 1, to: 50, ticks: [1, 2, 5, 10, 20, 50], decimals: 0 });
    expect(logAxis(0.02, 9_000).ticks).toEqual([0.01, 0.1, 1, 10, 100, 1000, 10000]);
    expect(logAxis(3, 3).ticks).toEqual([2, 5]);
    expect(logAxis(0, 3)).toEqual(linearAxis(0, 3));
  });

  test('quantities: unit with prefix, three digits, missing values as a dash', () => {
    expect(quantity(61943184, 'MACs')).toBe('61.9 M MACs');
    expect(quantity(1.937e9, 'MACs')).toBe('1.94 G MACs');
    expect(quantity(999, 'params')).toBe('999 params');
    expect(quantity(1, 'MACs')).toBe('1 MACs');
    expect(quantity(0.5, 's')).toBe('0.500 s');
    expect(quantity(NaN, 'MACs')).toBe('—');
    expect([threeDigits(0.01234), threeDigits(0), threeDigits(1e-9)]).toEqual(['0.0123', '0', '0.000000']);
    expect([percent(0.7386), percent(null), percent(NaN)]).toEqual(['73.9 %', '—', '—']);
  });
});

/** Tags that are opened and not closed, or closed and not opened. */
function tagBalance(svg: string): string[] {
  const open: string[] = [];
  for (const [, close, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gi)) {
    if (self === '/') continue;
    if (close === '') open.push(name as string);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExperimentView, FrontInput, LabApi } from '../../../../electron/ipc/contract.ts';
import type { ExperimentSummary } from '../../../../electron/ipc/overview.ts';
import { main } from '../../../../electron/lab/cli/main.ts';
import { StoreError } from '../../../../db/store.ts';
import { experimentView, runOn, trials, trialView } from './fake-lab.ts';
import { scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const folder = scratch();
afterAll(folder.remove);

function frontInput(change: Partial<FrontInput> = {}): FrontInput {
  const { id, name, system, state, environment } = experimentView;
  return {
    experiment: { id, name, system, state },
    dataset: environment.dataset,
    reference: { macs: 100e6, metric: 0 },
    trials,
    ...change,
  };
}
const lab: Partial<LabApi> = {
  experiments: () => Promise.resolve([experimentView]),
  experiment: (id) =>
    id === 'nope'
      ? Promise.reject(new StoreError('unknown-experiment', `There is no experiment '${id}'.`, { tip: '`lab ls` lists them.' }))
      : Promise.resolve(experimentView),
  trials: () => Promise.resolve(trials),
  frontInputs: (ids) => Promise.resolve(ids.map(() => frontInput())),
};

describe('reading', () => {
  test('ls: one line an experiment; no experiments: what to do', async () => {
    const run = await runOn(lab, ['ls']);
    expect(run.out).toMatch(/hrnas-7f3a2c +complete +100 % +4 +streets +2:11 min .* #paper/);
    expect((await runOn(lab, ['ls', '--json'])).json()).toEqual({ experiments: [experimentView] });
    expect((await runOn({ experiments: () => Promise.resolve([]) }, ['ls'])).out).toContain('lab demo');
  });

  test('show: state, data, backend; a failure with its tip', async () => {
    expect((await runOn(lab, ['show', 'hrnas'])).out).toMatch(
      /state +complete\n[^]*data +streets \(cityscapes, \/data\/streets\)\n[^]*computes on +wasm, 1 thread\n/,
    );
    const failed: ExperimentView = {
      ...experimentView,
      state: 'failed',
      failure: { code: 'loss-not-finite', message: 'The loss became NaN.', tip: 'Lower it.' },
    };
    expect((await runOn({ experiment: () => Promise.resolve(failed) }, ['show', 'x'])).out).toMatch(
      /reason +The loss became NaN\.\n +Tip: Lower it\.\n/,
    );
  });

  test('trials: score with split and kind, costs with units, dashes for what is missing', async () => {
    const unfinished = { ...trialView(9, 1, 1), state: 'running' as const, metrics: [] };
    const { cost: _cost, steps: _steps, series: _series, ...bare } = unfinished;
    const run = await runOn({ trials: () => Promise.resolve([...trials, bare]) }, ['trials', 'x']);
    expect(run.out).toContain('mIoU (search-val, proxy)');
    expect(run.out).toMatch(/t2 +complete +front +rho=2 +70\.0 % +40\.0 M +800 k +100 +#002a91f0\n/);
    expect(run.out).toMatch(/t9 +running +front +— +— +— +— +—/);
  });

  test('an unknown experiment: exit 2 with code and tip, as words and as JSON', async () => {
    const run = await runOn(lab, ['show', 'nope']);
    expect(run).toMatchObject({ exit: 2, out: '', err: "lab: There is no experiment 'nope'.\nTip: `lab ls` lists them.\n" });
    expect((await runOn(lab, ['show', 'nope', '--json'])).json<CliError>().error.code).toBe('unknown-experiment');
  });
});

describe('the front of a search that was stopped', () => {
  const front = async (rows: FrontInput['trials']): Promise<string> =>
    (await runOn({ frontInputs: () => Promise.resolve([frontInput({ trials: rows })]) }, ['front', 'x'])).out;

  test('before the first run has ended: how many trials are on the way, and the last of them', async () => {
    const onTheWay = [trialView(1, 30e6, 0.41, { role: 'trajectory' }), trialView(2, 20e6, 0.4, { role: 'trajectory' })];
    const text = await front(onTheWay);
    expect(text).toContain('2 trials on the way, the last t2: 40.0 %, 20.0 M MACs');
    expect(text).toContain('lab trials hrnas-7f3a2c');
    expect(text).not.toContain('No finished trials');
  });

  test('without any trial: says so', async () => {
    expect(await front([])).toContain('No finished trials yet.');
  });
});

describe('the command that holds the home', () => {
  test.each([
    [['ls'], 'lab ls'],
    [['data', 'ls'], 'lab data ls'],
  ])('%j is told to the lab as %j', async (args, expected) => {
    const names: string[] = [];
    const streams = { out: { write: () => true }, err: { write: () => true } };
    const api = { experiments: () => Promise.resolve([]), datasets: () => Promise.resolve([]) } as Partial<LabApi> as LabApi;
    await main(args, streams, (_, command) => {
      names.push(command);
      return Promise.resolve({ api, close: () => Promise.resolve() });
    });
    expect(names).toEqual([expected]);
  });
});

describe('annotating', () => {
  test('archive puts away and brings back; ls leaves out what was put away and lists it with --archived', async () => {
    const calls: unknown[] = [];
    const archiveExperiments: LabApi['archiveExperiments'] = (ids, isArchived) => {
      calls.push([ids, isArchived]);
      return Promise.resolve([{ experiment: experimentView } as ExperimentSummary]);
    };
    expect((await runOn({ archiveExperiments }, ['archive', 'x', 'y'])).out).toBe('Put away: hrnas-7f3a2c\n');
    expect((await runOn({ archiveExperiments }, ['archive', 'x', '--undo'])).out).toBe('Brought back: hrnas-7f3a2c\n');
    expect(calls).toEqual([
      [['x', 'y'], true],
      [['x'], false],
    ]);
    const experiments: LabApi['experiments'] = () => Promise.resolve([{ ...experimentView, archivedAt: '2026-11-24T12:00:00.000Z' }]);
    expect((await runOn({ experiments }, ['ls'])).out).toContain('lab ls --archived');
    expect((await runOn({ experiments }, ['ls', '--archived'])).out).toContain('hrnas-7f3a2c');
  });

  test('tag adds and removes, note replaces', async () => {
    const changes: unknown[] = [];
    const annotate: LabApi['annotate'] = (_, change) => {
      changes.push(change);
      return Promise.resolve({ ...experimentView, ...change });
    };
    expect((await runOn({ ...lab, annotate }, ['tag', 'x', 'a', 'paper', 'b'])).out).toBe('hrnas-7f3a2c: paper, a, b\n');
    expect((await runOn({ ...lab, annotate }, ['tag', 'x', 'paper', '--remove'])).out).toBe('hrnas-7f3a2c: no tags\n');
    await runOn({ ...lab, annotate }, ['note', 'x', 'see Tuesday']);
    expect(changes).toEqual([{ tags: ['paper', 'a', 'b'] }, { tags: [] }, { note: 'see Tuesday' }]);
  });

  test('rm says what was freed', async () => {
    const run = await runOn({ removeExperiment: () => Promise.resolve({ freedBytes: 12_345_678 }) }, ['rm', 'x']);
    expect(run.out).toBe('Removed x: 12 MB freed.\n');
  });
});

describe('front', () => {
  test('--json: front, knee, hypervolume and reference; the dominated end and the reference beside it', async () => {
    const document = (await runOn(lab, ['front', 'x', '--json'])).json<{
      front: { number: number }[];
      dominated: { number: number }[];
      references: { number: number }[];
    }>();
    expect(document.front.map((trial) => trial.number)).toEqual([1, 2, 3]);
    expect(document.dominated.map((trial) => trial.number)).toEqual([4]);
    expect(document.references.map((trial) => trial.number)).toEqual([0]);
    // (20, .5) (40, .7) (80, .75) against (100, 0): 20 * .5 + 40 * .7 + 20 * .75 = 53 of 100
    expect(document).toMatchObject({
      knee: { number: 2, gainLeft: expect.closeTo(1e-8, 12), gainRight: expect.closeTo(1.25e-9, 12) },
      hypervolume: expect.closeTo(0.53, 12),
      reference: { macs: 100e6, metric: 0 },
      skipped: 1,
      warnings: [],
    });
  });

  test('as text: the points with units, knee and hypervolume', async () => {
    const { out } = await runOn(lab, ['front', 'x']);
    expect(out).toMatch(/t2 +rho=2 +40\.0 M +800 k +70\.0 % +front, knee\n/);
    expect(out).toMatch(/t4 .* dominated\n/);
    expect(out).toMatch(/t0 .* reference\n/);
    expect(out).not.toContain('t5');
    expect(out).toContain('knee t2: gain 1000.0 points per G MACs before it, 125.0 points per G MACs after it');
    expect(out).toContain('hypervolume 0.5300 against 100 M MACs and 0.0 %');
  });

  test('files: SVG, CSV and LaTeX are written and named', async () => {
    const [svg, csv, latex] = ['f.svg', 'deep/f.csv', 'f.tex'].map(folder.path) as [string, string, string];
    const run = await runOn(lab, ['front', 'x', '--svg', svg, '--csv', csv, '--latex', latex, '--json']);
    expect(run.json()).toMatchObject({ files: [svg, csv, latex] });
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg/);
    expect(readFileSync(csv, 'utf8').split('\r\n')).toHaveLength(1 + 6 + 1);
    expect(readFileSync(latex, 'utf8')).toContain('\\begin{tabular}');
  });

  test('different data or reference points: said, and no hypervolume', async () => {
    const other = frontInput({ dataset: { ...experimentView.environment.dataset, fingerprint: 'g' }, reference: { macs: 5e6, metric: 0 } });
    const run = await runOn({ frontInputs: () => Promise.resolve([frontInput(), other]) }, ['front', 'x', 'y', '--json']);
    expect(run.json()).toMatchObject({
      hypervolume: null,
      warnings: ['not comparable: data set streets (f) against streets (g)', expect.stringContaining('no hypervolume')],
    });
  });

  test('an unknown axis and a file that cannot be written', async () => {
    expect(await runOn(lab, ['front', 'x', '--x', 'watts'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("--x expects one of macs, params, activations, latency; got 'watts'"),
    });
    writeFileSync(folder.path('file'), '');
    expect(await runOn(lab, ['front', 'x', '--svg', folder.path('file/front.svg')])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('Writing'),
    });
  });
});

describe('best', () => {
  test('the most accurate within the limits, trials on the way included, references not', async () => {
    const bestOf = async (...limits: string[]): Promise<number> =>
      (await runOn(lab, ['best', 'x', ...limits, '--json'])).json<{ number: number }>().number;
    expect(await bestOf()).toBe(3);
    expect(await bestOf('--max-macs', '50M')).toBe(2);
    expect(await bestOf('--max-macs', '35M')).toBe(5);
    expect(await bestOf('--max-macs', '80M', '--max-params', '500k')).toBe(1);
  });

  test('none within the limits: infeasible, exit 3, the smallest is named', async () => {
    const run = await runOn(lab, ['best', 'x', '--max-macs', '1M', '--json']);
    expect(run.exit).toBe(3);
    expect(run.json<CliError>().error).toEqual({
      code: 'infeasible',
      message: 'best: none of the 7 trials of x has MACs ≤ 1.00 M.',
      tip: 'The smallest has 10.0 M MACs.',
    });
  });

  test('no finished trials: exit 1', async () => {
    expect(await runOn({ frontInputs: () => Promise.resolve([frontInput({ trials: [] })]) }, ['best', 'x'])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('no finished trials'),
    });
  });
});

test('a fault of the lab itself: code internal, exit 1', async () => {
  const run = await runOn({ experiments: () => Promise.reject(new TypeError('x is undefined')) }, ['ls', '--json']);
  expect(run.exit).toBe(1);
  expect(run.json<CliError>().error).toMatchObject({ code: 'internal', message: expect.stringContaining('x is undefined') });
});

test('a lab that cannot be closed: the answer is there, a notice says why, exit 1', async () => {
  let out = '';
  let err = '';
  const streams = { out: { write: (text: string) => (out += text) }, err: { write: (text: string) => (err += text) } };
  const close = (): Promise<void> => Promise.reject(new StoreError('disk-full', 'No room for a backup.'));
  expect(await main(['ls', '--json'], streams, () => Promise.resolve({ api: lab as LabApi, close }))).toBe(1);
  expect(JSON.parse(out)).toEqual({ experiments: [experimentView] });
  expect(err).toBe('Closing the lab: No room for a backup.\n');
});

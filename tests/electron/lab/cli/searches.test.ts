import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExperimentView, TrialView } from '../../../../electron/ipc/contract.ts';
import { runLab, scratch } from './run-lab.ts';
import type { CliError, LabRun } from './run-lab.ts';

const folder = scratch();
const home = folder.path('home');
const lab = (...args: string[]): Promise<LabRun> => runLab(args, { home });
afterAll(folder.remove);

/** A search of seconds on pictures of 32x64. */
const tiny = {
  preset: 'demo',
  seed: 7,
  space: {
    stages: [
      [1, [1], [4]],
      [2, [1, 1], [4, 8]],
    ],
    stem: [4, 4],
    expandRatio: 2,
    kernelSizes: [3, 5],
    lastChannels: 6,
    tokens: 3,
  },
  data: { dataset: 'streets', batchSize: 2, baseSize: [32, 64], crop: [32, 64], evaluationSize: [32, 64], workers: 1 },
  evaluate: { calibrationBatches: 1, calibrationBatchSize: 2 },
  strategy: { warmupSteps: 4, steps: 6, rampSteps: 2, intervalSteps: 3, penalties: [0.3, 3], minPrunedMacs: 1, threshold: 0.9 },
  checkpoint: { everySteps: 2 },
};
const config = folder.path('tiny.json');
const long = folder.path('long.json');

interface SearchAnswer {
  readonly id: string;
  readonly state: string;
  readonly front: readonly TrialView[];
  readonly dominated: readonly TrialView[];
  readonly references: readonly TrialView[];
  readonly best: TrialView;
  readonly seconds: number;
}

beforeAll(async () => {
  writeFileSync(config, JSON.stringify(tiny));
  writeFileSync(long, JSON.stringify({ ...tiny, strategy: { ...tiny.strategy, warmupSteps: 30_000 } }));
  const streets = folder.path('streets');
  expect(
    (await lab('data', 'synthesize', 'cityscapes', streets, '--train', '14', '--val', '2', '--test', '0', '--size', '32x64')).exit,
  ).toBe(0);
  expect((await lab('data', 'add', streets, '--name', 'streets')).exit).toBe(0);
});

describe('a search, slow: trains networks', () => {
  let answer: SearchAnswer;
  beforeAll(async () => {
    const run = await lab('search', config, '--json');
    expect(run.exit, run.err).toBe(0);
    expect(run.err).toContain('phase 1/4 warm-up: 4 steps');
    answer = run.json<SearchAnswer>();
  });

  test('--json: id, state, front, best and seconds; every end of a run is there', () => {
    expect(answer).toMatchObject({ id: expect.stringMatching(/^hrnas-[0-9a-f]{6}$/), state: 'complete', best: { state: 'complete' } });
    expect([...answer.front, ...answer.dominated].map((trial) => trial.series).toSorted()).toEqual(['rho=0.3', 'rho=3']);
    expect(answer.references.map((trial) => trial.series)).toEqual(['rho=0']);
    expect(answer.seconds).toBeGreaterThan(0);
  });

  test('trials, log, front and best tell the same', async () => {
    const { trials } = (await lab('trials', answer.id, '--json')).json<{ trials: TrialView[] }>();
    expect(trials.map((trial) => trial.number)).toEqual([0, 1, 2, 3, 4]);
    expect((await lab('log', answer.id)).exit).toBe(0);
    const front = (await lab('front', answer.id, '--json', '--svg', folder.path('front.svg'))).json<{ front: TrialView[] }>();
    expect(front.front).toEqual(answer.front);
    expect(readFileSync(folder.path('front.svg'), 'utf8')).toContain('rho=0.3');
    expect((await lab('best', answer.id, '--json')).json()).toEqual(answer.best);
  });

  test('a trial names its network: evaluate gives the very score of the search', async () => {
    const trial = answer.best;
    const run = await lab('evaluate', `${answer.id}:t${trial.number}`, '--data', 'streets', '--split', 'search-val', '--json');
    expect(run.json<{ metrics: { value: number }[] }>().metrics[0]?.value).toBe(trial.metrics[0]?.value);
    expect((await lab('cost', `${answer.id}:t${trial.number}`, '--json')).json()).toEqual(trial.cost);
  });

  test('fit trains a found network further from its weights, as an experiment of its own', async () => {
    const output = folder.path('fitted.safetensors');
    const network = `${answer.id}:t${answer.best.number}`;
    const run = await lab(
      'fit',
      network,
      '--data',
      'streets',
      '--config',
      config,
      '--steps',
      '2',
      '--weights',
      network,
      '--output',
      output,
      '--json',
    );
    expect(run.exit, run.err).toBe(0);
    const { id, trial } = run.json<{ id: string; trial: TrialView }>();
    expect(trial).toMatchObject({ arch: answer.best.arch, steps: 2, operator: 'train' });
    expect(readFileSync(output).equals(readFileSync(trial.checkpoint ?? ''))).toBe(true);
    expect((await lab('rm', id, '--json')).json()).toMatchObject({ removed: id });
  });

  test('fork runs the changed configuration and names its origin', async () => {
    const run = await lab('fork', answer.id, '--set', 'strategy.penalties=[5]', '--set', 'strategy.withReference=false', '--json');
    const { id, front } = run.json<SearchAnswer>();
    expect(front.map((trial) => trial.series)).toEqual(['rho=5']);
    expect((await lab('show', id, '--json')).json()).toMatchObject({ origin: answer.id });
  });

  test('exported to another home: the same front there, and its networks work', async () => {
    const file = folder.path('search.naslab');
    const exported = await lab('export', answer.id, '--naslab', file, '--json');
    expect(exported.json()).toMatchObject({ id: answer.id, trials: 5, files: 5, missing: [] });
    const other = folder.path('other-home');
    const imported = await runLab(['import', file, '--json'], { home: other });
    expect(imported.exit, imported.err).toBe(0);
    expect(imported.json()).toMatchObject({ experiment: { id: answer.id, state: 'complete' }, exportedId: answer.id });
    const withoutPath = ({ checkpoint: _checkpoint, ...rest }: TrialView): object => rest;
    const { front } = (await runLab(['front', answer.id, '--json'], { home: other })).json<{ front: TrialView[] }>();
    expect(front.map(withoutPath)).toEqual(answer.front.map(withoutPath));
    const args = ['predict', `${answer.id}:t${answer.best.number}`, '--input', 'fill:1x32x64x3', '--output'];
    for (const [home, name] of [
      [undefined, 'here.npy'],
      [other, 'there.npy'],
    ] as const) {
      expect((await (home === undefined ? lab(...args, folder.path(name)) : runLab([...args, folder.path(name)], { home }))).exit).toBe(0);
    }
    expect(readFileSync(folder.path('there.npy')).equals(readFileSync(folder.path('here.npy')))).toBe(true);
  });

  test('resuming what is complete is refused', async () => {
    const run = await lab('resume', answer.id, '--json');
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error.code).toBe('finished');
  });

  test('--dry-run starts nothing and says what it would take', async () => {
    const before = (await lab('ls', '--json')).json<{ experiments: unknown[] }>().experiments.length;
    const run = await lab('search', config, '--dry-run', '--backend', 'wasm', '--json');
    const document = run.json<{ space: { histogram: { count: number }[] } }>();
    expect(document).toMatchObject({
      space: { feasible: 1 },
      plan: { steps: 22, trials: 5 },
      backend: 'wasm',
      stepMs: expect.any(Number),
      seconds: expect.any(Number),
    });
    expect(document.space.histogram.reduce((sum, bin) => sum + bin.count, 0)).toBe(500);
    expect((await lab('ls', '--json')).json<{ experiments: unknown[] }>().experiments).toHaveLength(before);
  });
});

describe('stopping, slow: trains networks', () => {
  /** Starts the long search and does something once it trains. */
  const whileTraining = (then: (kill: (signal: NodeJS.Signals) => void) => void): Promise<LabRun> => {
    let isDone = false;
    return runLab(['search', long, '--json'], {
      home,
      onProgress: (err, kill) => {
        if (isDone || !err.includes('phase 1/4')) return;
        isDone = true;
        // Well inside the first phase.
        setTimeout(() => then(kill), 1500);
      },
    });
  };

  test('Ctrl-C stops after the running step and keeps it: exit 130, and resume goes on', async () => {
    const run = await whileTraining((kill) => kill('SIGINT'));
    expect(run.exit).toBe(130);
    const { id, state } = run.json<SearchAnswer>();
    expect(state).toBe('stopped');
    const { progress } = (await lab('show', id, '--json')).json<ExperimentView>();
    expect(progress.step).toBeGreaterThan(0);
    expect(progress.checkpointStep).toBe(progress.step);
    const resumed = await runLab(['resume', id, '--json'], {
      home,
      onProgress: (err, kill) => void (err.includes('phase 1/4') && setTimeout(() => kill('SIGINT'), 1500)),
    });
    expect(resumed.exit).toBe(130);
    expect((await lab('show', id, '--json')).json<ExperimentView>().progress.step).toBeGreaterThan(progress.step);
  });

  test('lab stop from another process; a second search meanwhile is told who holds the home', async () => {
    let others: Promise<[LabRun, LabRun]> | undefined;
    const run = await whileTraining(() => {
      others = (async () => {
        const second = await lab('search', config, '--json');
        const { experiments } = (await lab('ls', '--json')).json<{ experiments: ExperimentView[] }>();
        const running = experiments.find((experiment) => experiment.state === 'running');
        return [second, await lab('stop', running?.id ?? '', '--json')] as [LabRun, LabRun];
      })();
    });
    const [second, stop] = (await others) as [LabRun, LabRun];
    expect(second.exit).toBe(1);
    expect(second.json<CliError>().error).toMatchObject({ code: 'home-in-use', message: expect.stringMatching(/\d+/) });
    expect(stop.json()).toMatchObject({ state: 'stopped' });
    expect(run.exit).toBe(130);
    expect(run.json()).toMatchObject({ state: 'stopped' });
  });

  test('killed outright: interrupted, and the next look says so', async () => {
    const run = await whileTraining((kill) => kill('SIGKILL'));
    expect(run.exit).toBeNull();
    const [newest] = (await lab('ls', '--json')).json<{ experiments: ExperimentView[] }>().experiments;
    expect(newest?.state).toBe('interrupted');
  });
});

describe('bad input, slow: processes', () => {
  const write = (name: string, value: unknown): string => {
    writeFileSync(folder.path(name), typeof value === 'string' ? value : JSON.stringify(value));
    return folder.path(name);
  };
  test.each([
    ['neither file nor preset', ['search'], 2, 'usage', /configuration file or --preset/],
    ['both', ['search', config, '--preset', 'demo'], 2, 'usage', /not both/],
    ['an unknown preset', ['search', '--preset', 'huge', '--data', 'streets'], 2, 'unknown-preset', /paper, desktop, demo/],
    ['no data set', ['search', '--preset', 'demo'], 2, 'usage', /--data NAME/],
    ['an unknown data set', ['search', '--preset', 'demo', '--data', 'nope'], 2, 'unknown-dataset', /nope/],
    ['a file that is not there', ['search', folder.path('no.json')], 2, 'file-missing', /no\.json/],
    ['a file that is not JSON', ['search', write('bad.json', '{ "preset" ')], 2, 'invalid-json', /bad\.json/],
    [
      'several problems, all with their paths',
      ['search', write('two.json', { ...tiny, seed: -1, data: { ...tiny.data, crop: [3, 3] }, extra: 1 })],
      2,
      'invalid-config',
      /seed[^]*data\.crop[^]*extra/,
    ],
    ['--set without a value', ['search', config, '--set', 'seed'], 2, 'invalid-argument', /path=value/],
    ['--set of an unknown path', ['search', config, '--set', 'train.speed=3'], 2, 'invalid-config', /train\.speed/],
    ['threads on wasm', ['search', config, '--backend', 'wasm', '--threads', '4'], 2, 'threads-not-supported', /one thread/],
    ['an unknown backend', ['search', config, '--backend', 'quantum'], 2, 'unknown-backend', /quantum/],
    ['a preset of config that is none', ['config', 'huge'], 2, 'unknown-preset', /huge/],
    ['an unknown experiment to resume', ['resume', 'nope'], 2, 'unknown-experiment', /nope/],
    ['an unknown experiment to stop', ['stop', 'nope'], 2, 'unknown-experiment', /nope/],
    ['a fork with a broken change', ['fork', 'nope', '--set', '=3'], 2, 'usage', /path=value/],
    ['an unknown demo', ['demo', 'chess'], 2, 'usage', /hr-nas/],
    ['fit without data', ['fit', 'hr-nas:cs2'], 2, 'usage', /--data/],
    [
      'fit with weights that are not there',
      ['fit', 'hr-nas:cs2', '--data', 'streets', '--weights', folder.path('no.safetensors')],
      2,
      'file-missing',
      /weights/,
    ],
    [
      'evaluate of an unknown split',
      ['evaluate', 'hr-nas:cs2', '--weights', 'fill', '--data', 'streets', '--split', 'dusk'],
      2,
      'split-unknown',
      /dusk/,
    ],
    ['a trial that is none', ['cost', 'hrnas-000000:t3'], 2, 'unknown-experiment', /hrnas-000000/],
  ])('%s', async (_, args, exit, code, message) => {
    const run = await lab(...args, '--json');
    const { error } = run.json<CliError>();
    expect({ exit: run.exit, code: error.code }).toEqual({ exit, code });
    expect(error.message).toMatch(message);
  });

  test('lab config prints what lab search reads', async () => {
    const { out } = await lab('config', 'demo');
    expect(out).toContain('// ');
    const run = await lab('search', write('demo.json', out), '--json');
    expect(run.json<CliError>().error).toMatchObject({ code: 'usage', message: expect.stringContaining('data set') });
  });
});

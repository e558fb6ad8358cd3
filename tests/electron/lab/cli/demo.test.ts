import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { DatasetView, ExperimentView, LabApi, StartSearchRequest } from '../../../../electron/ipc/contract.ts';
import { experimentView, runOn, trials } from './fake-lab.ts';
import { scratch } from './run-lab.ts';

const folder = scratch();
afterAll(folder.remove);

/** A lab whose searches end at once. */
function endingWith(ended: ExperimentView): { lab: Partial<LabApi>; requests: StartSearchRequest[]; added: string[] } {
  const requests: StartSearchRequest[] = [];
  const added: string[] = [];
  const datasets: DatasetView[] = [];
  const lab: Partial<LabApi> = {
    datasets: () => Promise.resolve(datasets),
    addDataset: ({ root, name = 'cityscapes' }) => {
      added.push(root);
      datasets.push({
        name,
        kind: 'cityscapes',
        task: 'segmentation',
        root,
        fingerprint: 'f',
        splits: {},
        classes: [],
        isSynthetic: true,
        addedAt: '',
        isAvailable: true,
      });
      return Promise.resolve(datasets.at(-1) as DatasetView);
    },
    startSearch: (request) => {
      requests.push(request);
      return Promise.resolve({ ...ended, state: 'running' });
    },
    whenEnded: () => Promise.resolve(ended),
    frontInputs: () =>
      Promise.resolve([{ experiment: ended, dataset: ended.environment.dataset, reference: { macs: 100e6, metric: 0 }, trials }]),
    onEvent: () => () => undefined,
  };
  return { lab, requests, added };
}

const home = folder.path('home');
let fake = endingWith(experimentView);
beforeEach(() => {
  fake = endingWith(experimentView);
});

test('slow, draws the data: data set, preset, front, best network under 60 % of the MACs, drawing and next commands', async () => {
  const run = await runOn(fake.lab, ['demo', '--home', home, '--seed', '11']);
  expect(run.exit).toBe(0);
  expect(run.err).toMatch(/420 street scenes drawn/);
  expect(fake.requests[0]).toMatchObject({
    dataset: 'demo-streets',
    config: { preset: 'demo', seed: 11, data: { dataset: 'demo-streets' } },
  });
  expect(run.out).toMatch(/t2 .* front, knee/);
  // the reference t0 has 100 M MACs: t2 (40 M, 70 %) is the best below 60 M
  expect(run.out).toContain('best of at most 60 % of the MACs: t2, 40.0 M MACs, 70.0 %: 40 % of the MACs and 87.5 % of the accuracy');
  expect(run.out).toContain(`lab cost hrnas-7f3a2c:t2 --per-node --home ${home}`);
  const svg = /drawn: (.*\.svg)/.exec(run.out)?.[1] ?? '';
  expect(readFileSync(svg, 'utf8')).toContain('HR-NAS demo');
});

test('the data drawn before is used again; --json is one document with the promised keys', async () => {
  const run = await runOn(fake.lab, ['demo', 'hr-nas', '--json', '--home', home]);
  expect(run.err).toContain('drawn before');
  expect(fake.added).toHaveLength(1);
  expect(existsSync(fake.added[0] ?? '')).toBe(true);
  expect(run.json()).toMatchObject({
    id: 'hrnas-7f3a2c',
    state: 'complete',
    best: { number: 2 },
    seconds: expect.any(Number),
    references: [{ number: 0 }],
  });
});

test('stopped: exit 130 and the command that goes on', async () => {
  fake = endingWith({ ...experimentView, state: 'stopped' });
  const run = await runOn(fake.lab, ['demo', '--home', home]);
  expect(run.exit).toBe(130);
  expect(run.out).toContain('Go on with: lab resume hrnas-7f3a2c');
});

test('failed: the failure with its tip, exit 1', async () => {
  fake = endingWith({
    ...experimentView,
    state: 'failed',
    failure: { code: 'loss-not-finite', message: 'The loss became NaN.', tip: 'Lower it.' },
  });
  const run = await runOn(fake.lab, ['demo', '--home', home, '--json']);
  expect(run.exit).toBe(1);
  expect(run.json()).toEqual({ error: { code: 'loss-not-finite', message: 'The loss became NaN.', tip: 'Lower it.' } });
});

test('slow, draws the data: a demo with a random search beside it runs both, and puts them side by side', async () => {
  const random: ExperimentView = { ...experimentView, id: 'hrnas-000001', name: 'Lite-HRNet demo: random search' };
  const ends = new Map([experimentView, random].map((view) => [view.id, view]));
  const reference = { macs: 100e6, metric: 0 };
  const { dataset } = experimentView.environment;
  const lab: Partial<LabApi> = {
    ...fake.lab,
    startSearch: (request) => {
      fake.requests.push(request);
      const isRandom = (request.config as { strategy: { id: string } }).strategy.id === 'random';
      return Promise.resolve({ ...(isRandom ? random : experimentView), state: 'running' });
    },
    experiment: (id) => Promise.resolve({ ...(ends.get(id) as ExperimentView), state: 'running' }),
    whenEnded: (id) => Promise.resolve(ends.get(id) as ExperimentView),
    frontInputs: (ids) =>
      Promise.resolve(
        ids.map((id) => ({
          experiment: ends.get(id) as ExperimentView,
          dataset,
          reference,
          trials: (id === random.id ? trials.slice(1, 2) : trials.slice(1, 4)).map((trial) => ({ ...trial, experiment: id })),
        })),
      ),
  };
  const run = await runOn(lab, ['demo', 'lite-hrnet', '--quick', '--json', '--home', home]);
  expect(run.exit).toBe(0);
  expect(fake.requests.map(({ config }) => (config as { strategy: object }).strategy)).toMatchObject([
    { id: 'random', trials: 3, steps: 10 },
    { id: 'evolution', trials: 3, steps: 10 },
  ]);
  expect(run.json()).toMatchObject({ id: experimentView.id, baseline: { id: random.id, front: [{ number: 1 }] }, best: { number: 3 } });
  const svg = readFileSync(run.json<{ svg: string }>().svg, 'utf8');
  expect(svg).toContain('Lite-HRNet demo');
  expect(svg).toContain('random search');
  const text = (await runOn(lab, ['demo', 'hrnas-pose', '--quick', '--home', home])).out;
  expect(text).toMatch(/searched +3 +t3: 75\.0 % at 80\.0 M MACs/);
  expect(text).toMatch(/at random +1 +t1: 50\.0 % at 20\.0 M MACs/);
});

import { describe, expect, it } from 'vitest';
import type { LatencyModel } from '../../../engine/cost/latency-model.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import { isStep, isTrial, outcome } from './support/outcome.ts';
import { rectangles, runTiny, tinyConfig, type TinyRun } from './support/tiny-search.ts';

/** Four networks with three steps each, the best of them again with four; a state after every second step. */
const common = { trials: 4, steps: 3, retrain: { top: 1, steps: 4 } };
const searchBy = (strategy: object): SearchConfig => tinyConfig({ strategy: { ...common, ...strategy } });

const strategies = {
  random: searchBy({ id: 'random' }),
  evolution: searchBy({ id: 'evolution', population: 2, tournament: 2 }),
  'near-best': searchBy({ id: 'near-best', exploitProbability: 0.9, top: 2 }),
  tpe: searchBy({ id: 'tpe', startupTrials: 2, candidates: 4, gamma: 0.4 }),
};

/** Uninterrupted runs, made once. */
const wholeRuns = new Map<SearchConfig, Promise<TinyRun>>();
function wholeRun(config: SearchConfig): Promise<TinyRun> {
  const run = wholeRuns.get(config) ?? runTiny(config);
  wholeRuns.set(config, run);
  return run;
}

const scoreOf = ({ trials }: TinyRun, number: number): number => trials[number]?.metrics[0]?.value ?? NaN;

describe('slow: searches by strategies that propose network after network', () => {
  it.each(Object.entries(strategies))(
    '%s, killed three times in one run: trials with parents and operators, and weights equal an uninterrupted run',
    async (_id, config) => {
      const whole = await wholeRun(config);
      expect(whole.trials.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
      // after a state of a network that was made of others; after a trial, before its state; within the retraining
      let run = await runTiny(config, { killWhen: isStep(9) });
      for (const killWhen of [isTrial(3), isStep(15)]) run = await runTiny(config, { progress: run.progress, files: run.files, killWhen });
      run = await runTiny(config, { progress: run.progress, files: run.files });
      expect(run.events.at(-1)).toEqual({ type: 'finished', step: 16 });
      expect(outcome(run)).toEqual(outcome(whole));
    },
    60_000,
  );

  it('evolution: each child names its parent, one of the two before it, and the change', async () => {
    const { trials } = await wholeRun(strategies.evolution);
    expect(trials.slice(0, 4).map(({ operator }) => operator)).toEqual(['sample', 'sample', 'mutate', 'mutate']);
    for (const { number, parents = [] } of trials.slice(2, 4)) expect([number - 1, number - 2]).toContain(parents[0]);
  }, 30_000);

  it('retraining: the best by its proxy score, from new weights, as a trial of its own with final scores', async () => {
    const run = await wholeRun(strategies.random);
    const [best = -1] = [0, 1, 2, 3].sort((a, b) => scoreOf(run, b) - scoreOf(run, a) || a - b);
    const [proxy, trial] = [run.trials[best]!, run.trials[4]!];
    expect(trial).toMatchObject({ number: 4, arch: proxy.arch, hash: proxy.hash, parents: [best], steps: 4, role: 'front' });
    expect(trial).toMatchObject({ operator: 'retrain', series: 'retrain', metrics: [{ kind: 'retrained', split: 'search-val' }] });
    expect(proxy.metrics[0]?.kind).toBe('proxy');
    const { files } = outcome(run);
    expect(files['trial-0004.safetensors']).not.toBe(files[`trial-000${best}.safetensors`]);
  }, 30_000);

  it('a network whose training fails: never proposed or trained again, also on resume; with too few left the last retraining says so', async () => {
    const strategy = { id: 'evolution', trials: 3, steps: 2, population: 1, tournament: 1, retrain: { top: 3, steps: 1 } };
    const config = tinyConfig({ strategy });
    let calls = 0;
    const broken = (index: number): ReturnType<typeof rectangles> => {
      const batch = rectangles(config, 'train', index);
      // the first step of trial 1
      if (calls++ === 2) batch.images.fill(NaN);
      return batch;
    };
    const whole = await runTiny(config, { trainBatch: broken });
    expect(whole.events.filter(({ type }) => type === 'trial-failed')).toMatchObject([{ number: 1, code: 'loss-not-finite' }]);
    expect(whole.trials.map(({ number, parents }) => [number, parents])).toEqual([
      [0, undefined],
      [2, [0]],
      [3, expect.any(Array)],
      [4, expect.any(Array)],
    ]);
    expect(whole.events.at(-2)).toMatchObject({ type: 'log', level: 'warn', message: expect.stringContaining('rank 3') as string });
    calls = 0;
    const cut = await runTiny(config, { trainBatch: broken, killWhen: ({ type }) => type === 'trial-failed' });
    const resumed = await runTiny(config, { progress: cut.progress, files: cut.files });
    expect(resumed.events.some((event) => event.type === 'trial-started' && event.number === 1)).toBe(false);
    expect(outcome(resumed)).toEqual(outcome(whole));
  }, 30_000);
});

describe('slow: a search under a latency limit', () => {
  /** Every kind of layer takes as long. */
  const even: LatencyModel = { profile: 'p', device: 'd', factor: 0.5, errorMs: 0.25, layers: new Proxy({}, { get: () => 1 }) };
  const limited = tinyConfig({
    strategy: { id: 'near-best', trials: 2, steps: 1, top: 1, exploitProbability: 1, latencyProfile: 'p', maxLatencyMs: 45 },
  });

  it('trials say the predicted latency, its error and the profile, and keep to the limit', async () => {
    const { trials } = await runTiny(limited, { latency: even });
    expect(trials).toHaveLength(2);
    for (const { details } of trials) {
      const { ms, ...rest } = details!.predictedLatency as { readonly ms: number };
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(45);
      expect(rest).toEqual({ errorMs: 0.25, profile: 'p' });
    }
  });

  it('a profile without the layers: infeasible, saying that the profile lacks them and how to extend it', async () => {
    await expect(runTiny(limited, { latency: { ...even, layers: {} } })).rejects.toMatchObject({
      code: 'infeasible',
      message: expect.stringContaining('the device profile lacks layers (') as string,
      tip: expect.stringContaining('lab profile-device') as string,
    });
  }, 30_000);

  it('without a model it does not begin', async () => {
    await expect(runTiny(limited)).rejects.toMatchObject({ code: 'no-latency-model' });
  });
});

import { describe, expect, it } from 'vitest';
import { dryRunTask } from '../../../../electron/compute/tasks/dry-run.ts';
import type { Json } from '../../../../db/store.ts';
import { tinyLiteConfig, tinyPoseConfig } from '../../../engine/search/support/tiny-persons.ts';
import { tinyConfig, tinyProxyConfig, tinySpace } from '../../../engine/search/support/tiny-search.ts';
import { openBackend } from '../../../../engine/backend/backend.ts';

describe('dry run of a search', () => {
  it('a precision that the search would be refused is refused before anything is sampled', async () => {
    const control = {
      backend: await openBackend('wasm'),
      signal: new AbortController().signal,
      progress: () => expect.unreachable('nothing is sampled'),
    };
    const config = { preset: 'demo', train: { precision: { id: 'bfloat16' } } };
    await expect(dryRunTask({ config, rankingSplitSize: 4 }, control)).rejects.toMatchObject({ code: 'precision-not-supported' });
  });

  it('slow: the feasible share counts the MACs limits and the latency limit of a strategy that proposes networks', async () => {
    const control = { backend: await openBackend('wasm'), signal: new AbortController().signal, progress: () => undefined };
    const limited = (change: object) =>
      JSON.parse(
        JSON.stringify(tinyConfig({ strategy: { id: 'evolution', trials: 5, steps: 1, population: 2, tournament: 2, ...change } })),
      ) as Json;
    const half = await dryRunTask({ config: limited({ maxMacs: 6e5 }), rankingSplitSize: 4 }, control);
    expect(half.plan).toMatchObject({ trials: 5, steps: 5 });
    const below = half.space.histogram.reduce((sum, { to, count }) => sum + (to <= 6e5 ? count : 0), 0) / half.space.samples;
    expect(half.space.feasible).toBeGreaterThanOrEqual(below);
    expect(half.space.feasible).toBeLessThan(1);
    // a profile that knows no layer predicts no network
    const latency = { profile: 'p', device: 'd', factor: 1, errorMs: 0, layers: {} };
    const slow = await dryRunTask({ config: limited({ latencyProfile: 'p', maxLatencyMs: 5 }), rankingSplitSize: 4, latency }, control);
    expect(slow.space).toMatchObject({ feasible: 0, tip: expect.stringContaining('strategy.maxLatencyMs') as string });
  }, 60_000);

  it('slow: trials of a proxy task take the time of cells, not of whole networks', async () => {
    const control = { backend: await openBackend('wasm'), signal: new AbortController().signal, progress: () => undefined };
    const proxy = tinyProxyConfig({ strategy: { trials: 100, steps: 100, retrain: { top: 0 } } });
    const whole = { ...proxy, proxy: { id: 'none' } };
    const reportOf = (config: object) =>
      dryRunTask({ config: JSON.parse(JSON.stringify(config)) as Json, rankingSplitSize: 4 }, control);
    const [cells, networks] = [await reportOf(proxy), await reportOf(whole)];
    expect(cells.plan.phases[0]).toEqual({ name: 'backbone', steps: 3 });
    expect(networks.seconds).toBeGreaterThan((10_000 * networks.stepMs) / 1000);
    expect(cells.seconds).toBeLessThan((5_000 * cells.stepMs) / 1000);
  }, 60_000);

  it.each([
    ['HR-NAS', tinyPoseConfig(tinySpace, { steps: 6, intervalSteps: 3, warmupSteps: 3 })],
    ['Lite-HRNet', tinyLiteConfig()],
  ])('slow: %s on key points: space, plan and time, of which a mirrored ranking takes its part', async (_, config) => {
    const control = { backend: await openBackend('wasm'), signal: new AbortController().signal, progress: () => undefined };
    const report = await dryRunTask({ config: JSON.parse(JSON.stringify(config)) as Json, rankingSplitSize: 1000 }, control);
    expect(report.space).toMatchObject({ samples: 500, feasible: 1, largestMacs: expect.any(Number) as number });
    expect(report.plan.steps).toBeGreaterThan(0);
    const training = (report.plan.steps * report.stepMs) / 1000;
    // 1,270 persons and their mirror images for each trial, a forward pass being a third of a step
    const ranking = (report.plan.trials * 2 * 1270 * report.stepMs) / (3 * config.data.batchSize * 1000);
    expect(report.seconds - training - ranking).toBeGreaterThanOrEqual(-1e-9);
    expect(report.seconds).toBeLessThan(training + 1.01 * ranking);
  }, 60_000);
});

import { expect, test } from 'vitest';
import type { ExperimentSummary } from '../../../electron/ipc/overview.ts';
import { baselineOf } from '../../../renderer/stores/baselines.ts';

const summary = (
  id: string,
  strategy: string,
  createdAt: string,
  change: { fingerprint?: string; split?: string } = {},
): ExperimentSummary =>
  ({
    experiment: { id, system: 'dpc', createdAt, environment: { dataset: { fingerprint: change.fingerprint ?? 'f' } } },
    strategy,
    metric: { name: 'mIoU', split: change.split ?? 'search-val', kind: 'proxy' },
    front: [{ trial: 0, macs: 1, value: 0.5 }],
  }) as unknown as ExperimentSummary;

const search = summary('a', 'near-best', '2026-01-02');

test('the newest random search of the same system, content and split is the baseline', () => {
  const all = [search, summary('old', 'random', '2026-01-01'), summary('new', 'random', '2026-01-03'), summary('b', 'tpe', '2026-01-04')];
  expect(baselineOf(search, all)?.experiment.id).toBe('new');
});

test('another content or another split is no baseline, and a random search has none', () => {
  const others = [summary('x', 'random', '2026-01-05', { fingerprint: 'g' }), summary('y', 'random', '2026-01-05', { split: 'val' })];
  expect(baselineOf(search, [search, ...others])).toBeUndefined();
  expect(baselineOf(summary('r', 'random', '2026-01-01'), [summary('new', 'random', '2026-01-03')])).toBeUndefined();
});

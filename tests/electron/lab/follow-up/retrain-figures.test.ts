import { expect, it } from 'vitest';
import { createMemoryStore } from '../../../../db/memory/memory-store.ts';
import type { ExperimentRecord } from '../../../../db/store.ts';
import { scoresOf, usualCost } from '../../../../electron/lab/follow-up/retrain-figures.ts';

const strategy = { id: 'shrink', warmupSteps: 30, steps: 50 };

function storeWith(paces: Readonly<Record<string, readonly number[]>>) {
  const store = createMemoryStore();
  const records = Object.entries(paces).map(([id, stepMs]): ExperimentRecord => {
    const runner = { pid: 1, bootId: 'boot', startedAt: '1' };
    const record = store.createExperiment({ id, name: id, system: 'hr-nas', config: { strategy }, environment: {}, runner });
    store.addScalars(
      id,
      stepMs.map((value, i) => ({ step: i + 1, values: { stepMs: value } })),
    );
    return record;
  });
  return { store, records };
}

it('the pace is the median of the last steps: a slow beginning and one outlier do not count', () => {
  const { store, records } = storeWith({ search: [...Array<number>(80).fill(900), ...Array<number>(19).fill(200), 5000] });
  expect(usualCost(store, records)).toEqual({ steps: 80, secondsPerStep: 0.2 });
});

it('the first record with steps tells the pace, the last one the schedule; without any the pace is not told', () => {
  const { store, records } = storeWith({ retrained: [], search: [400] });
  expect(usualCost(store, records).secondsPerStep).toBe(0.4);
  const none = storeWith({ search: [] });
  expect(usualCost(none.store, none.records)).toEqual({ steps: 80 });
});

it('scores: one line a metric and split, a spread from two seeds on, nulls left out', () => {
  const of = (name: string, split: string, value: number | null) => ({ name, split, value });
  const scores = scoresOf([of('mIoU', 'val', 0.5), of('mIoU', 'val', 0.7), of('mIoU', 'val', null), of('mIoU', 'search-val', 0.4)]);
  expect(scores).toEqual([
    { name: 'mIoU', split: 'val', mean: 0.6, sd: expect.closeTo(0.1 * Math.SQRT2, 12) as number, seeds: 2 },
    { name: 'mIoU', split: 'search-val', mean: 0.4, seeds: 1 },
  ]);
});

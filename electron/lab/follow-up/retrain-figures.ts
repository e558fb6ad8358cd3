import type { ExperimentRecord, ExperimentStore } from '../../../db/store.ts';
import { spreadOf } from '../../../engine/export/front-row.ts';
import type { SearchConfig } from '../../../engine/search/config.ts';
import type { RetrainCost, RetrainedScore, TrialResult } from '../../ipc/follow-up.ts';

/** Of a curve that is read at so many points the last ones tell the pace. */
const curvePoints = 200;
const lastPoints = 20;

/** Steps from scratch to the end of one continuation, or those of a whole network where trials train cells alone. */
export function ownSteps({ strategy, proxy }: Pick<SearchConfig, 'strategy'> & Partial<Pick<SearchConfig, 'proxy'>>): number {
  if (proxy !== undefined && proxy.id !== 'none' && 'retrain' in strategy) return strategy.retrain.steps;
  return strategy.id === 'shrink' ? strategy.warmupSteps + strategy.steps : strategy.steps;
}

/** Mean and spread over the seeds; what has no value does not count. */
export function scoresOf(results: readonly Pick<TrialResult, 'name' | 'split' | 'value'>[]): readonly RetrainedScore[] {
  const groups = Map.groupBy(
    results.filter(({ value }) => value !== null),
    ({ name, split }) => JSON.stringify([name, split]),
  );
  return [...groups.values()].map((group) => {
    const values = group.map(({ value }) => value as number);
    const { name, split } = group[0] as TrialResult;
    return { name, split, ...(spreadOf(values) ?? { mean: values[0] as number, seeds: 1 }) };
  });
}

/** `records` from the best witness to the worst; the last one is the experiment that searched. */
export function usualCost(store: ExperimentStore, records: readonly ExperimentRecord[]): RetrainCost {
  const steps = ownSteps(records.at(-1)?.config as unknown as SearchConfig);
  for (const { id } of records) {
    const stepMs = store
      .scalars(id, 'stepMs', curvePoints)
      .slice(-lastPoints)
      .map(({ value }) => value)
      .toSorted((a, b) => a - b);
    const median = stepMs[stepMs.length >> 1];
    if (median !== undefined) return { steps, secondsPerStep: median / 1000 };
  }
  return { steps };
}

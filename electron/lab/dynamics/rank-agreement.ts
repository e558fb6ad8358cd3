import type { ExperimentStore } from '../../../db/store.ts';
import { fewestPairs, kendallTauB } from '../../../engine/metrics/kendall.ts';
import { spearmanRho } from '../../../engine/metrics/spearman.ts';
import type { Metric } from '../../../engine/search/events.ts';
import type { RankAgreementReport, RankPair } from '../../ipc/dynamics.ts';

/**
 * Trials that have both a cheap score and one or more of the final recipe for the same metric, from retraining by hand or by the search itself;
 * what was excluded is left out and counted.
 */
export function rankAgreement(store: ExperimentStore, ids: readonly string[]): RankAgreementReport {
  const pairs: RankPair[] = [];
  let excluded = 0;
  let metric: string | undefined;
  for (const id of ids) {
    const out = new Set(store.trialAnnotations(id).flatMap(({ number, exclusion }) => (exclusion === undefined ? [] : [number])));
    for (const [number, scores] of retrainedScores(store, id, out)) {
      const proxy = proxyOf(store, id, number, metric);
      const values = scores.get(proxy?.name ?? '');
      if (typeof proxy?.value !== 'number' || values === undefined) continue;
      if (out.has(number)) {
        excluded++;
        continue;
      }
      metric ??= proxy.name;
      pairs.push({ experiment: id, trial: number, proxy: proxy.value, ...meanAndSpread(values) });
    }
  }
  const [cheap, dear] = [pairs.map(({ proxy }) => proxy), pairs.map(({ retrained }) => retrained)];
  const { tau, n, isTooFew } = kendallTauB(cheap, dear);
  const rho = spearmanRho(cheap, dear);
  return {
    ...(metric === undefined ? {} : { metric }),
    pairs,
    n,
    ...(tau === undefined ? {} : { tau }),
    ...(rho === undefined ? {} : { rho }),
    isTooFew,
    fewest: fewestPairs,
    excluded,
  };
}

/** By trial, then metric. Trials that trained another one again count for that one. */
function retrainedScores(store: ExperimentStore, id: string, excluded: ReadonlySet<number>): Map<number, Map<string, number[]>> {
  const found = new Map<number, Map<string, number[]>>();
  const add = (number: number, { kind, name, value }: Pick<Metric, 'kind' | 'name' | 'value'>): void => {
    if (kind !== 'retrained' || value === null) return;
    const scores = found.get(number) ?? new Map<string, number[]>();
    scores.set(name, [...(scores.get(name) ?? []), value]);
    found.set(number, scores);
  };
  for (const result of store.trialResults(id)) add(result.number, result);
  const { number: numbers, operator } = store.trialPoints(id);
  for (const number of numbers.filter((own, i) => operator[i] === 'retrain' && !excluded.has(own))) {
    const { parents = [], metrics = [] } = store.trial(id, number) ?? {};
    for (const parent of parents) for (const metric of metrics) add(parent, metric as unknown as Metric);
  }
  return found;
}

function proxyOf(store: ExperimentStore, id: string, number: number, name: string | undefined): Metric | undefined {
  const metrics = (store.trial(id, number)?.metrics ?? []) as unknown as readonly Metric[];
  return metrics.find((metric) => metric.kind === 'proxy' && (name === undefined || metric.name === name));
}

function meanAndSpread(values: readonly number[]): Pick<RankPair, 'retrained' | 'sd' | 'seeds'> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2) return { retrained: mean, seeds: values.length };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { retrained: mean, sd: Math.sqrt(variance), seeds: values.length };
}

import type { ExperimentStore, TrialRecord } from '../../../db/store.ts';
import { ranked } from '../../../engine/strategies/admission.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';

/** One finished trial with a score. */
export interface ScoredTrial {
  readonly number: number;
  readonly arch: Architecture;
  readonly value: number;
  readonly macs: number;
  readonly parents: readonly number[];
}

/** Share of the trials that counts as best (ux: 'top 5 %'), and the fewest that say something. */
const bestShare = 0.05;
const fewestBest = 5;

/** Finished trials of the search itself by number: references and what was trained again with the final recipe are left out. */
export function searchedTrials(store: ExperimentStore, id: string): readonly ScoredTrial[] {
  return store
    .trials(id)
    .filter(({ state, role, operator }) => state === 'complete' && role !== 'reference' && operator !== 'retrain')
    .flatMap(scored);
}

/** Best first; of equal scores the earlier one. */
export function bestOf<T extends ScoredTrial>(trials: readonly T[]): readonly T[] {
  const count = Math.max(fewestBest, Math.ceil(bestShare * trials.length));
  return ranked(trials).slice(0, count);
}

function scored({ number, arch, metrics, cost, parents }: TrialRecord): readonly ScoredTrial[] {
  const value = (metrics[0] as { readonly value: number | null } | undefined)?.value;
  if (typeof value !== 'number') return [];
  const macs = (cost as { readonly macs: number } | undefined)?.macs ?? 0;
  return [{ number, arch: arch as unknown as Architecture, value, macs, parents: parents ?? [] }];
}

/** Shares of each label among the labels of both lists, in the order of `order`. */
export function sharesOf(
  order: readonly string[],
  best: readonly string[],
  all: readonly string[],
): { readonly label: string; readonly best: number; readonly all: number }[] {
  const share = (list: readonly string[], label: string): number =>
    list.length === 0 ? 0 : list.filter((one) => one === label).length / list.length;
  return order.map((label) => ({ label, best: share(best, label), all: share(all, label) }));
}

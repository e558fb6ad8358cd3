import type { ScoredTrial } from './front-view.ts';

export interface Limits {
  readonly maxMacs?: number;
  readonly maxParams?: number;
}

/**
 * The most accurate trial within the limits; of equally accurate ones the one with fewer MACs.
 * References are compared against, never chosen. Undefined when none fits.
 */
export function bestUnder(trials: readonly ScoredTrial[], limits: Limits): ScoredTrial | undefined {
  const score = (trial: ScoredTrial): number => trial.metrics[0]?.value ?? NaN;
  return trials
    .filter((trial) => trial.role !== 'reference' && Number.isFinite(score(trial)))
    .filter((trial) => trial.cost.macs <= (limits.maxMacs ?? Infinity) && trial.cost.params <= (limits.maxParams ?? Infinity))
    .toSorted((a, b) => score(b) - score(a) || a.cost.macs - b.cost.macs || a.number - b.number)[0];
}

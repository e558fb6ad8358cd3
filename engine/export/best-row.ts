import type { FrontRow, FrontTrial } from './front-row.ts';

/**
 * The most accurate trial within the limits, on its way or at the end of its run; of equally accurate ones the one that costs less MACs.
 * References are compared against, never chosen; excluded ones are not looked at. Undefined when none fits. Where networks were trained with
 * the final recipe one of them is it: a cheap score is no reason to prefer another.
 */
export function bestRow<T extends FrontTrial>(rows: readonly FrontRow<T>[]): FrontRow<T> | undefined {
  let best: FrontRow<T> | undefined;
  for (const row of rows) {
    if (row.trial.role === 'reference' || !row.isFeasible || row.trial.exclusion !== undefined || !Number.isFinite(row.y)) continue;
    if (best === undefined || compare(row, best) < 0) best = row;
  }
  return best;
}

function compare(a: FrontRow, b: FrontRow): number {
  return Number(b.kind === 'retrained') - Number(a.kind === 'retrained') || b.y - a.y || a.trial.cost.macs - b.trial.cost.macs || a.trial.number - b.trial.number;
}

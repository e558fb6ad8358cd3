import { bestRow } from '../../../engine/export/best-row.ts';
import type { FrontLimits } from '../../../engine/export/front-row.ts';
import { frontTable } from '../../../engine/export/front-table.ts';
import type { ScoredTrial } from './front-view.ts';

export type Limits = FrontLimits;

/** The most accurate of the trials within the limits, as engine/export/best-row.ts chooses it. Undefined when none fits. */
export function bestUnder(trials: readonly ScoredTrial[], limits: Limits): ScoredTrial | undefined {
  return bestRow(frontTable([{ id: '', trials }], { limits }).points)?.trial;
}

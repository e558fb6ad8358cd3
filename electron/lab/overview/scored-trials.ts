import type { TrialPoints } from '../../../db/store.ts';
import { frontHistory } from '../../../engine/metrics/front-history.ts';
import { frontOf } from '../../../engine/metrics/front.ts';
import type { Metric } from '../../../engine/search/events.ts';
import type { FrontMember } from '../../ipc/overview.ts';

/** Complete trials that have a cost and a score, as columns by number. */
export interface ScoredTrials {
  readonly metric: Pick<Metric, 'name' | 'split' | 'kind'> | undefined;
  readonly trial: readonly number[];
  readonly macs: readonly number[];
  readonly value: readonly number[];
  /** Of the value: 'proxy' or 'retrained'. */
  readonly kind: readonly string[];
  readonly role: readonly string[];
  readonly series: readonly (string | null)[];
}

export interface ScoredFront {
  readonly members: readonly FrontMember[];
  readonly isOnFront: readonly boolean[];
  readonly kneeTrial: number | undefined;
  readonly hypervolume: number | undefined;
  /** Whenever the front changed. */
  readonly changes: readonly { readonly trial: number; readonly hypervolume: number | undefined }[];
}

/** The first metric of each trial counts, where it is that of the first trial. */
export function scoredTrials(points: TrialPoints, excluded: ReadonlySet<number>): ScoredTrials {
  const trial: number[] = [];
  const macs: number[] = [];
  const value: number[] = [];
  const kind: string[] = [];
  const role: string[] = [];
  const series: (string | null)[] = [];
  let metric: ScoredTrials['metric'];
  for (let row = 0; row < points.number.length; row++) {
    const number = points.number[row] as number;
    const score = points.metrics[row]?.[0] as unknown as Metric | undefined;
    const cost = (points.cost[row] as { readonly macs?: number } | null)?.macs;
    if (points.state[row] !== 'complete' || excluded.has(number) || cost === undefined || typeof score?.value !== 'number') continue;
    metric ??= { name: score.name, split: score.split, kind: score.kind };
    if (score.name !== metric.name) continue;
    trial.push(number);
    macs.push(cost);
    value.push(score.value);
    kind.push(score.kind);
    role.push(points.role[row] ?? 'front');
    series.push(points.series[row] ?? null);
  }
  return { metric, trial, macs, value, kind, role, series };
}

/** Ends of runs compete; trials on the way and references do not. */
export function scoredFront(
  { trial, macs, value, role }: ScoredTrials,
  reference: { readonly macs: number; readonly metric: number } | undefined,
): ScoredFront {
  const competes = role.map((name) => name === 'front');
  const against = reference === undefined ? undefined : { x: reference.macs, y: reference.metric };
  const front = frontOf({ x: macs, y: value, competes }, against === undefined ? {} : { reference: against });
  const { changes } = frontHistory({ x: macs, y: value, at: trial, competes }, against);
  const rows = new Set(front.points.map(({ row }) => row));
  return {
    members: front.points.map(({ row, x, y }) => ({ trial: trial[row] as number, macs: x, value: y })),
    isOnFront: trial.map((_number, row) => rows.has(row)),
    kneeTrial: front.knee === undefined ? undefined : trial[front.knee.row],
    hypervolume: front.hypervolume,
    changes: changes.map(({ at, hypervolume }) => ({ trial: at, hypervolume })),
  };
}

/** The most accurate of those that competed, else of those on the way; of equal ones the cheaper. Scores of the final recipe outweigh cheap ones. */
export function bestOf({ metric, trial, macs, value, kind, role }: ScoredTrials): FrontMember | undefined {
  const hasEnds = role.includes('front');
  const isFinal = kind.includes('retrained');
  let best: number | undefined;
  for (let row = 0; row < trial.length; row++) {
    if (role[row] !== (hasEnds ? 'front' : 'trajectory') || (isFinal && kind[row] !== 'retrained')) continue;
    const isBetter =
      best === undefined ||
      (value[row] as number) > (value[best] as number) ||
      (value[row] === value[best] && (macs[row] as number) < (macs[best] as number));
    if (isBetter) best = row;
  }
  if (best === undefined) return undefined;
  const isOther = isFinal && metric?.kind !== 'retrained';
  return {
    trial: trial[best] as number,
    macs: macs[best] as number,
    value: value[best] as number,
    ...(isOther ? { kind: 'retrained' as const } : {}),
  };
}

/** Best value until each trial; references are not counted. */
export function bestSoFar({ value, role }: ScoredTrials): number[] {
  let best = -Infinity;
  return value.map((now, row) => {
    if (role[row] !== 'reference') best = Math.max(best, now);
    return best === -Infinity ? now : best;
  });
}

/** What the front needs of a trial; stored trials and engine trials both fit. */
export interface FrontTrial {
  readonly number: number;
  readonly hash: string;
  readonly role: 'front' | 'trajectory' | 'reference';
  readonly series?: string;
  readonly cost: {
    readonly macs: number;
    readonly params: number;
    readonly activationBytes: number;
    readonly input: readonly number[];
    readonly scope?: string;
  };
  /** Of one name, split and kind there are several when it was trained with several seeds, oldest first. */
  readonly metrics: readonly { readonly name: string; readonly value: number | null; readonly split: string; readonly kind: string }[];
  readonly steps: number;
  readonly seed: number;
  /** Measured p50, and on what. */
  readonly latencyMs?: number;
  readonly latencyDevice?: string;
  /** Why it is left out of the analysis. */
  readonly exclusion?: string;
}

export type FrontAxis = 'macs' | 'params' | 'activationBytes' | 'latency';

export interface FrontLimits {
  readonly maxMacs?: number;
  readonly maxParams?: number;
  readonly maxActivationBytes?: number;
  /** Trials that were not measured do not meet it. */
  readonly maxLatencyMs?: number;
}

export interface MetricPick {
  readonly metric: string;
  /** Any when left out. */
  readonly split?: string;
  readonly kind?: string;
  /** Of several values of one trial; the best when left out. */
  readonly aggregate?: 'best' | 'last' | 'mean';
}

/** Over several seeds of one architecture: mean and sample standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly sd: number;
  readonly seeds: number;
}

/** One trial as a row of every export: the chart, the table and the file show these very numbers. */
export interface FrontRow<T extends FrontTrial = FrontTrial> {
  readonly experiment: string;
  readonly trial: T;
  /** Cost on the x axis. */
  readonly x: number;
  /** The metric as a fraction; NaN when the trial has none. */
  readonly y: number;
  readonly split: string;
  readonly kind: string;
  /** Role 'front', within the limits and not excluded. */
  readonly competes: boolean;
  readonly isFeasible: boolean;
  readonly isOnFront: boolean;
  readonly isKnee: boolean;
  /** Trials at exactly this point; 1 for rows that are not on the front. */
  readonly count: number;
  readonly spread?: Spread;
}

export function frontRow<T extends FrontTrial>(
  experiment: string,
  trial: T,
  axis: FrontAxis,
  pick: MetricPick,
  limits: FrontLimits,
): FrontRow<T> {
  const values = trial.metrics.filter(
    ({ name, split, kind }) => name === pick.metric && (pick.split ?? split) === split && (pick.kind ?? kind) === kind,
  );
  const first = values[0];
  const same = first === undefined ? [] : values.filter(({ split, kind }) => split === first.split && kind === first.kind);
  const numbers = same.flatMap(({ value }) => (value === null || !Number.isFinite(value) ? [] : [value]));
  const isFeasible = meets(trial, limits);
  const spread = spreadOf(numbers);
  return {
    experiment,
    trial,
    x: costOn(trial, axis),
    y: aggregated(numbers, pick.aggregate ?? 'best'),
    split: first?.split ?? '',
    kind: first?.kind ?? '',
    competes: trial.role === 'front' && isFeasible && trial.exclusion === undefined,
    isFeasible,
    isOnFront: false,
    isKnee: false,
    count: 1,
    ...(spread === undefined ? {} : { spread }),
  };
}

export function costOn(trial: FrontTrial, axis: FrontAxis): number {
  return axis === 'latency' ? (trial.latencyMs ?? NaN) : trial.cost[axis];
}

export function meets({ cost, latencyMs }: FrontTrial, limits: FrontLimits): boolean {
  return (
    cost.macs <= (limits.maxMacs ?? Infinity) &&
    cost.params <= (limits.maxParams ?? Infinity) &&
    cost.activationBytes <= (limits.maxActivationBytes ?? Infinity) &&
    (limits.maxLatencyMs === undefined || (latencyMs !== undefined && latencyMs <= limits.maxLatencyMs))
  );
}

function aggregated(values: readonly number[], aggregate: NonNullable<MetricPick['aggregate']>): number {
  if (values.length === 0) return NaN;
  switch (aggregate) {
    case 'best':
      return values.reduce((best, value) => Math.max(best, value));
    case 'last':
      return values.at(-1) as number;
    case 'mean':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
}

export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length < 2) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: Math.sqrt(squares / (values.length - 1)), seeds: values.length };
}

/** Trials of one experiment that differ in nothing but their seed are repeats: each carries the spread over them. */
export function withSpreads<T extends FrontTrial>(rows: readonly FrontRow<T>[]): readonly FrontRow<T>[] {
  if (new Set(rows.map(({ trial }) => trial.hash)).size === rows.length) return rows;
  const byNetwork = new Map<string, FrontRow<T>[]>();
  for (const row of rows) {
    const key = `${row.experiment} ${row.trial.hash} ${row.trial.steps} ${row.kind} ${row.split}`;
    const same = byNetwork.get(key);
    if (same === undefined) byNetwork.set(key, [row]);
    else same.push(row);
  }
  const spreads = new Map<FrontRow<T>, Spread>();
  for (const same of byNetwork.values()) {
    const bySeed = new Map(same.map((row) => [row.trial.seed, row.y]));
    const spread = spreadOf([...bySeed.values()]);
    if (spread !== undefined) for (const row of same) spreads.set(row, spread);
  }
  return rows.map((row) => {
    const spread = row.spread ?? spreads.get(row);
    return spread === undefined ? row : { ...row, spread };
  });
}

import { hypervolume } from '../metrics/hypervolume.ts';
import { kneeOf } from '../metrics/knee.ts';
import { paretoFront } from '../metrics/pareto.ts';
import { sizeText } from './quantity.ts';

/** What the front needs of a trial; stored trials and engine trials both fit. */
export interface FrontTrial {
  readonly number: number;
  readonly hash: string;
  readonly role: 'front' | 'trajectory' | 'reference';
  readonly series?: string;
  readonly cost: { readonly macs: number; readonly params: number; readonly activationBytes: number; readonly input: readonly number[] };
  readonly metrics: readonly { readonly name: string; readonly value: number | null; readonly split: string; readonly kind: string }[];
  readonly steps: number;
  readonly seed: number;
}

export interface FrontExperiment<T extends FrontTrial = FrontTrial> {
  readonly id: string;
  readonly trials: readonly T[];
}

export type FrontAxis = 'macs' | 'params';

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
  readonly isOnFront: boolean;
  readonly isKnee: boolean;
  /** Trials at exactly this point; 1 for rows that are not on the front. */
  readonly count: number;
}

export interface FrontTable<T extends FrontTrial = FrontTrial> {
  readonly axis: FrontAxis;
  readonly metric: string;
  /** Front rows by rising cost, then the others in the order given. */
  readonly rows: readonly FrontRow<T>[];
  readonly knee?: { readonly row: FrontRow<T>; readonly gainLeft: number | undefined; readonly gainRight: number | undefined };
  /** Share of the box between `reference` and the ideal point; undefined without a reference. */
  readonly hypervolume?: number;
  readonly reference?: { readonly x: number; readonly y: number };
  /** Trials without a finite metric: counted, not drawn. */
  readonly skipped: number;
  /** What makes the rows hard to compare, in words. */
  readonly warnings: readonly string[];
}

export interface FrontOptions {
  readonly axis?: FrontAxis;
  /** Name of the metric; the first metric of the first trial when left out. */
  readonly metric?: string;
  readonly reference?: { readonly x: number; readonly y: number };
  readonly logX?: boolean;
}

/**
 * Front, knee and hypervolume of one or several experiments. Only trials with the role 'front' compete;
 * trajectory and reference trials are rows beside them.
 */
export function frontTable<T extends FrontTrial>(experiments: readonly FrontExperiment<T>[], options: FrontOptions = {}): FrontTable<T> {
  const axis = options.axis ?? 'macs';
  const metric =
    options.metric ?? experiments.flatMap((e) => e.trials).find((trial) => trial.metrics.length > 0)?.metrics[0]?.name ?? 'metric';
  const all = experiments.flatMap((e) => e.trials.map((trial) => plainRow(e.id, trial, axis, metric)));
  const drawn = all.filter((row) => Number.isFinite(row.y));
  const { front } = paretoFront(
    drawn.filter((row) => row.trial.role === 'front'),
    (row) => row.x,
    (row) => row.y,
  );
  const knee = kneeOf(front, { logX: options.logX ?? false });
  const frontRows = front.map((entry, i) => ({ ...entry.item, isOnFront: true, count: entry.count, isKnee: i === knee?.index }));
  const onFront = new Set(front.map((entry) => entry.item));
  const kneeRow = knee === undefined ? undefined : frontRows[knee.index];
  return {
    axis,
    metric,
    rows: [...frontRows, ...drawn.filter((row) => !onFront.has(row))],
    ...(knee === undefined || kneeRow === undefined ? {} : { knee: { row: kneeRow, gainLeft: knee.gainLeft, gainRight: knee.gainRight } }),
    ...(options.reference === undefined ? {} : { reference: options.reference, hypervolume: hypervolume(front, options.reference) }),
    skipped: all.length - drawn.length,
    warnings: differences(drawn),
  };
}

function plainRow<T extends FrontTrial>(experiment: string, trial: T, axis: FrontAxis, name: string): FrontRow<T> {
  const metric = trial.metrics.find((entry) => entry.name === name);
  return {
    experiment,
    trial,
    x: trial.cost[axis],
    y: metric?.value ?? NaN,
    split: metric?.split ?? '',
    kind: metric?.kind ?? '',
    isOnFront: false,
    isKnee: false,
    count: 1,
  };
}

function differences(rows: readonly FrontRow[]): string[] {
  const facts: readonly (readonly [string, (row: FrontRow) => string])[] = [
    ['input', (row) => sizeText(row.trial.cost.input)],
    ['split', (row) => row.split],
    ['kind of score', (row) => row.kind],
  ];
  return facts.flatMap(([name, of]) => {
    const values = [...new Set(rows.map(of))];
    return values.length < 2 ? [] : [`not comparable: ${name} ${values.join(' against ')}`];
  });
}

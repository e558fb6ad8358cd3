import { comparabilityFindings } from '../metrics/comparability.ts';
import type { ComparabilityFinding } from '../metrics/comparability.ts';
import { frontLine } from './front-line.ts';
import type { FrontLine } from './front-line.ts';
import { frontRow, withSpreads } from './front-row.ts';
import type { FrontAxis, FrontLimits, FrontRow, FrontTrial, MetricPick } from './front-row.ts';
import type { PublishedNetwork } from './published-network.ts';
import { sizeText } from './quantity.ts';

export interface FrontExperiment<T extends FrontTrial = FrontTrial> {
  readonly id: string;
  /** The id when left out. */
  readonly name?: string;
  readonly trials: readonly T[];
  /** Version of the data, in words. */
  readonly data?: string;
  /** Against which its hypervolume is measured: x in units of the axis. */
  readonly reference?: { readonly x: number; readonly y: number };
}

export interface FrontTable<T extends FrontTrial = FrontTrial> {
  readonly axis: FrontAxis;
  readonly metric: string;
  /** Front rows by rising cost, then the others in the order given. */
  readonly rows: readonly FrontRow<T>[];
  /** The same rows in the order given: by experiment, then as its trials came. */
  readonly points: readonly FrontRow<T>[];
  readonly knee?: { readonly row: FrontRow<T>; readonly gainLeft: number | undefined; readonly gainRight: number | undefined };
  /** Share of the box between `reference` and the ideal point; undefined without a common reference. */
  readonly hypervolume?: number;
  readonly reference?: { readonly x: number; readonly y: number };
  /** Over all experiments. */
  readonly joint: FrontLine;
  /** Of each experiment on its own. */
  readonly lines: readonly (FrontLine & { readonly experiment: string; readonly name: string })[];
  readonly published: readonly PublishedNetwork[];
  /** Trials without a finite metric or cost: counted, not drawn. */
  readonly skipped: number;
  readonly withoutCost: number;
  readonly findings: readonly ComparabilityFinding[];
  /** What makes the rows hard to compare, in words. */
  readonly warnings: readonly string[];
}

export interface FrontOptions extends Partial<MetricPick> {
  readonly axis?: FrontAxis;
  /** Common to all experiments, in place of their own ones. */
  readonly reference?: { readonly x: number; readonly y: number };
  readonly logX?: boolean;
  readonly limits?: FrontLimits;
  readonly published?: readonly PublishedNetwork[];
}

/**
 * Front, knee and hypervolume of one or several experiments, together and each on its own. Only trials with the role 'front' that meet
 * the limits and are not excluded compete; the others are rows beside them. A hypervolume over several experiments needs one common reference.
 */
export function frontTable<T extends FrontTrial>(experiments: readonly FrontExperiment<T>[], options: FrontOptions = {}): FrontTable<T> {
  const axis = options.axis ?? 'macs';
  const pick = { ...options, metric: options.metric ?? firstMetric(experiments) };
  const all = experiments.flatMap((e) => e.trials.map((trial) => frontRow(e.id, trial, axis, pick, options.limits ?? {})));
  const scored = all.filter((row) => Number.isFinite(row.y));
  const drawn = withSpreads(scored.filter((row) => Number.isFinite(row.x)));
  const lines = experiments.map(({ id, name = id, reference }) => {
    const members = indicesWhere(drawn, (row) => row.experiment === id);
    return { experiment: id, name, ...frontLine(drawn, members, { ...options, reference: options.reference ?? reference, axis }) };
  });
  const common = commonReference(experiments, options);
  const [only] = lines;
  const joint = lines.length === 1 && only !== undefined ? only : frontLine(drawn, undefined, { ...options, ...common, axis });
  const points = marked(drawn, joint);
  const onFront = joint.points.map((index) => points[index] as FrontRow<T>);
  const knee = joint.knee;
  const findings = differences(experiments, points, axis);
  return {
    axis,
    metric: pick.metric,
    rows: [...onFront, ...points.filter((row) => !row.isOnFront)],
    points,
    ...(knee === undefined ? {} : { knee: { row: points[knee.point] as FrontRow<T>, gainLeft: knee.gainLeft, gainRight: knee.gainRight } }),
    ...(joint.hypervolume === undefined ? {} : { hypervolume: joint.hypervolume }),
    ...(joint.reference === undefined ? {} : { reference: joint.reference }),
    joint,
    lines,
    published: options.published ?? [],
    skipped: all.length - drawn.length,
    withoutCost: scored.length - drawn.length,
    findings,
    warnings: [
      ...findings.map(({ message }) => message),
      ...(axis === 'macs' && common.refused !== undefined && lines.length > 1 ? [common.refused] : []),
    ],
  };
}

/** Name of the metric that trials have first. */
export function firstMetric(experiments: readonly FrontExperiment[]): string {
  for (const { trials } of experiments) for (const { metrics } of trials) if (metrics[0] !== undefined) return metrics[0].name;
  return 'metric';
}

function commonReference(experiments: readonly FrontExperiment[], options: FrontOptions) {
  if (options.reference !== undefined) return { reference: options.reference, refused: undefined };
  const references = new Map(experiments.map(({ reference }) => [JSON.stringify(reference ?? null), reference]));
  if (references.size === 1) return { reference: [...references.values()][0], refused: undefined };
  return { reference: undefined, refused: 'no hypervolume: the experiments have different reference points' };
}

function marked<T extends FrontTrial>(rows: readonly FrontRow<T>[], joint: FrontLine): readonly FrontRow<T>[] {
  const counts = new Map(joint.points.map((index, i) => [index, joint.counts[i] ?? 1]));
  return rows.map((row, index) => {
    const count = counts.get(index);
    return count === undefined ? row : { ...row, isOnFront: true, isKnee: joint.knee?.point === index, count };
  });
}

function indicesWhere<T>(items: readonly T[], isWanted: (item: T) => boolean): number[] {
  const indices: number[] = [];
  items.forEach((item, index) => {
    if (isWanted(item)) indices.push(index);
  });
  return indices;
}

/** Metric (another one where the task is another), data, input, split, kind of score, scope, budget (training steps of what competes) and, for latencies, the device. */
function differences(experiments: readonly FrontExperiment[], rows: readonly FrontRow[], axis: FrontAxis): readonly ComparabilityFinding[] {
  return comparabilityFindings(
    experiments.map(({ id, name = id, data, trials }) => {
      const own = rows.filter((row) => row.experiment === id);
      const finals = own.filter((row) => row.trial.role === 'front');
      const facts = (of: (row: FrontRow) => string | undefined, among = own) =>
        [...new Set(among.map(of).filter((value) => value !== undefined && value !== ''))] as string[];
      return {
        label: name,
        facts: {
          metric: trials[0]?.metrics[0] === undefined ? [] : [trials[0].metrics[0].name],
          'data set': data === undefined ? [] : [data],
          input: facts((row) => sizeText(row.trial.cost.input)),
          split: facts((row) => row.split),
          'kind of score': facts((row) => row.kind),
          'scope of MACs': facts((row) => row.trial.cost.scope),
          budget: experiments.length < 2 ? [] : facts((row) => `${row.trial.steps} steps`, finals),
          ...(axis === 'latency' ? { device: facts((row) => row.trial.latencyDevice) } : {}),
        },
      };
    }),
  );
}

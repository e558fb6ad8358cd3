import { bestRow } from '../../../engine/export/best-row.ts';
import type { FrontLine } from '../../../engine/export/front-line.ts';
import type { FrontAxis, FrontRow } from '../../../engine/export/front-row.ts';
import { prefixFor, quantity } from '../../../engine/export/quantity.ts';
import type {
  BestUnder,
  FrontCounts,
  FrontExperiment,
  FrontPoints,
  FrontSummary,
  FrontView,
  MetricChoice,
  TrialLimits,
} from '../../ipc/tradeoff.ts';
import type { Selection } from './selections.ts';
import type { SourceTrial, TrialSource } from './trial-source.ts';

type Row = FrontRow<SourceTrial>;

const roles = { front: 0, trajectory: 1, reference: 2 } as const;
/** Bits of `FrontPoints.flags`, as the interface's contract describes them. */
const flags = { competes: 1, infeasible: 2, excluded: 4, starred: 8, shortlisted: 16 } as const;

/** The table of a selection as columns. */
export function frontView(selection: Selection, limits: TrialLimits): FrontView {
  const { sources, table } = selection;
  const series = [...new Set(table.points.flatMap(({ trial }) => (trial.series === undefined ? [] : [trial.series])))];
  const kinds = [...new Set(table.points.map(({ kind }) => kind))];
  const splits = [...new Set(table.points.map(({ split }) => split))];
  return {
    axis: table.axis,
    metric: {
      name: table.metric,
      split: splits.length === 1 ? (splits[0] ?? '') : 'mixed',
      kind: kinds.length === 1 ? (kinds[0] ?? '') : 'mixed',
    },
    metrics: metricChoices(sources),
    hasLatency: sources.some(({ trials }) => trials.some(({ latencyMs }) => latencyMs !== undefined)),
    experiments: sources.map((source, i) => experimentOf(source, table.lines[i] as FrontLine, table.points, table.axis)),
    series,
    points: columnsOf(selection, series),
    joint: summaryOf(table.joint, table.points, table.axis),
    best: bestUnder(selection, limits),
    published: table.published.map(({ name, macs, params, activationBytes, input, value, metric, on, source }) => ({
      name,
      x: table.axis === 'latency' ? null : { macs, params, activationBytes }[table.axis],
      macs,
      params,
      // A figure of another metric has no place on this axis.
      y: metric === table.metric ? value : null,
      ...(on === undefined ? {} : { on }),
      input,
      source,
    })),
    counts: countsOf(selection),
    findings: table.findings,
    basis: [...new Set(sources.map(({ data }) => data)), ...splits].filter((word) => word !== '').join(', '),
    lastNumber: table.points.reduce((last, { trial }) => Math.max(last, trial.number), 0),
  };
}

/** The most accurate point within the limits, or why there is none. */
export function bestUnder({ sources, table }: Selection, limits: TrialLimits): BestUnder {
  const best = bestRow(table.points);
  if (best !== undefined) return { experiment: best.experiment, number: best.trial.number, point: table.points.indexOf(best) };
  if (table.points.length === 0) return { reason: 'No trial with a score has finished yet.' };
  const smallest = sources.flatMap(({ trials }) => trials).reduce((least, { cost }) => Math.min(least, cost.macs), Infinity);
  const wanted = limitWords(limits);
  return {
    reason: `None of the ${table.points.length} trials has ${wanted === '' ? 'a score that counts' : wanted}. The smallest has ${quantity(smallest, 'MACs')}.`,
  };
}

export function limitWords({ maxMacs, maxParams, maxActivationBytes, maxLatencyMs }: TrialLimits): string {
  return [
    ...(maxMacs === undefined ? [] : [`MACs ≤ ${quantity(maxMacs, '')}`]),
    ...(maxParams === undefined ? [] : [`parameters ≤ ${quantity(maxParams, '')}`]),
    ...(maxActivationBytes === undefined ? [] : [`activations ≤ ${quantity(maxActivationBytes, 'B')}`]),
    ...(maxLatencyMs === undefined ? [] : [`measured latency ≤ ${maxLatencyMs} ms`]),
  ].join(' and ');
}

function experimentOf(source: TrialSource, line: FrontLine, points: readonly Row[], axis: FrontAxis): FrontExperiment {
  const { record, data, stored, trials, failed } = source;
  return {
    id: record.id,
    name: record.name,
    system: record.system,
    state: record.state,
    data,
    ...(stored === undefined ? {} : { reference: stored }),
    front: summaryOf(line, points, axis),
    finished: trials.length + failed.length,
  };
}

function summaryOf(line: FrontLine, points: readonly Row[], axis: FrontAxis): FrontSummary {
  const { knee, hypervolume, reference, hypervolumeRefused, history } = line;
  const changes = history.changes;
  const kneeX = knee === undefined ? 1 : (points[knee.point] as Row).x;
  const { step, unit } = gainUnit(axis, kneeX);
  return {
    points: line.points,
    counts: line.counts,
    ...(knee === undefined
      ? {}
      : {
          knee: {
            point: knee.point,
            ...(knee.gainLeft === undefined ? {} : { gainLeft: knee.gainLeft * step }),
            ...(knee.gainRight === undefined ? {} : { gainRight: knee.gainRight * step }),
            gainUnit: unit,
            gainStep: step,
          },
        }),
    ...(hypervolume === undefined ? {} : { hypervolume }),
    ...(reference === undefined ? {} : { reference: { macs: reference.x, metric: reference.y } }),
    ...(hypervolumeRefused === undefined ? {} : { hypervolumeRefused }),
    history: {
      at: changes.map(({ at }) => at),
      size: changes.map(({ size }) => size),
      ...(hypervolume === undefined ? {} : { hypervolume: changes.map((change) => change.hypervolume ?? 0) }),
    },
  };
}

/** One step of cost that reads well beside the knee: 'G MACs' for networks of G MACs, 'M MACs' for small ones. */
function gainUnit(axis: FrontAxis, x: number): { readonly step: number; readonly unit: string } {
  if (axis === 'latency') return { step: 1, unit: 'ms' };
  const { sign, factor } = prefixFor(x);
  const unit = { macs: 'MACs', params: 'params', activationBytes: 'B' }[axis];
  return { step: factor, unit: sign === '' ? unit : `${sign} ${unit}` };
}

function columnsOf({ sources, table }: Selection, series: readonly string[]): FrontPoints {
  const { points, joint, lines } = table;
  const experimentIndex = new Map(sources.map(({ id }, i) => [id, i]));
  const seriesIndex = new Map(series.map((name, i) => [name, i]));
  const own = timesOf(points.length, lines);
  const together = lines.length < 2 ? undefined : timesOf(points.length, [joint]);
  const hasLatency = points.some(({ trial }) => trial.latencyMs !== undefined);
  return {
    experiment: points.map((row) => experimentIndex.get(row.experiment) ?? 0),
    number: points.map(({ trial }) => trial.number),
    x: points.map(({ x }) => x),
    y: points.map(({ y }) => y),
    macs: points.map(({ trial }) => trial.cost.macs),
    params: points.map(({ trial }) => trial.cost.params),
    ...(hasLatency ? { latencyMs: points.map(({ trial }) => trial.latencyMs ?? null) } : {}),
    series: points.map(({ trial }) => (trial.series === undefined ? -1 : (seriesIndex.get(trial.series) ?? -1))),
    role: points.map(({ trial }) => roles[trial.role]),
    flags: points.map((row) => flagsOf(row, sources[experimentIndex.get(row.experiment) ?? 0])),
    entered: own.entered,
    left: own.left,
    ...(together === undefined ? {} : { jointEntered: together.entered, jointLeft: together.left }),
    spread: points.flatMap(({ spread }, point) => (spread === undefined ? [] : [{ point, ...spread }])),
  };
}

function timesOf(count: number, lines: readonly FrontLine[]): { readonly entered: number[]; readonly left: number[] } {
  const entered = new Array<number>(count).fill(-1);
  const left = new Array<number>(count).fill(-1);
  for (const { members, history } of lines) {
    members.forEach((point, i) => {
      entered[point] = history.entered[i] as number;
      left[point] = history.left[i] as number;
    });
  }
  return { entered, left };
}

function flagsOf(row: Row, source: TrialSource | undefined): number {
  const annotation = source?.annotations.get(row.trial.number);
  return (
    (row.competes ? flags.competes : 0) |
    (row.isFeasible ? 0 : flags.infeasible) |
    (row.trial.exclusion === undefined ? 0 : flags.excluded) |
    (annotation?.isStarred === true ? flags.starred : 0) |
    (annotation?.isShortlisted === true ? flags.shortlisted : 0)
  );
}

/** Most trials have the same metrics, so the last key is looked at first. */
function metricChoices(sources: readonly TrialSource[]): readonly MetricChoice[] {
  const choices: { name: string; split: string; kind: MetricChoice['kind']; trials: number; last: SourceTrial | undefined }[] = [];
  let recent: (typeof choices)[number] | undefined;
  for (const { trials } of sources) {
    for (const trial of trials) {
      for (const { name, split, kind } of trial.metrics) {
        if (kind !== 'proxy' && kind !== 'retrained') continue;
        if (recent?.name !== name || recent.split !== split || recent.kind !== kind) {
          recent = choices.find((choice) => choice.name === name && choice.split === split && choice.kind === kind);
          if (recent === undefined) choices.push((recent = { name, split, kind, trials: 0, last: undefined }));
        }
        // Several seeds are one trial.
        if (recent.last !== trial) recent.trials++;
        recent.last = trial;
      }
    }
  }
  return choices.map(({ last: _last, ...choice }) => choice);
}

function countsOf({ sources, table }: Selection): FrontCounts {
  const failed = sources.reduce((sum, source) => sum + source.failed.length, 0);
  return {
    trials: failed + sources.reduce((sum, { trials }) => sum + trials.length, 0),
    failed,
    withoutScore: table.skipped - table.withoutCost,
    withoutCost: table.withoutCost,
    excluded: table.points.filter(({ trial }) => trial.exclusion !== undefined).length,
    infeasible: table.points.filter(({ isFeasible }) => !isFeasible).length,
  };
}

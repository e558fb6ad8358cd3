import type { ChoiceColumns, FrontView, TrialColumn, TrialRowsRequest } from '../../../electron/ipc/tradeoff.ts';
import type { Brush, BrushState } from '../../charts/parallel.ts';

const plain: ReadonlySet<string> = new Set(['macs', 'params', 'latencyMs', 'metric']);

/** The brushes of the parallel coordinates, as the chart and the table understand them. */
export interface BrushResult {
  /** One for every point that passes; undefined when nothing is brushed. */
  readonly points: Uint8Array | undefined;
  readonly ranges: NonNullable<TrialRowsRequest['ranges']>;
  /** Trials that pass brushes of choices, which only they themselves know. */
  readonly only: TrialRowsRequest['only'];
}

/** Costs and scores are known of every point; choices of those whose architectures were read. */
export function brushResult(view: FrontView, choices: ChoiceColumns | undefined, { brushes, topShare }: BrushState): BrushResult {
  const top = topRange(view.points.y, topShare);
  const all = [...brushes, ...(top === undefined ? [] : [top])];
  if (all.length === 0) return { points: undefined, ranges: [], only: undefined };
  const passing = new Uint8Array(view.points.number.length).fill(1);
  for (const { key, from, to } of all.filter((brush) => plain.has(brush.key))) {
    const column = columnOf(view, key);
    for (let point = 0; point < passing.length; point++) {
      const value = column[point] ?? null;
      if (value === null || value < from || value > to) passing[point] = 0;
    }
  }
  const byChoice = all.filter(({ key }) => key.startsWith('choice:'));
  if (byChoice.length > 0) keepChosen(passing, choices, byChoice);
  return {
    points: passing,
    ranges: all.flatMap(({ key, from, to }) =>
      plain.has(key) ? [{ column: key as TrialColumn, from: finite(from), to: finite(to) }] : [],
    ),
    only: byChoice.length === 0 ? undefined : trialsOf(view, passing),
  };
}

function topRange(scores: readonly number[], share: number): Brush | undefined {
  if (share >= 1 || scores.length === 0) return undefined;
  const sorted = Float64Array.from(scores).sort();
  const from = sorted[Math.min(sorted.length - 1, Math.floor((1 - share) * sorted.length))] as number;
  return { key: 'metric', from, to: Infinity };
}

function columnOf({ points }: FrontView, key: string): readonly (number | null)[] {
  switch (key) {
    case 'macs':
      return points.macs;
    case 'params':
      return points.params;
    case 'latencyMs':
      return points.latencyMs ?? [];
    default:
      return points.y;
  }
}

function keepChosen(passing: Uint8Array, choices: ChoiceColumns | undefined, brushes: readonly Brush[]): void {
  const chosen = new Set<number>();
  choices?.points.forEach((point, line) => {
    const isInside = brushes.every(({ key, from, to }) => {
      const value = choices.columns.find(({ name }) => key === `choice:${name}`)?.values[line] ?? null;
      return value !== null && value >= from && value <= to;
    });
    if (isInside) chosen.add(point);
  });
  for (let point = 0; point < passing.length; point++) if (!chosen.has(point)) passing[point] = 0;
}

function trialsOf({ points, experiments }: FrontView, passing: Uint8Array): (readonly [string, number])[] {
  const trials: (readonly [string, number])[] = [];
  for (let point = 0; point < passing.length; point++) {
    if (passing[point] === 1) trials.push([experiments[points.experiment[point] ?? 0]?.id ?? '', points.number[point] as number]);
  }
  return trials;
}

/** Messages are JSON, which has no infinity. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

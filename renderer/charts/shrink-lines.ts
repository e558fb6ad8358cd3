import type { ChartConfiguration } from 'chart.js';
import type { ShrinkSeries } from '../../electron/ipc/dynamics.ts';
import { percent } from '../format/percent.ts';
import { quantity } from '../format/quantity.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import { seriesColor } from './theme.ts';
import type { ChartTheme } from './theme.ts';

export interface ShrinkChart {
  readonly config: ChartConfiguration;
  readonly label: string;
  readonly table: ChartTable;
}

/** The chosen series is drawn strongly; the colour of a series is the same in every chart. */
interface LineOptions {
  readonly theme: ChartTheme;
  readonly chosen: number;
}

interface Line {
  readonly label: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** MACs of what is alive over the steps, and how many the supernet has. */
export function macsChart(series: readonly ShrinkSeries[], supernet: number, options: LineOptions): ShrinkChart {
  const lines = series.map(({ name, points }) => ({ label: name, points: points.map(({ step, macs }) => ({ x: step, y: macs })) }));
  const last = lines[options.chosen]?.points.at(-1);
  const label = `MACs left over the steps: ${last === undefined ? 'no points yet' : `${options.chosen === -1 ? '' : (series[options.chosen]?.name ?? '')} at ${quantity(last.y, 'MACs')}`} of ${quantity(supernet, 'MACs')}.`;
  return lineChart(
    lines,
    { y: 'MACs left ↓ better', tick: (value) => quantity(value), min: 0, label, cell: (value) => quantity(value, 'MACs') },
    options,
  );
}

/** The weight of the penalty over the steps. */
export function penaltyChart(series: readonly ShrinkSeries[], options: LineOptions): ShrinkChart {
  const lines = series.map(({ name, lambda }) => ({
    label: name,
    points: lambda.step.map((step, i) => ({ x: step, y: lambda.value[i] ?? 0 })),
  }));
  const label = 'Weight of the penalty over the steps: a ramp from 0 to rho.';
  return lineChart(lines, { y: 'penalty λ', tick: String, min: 0, label, cell: String }, options);
}

/** The score at each point. */
export function scoreChart(series: readonly ShrinkSeries[], metric: string, options: LineOptions): ShrinkChart {
  const lines = series.map(({ name, points }) => ({
    label: name,
    points: points.flatMap(({ step, value }) => (value === undefined ? [] : [{ x: step, y: value }])),
  }));
  const label = `${metric} at each point of the runs.`;
  return lineChart(
    lines,
    { y: `${metric} ↑ better`, isShare: true, label, cell: (value) => percent(value, 2) },
    options,
  );
}

interface LineText {
  readonly y: string;
  readonly tick?: (value: number) => string;
  readonly isShare?: boolean;
  readonly cell: (value: number) => string;
  readonly label: string;
  readonly min?: number;
}

function lineChart(lines: readonly Line[], { y, cell, label, ...axis }: LineText, { theme, chosen }: LineOptions): ShrinkChart {
  const options = axesOptions(theme, { title: 'training steps', isWhole: true }, { title: y, ...axis });
  const datasets = lines.map(({ label: name, points }, index) => ({
    label: name,
    data: [...points],
    borderColor: seriesColor(theme, index),
    backgroundColor: seriesColor(theme, index),
    borderWidth: index === chosen ? 2.5 : 1.2,
    pointRadius: points.length > 40 ? 0 : index === chosen ? 3.5 : 2,
    borderDash: index === chosen ? [] : [4, 3],
    order: index === chosen ? 0 : 1,
  }));
  return {
    config: { type: 'line', data: { datasets }, options: { ...options, spanGaps: true } } as ChartConfiguration,
    label,
    table: {
      columns: ['Series', 'Step', y],
      rows: lines.flatMap(({ label: name, points }) => points.map((point) => [name, point.x, cell(point.y)] as const)),
    },
  };
}

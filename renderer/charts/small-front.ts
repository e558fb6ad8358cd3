import type { ChartConfiguration } from 'chart.js';
import type { RunView } from '../../electron/ipc/overview.ts';
import { percent } from '../format/percent.ts';
import { macs, quantity } from '../format/quantity.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

type Points = RunView['points'];

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly trial: number;
}

function spots(points: Points, isWanted: (row: number) => boolean): readonly Spot[] {
  return points.trial.flatMap((trial, row) => (isWanted(row) ? [{ x: points.macs[row] ?? NaN, y: points.value[row] ?? NaN, trial }] : []));
}

/** The front so far as a staircase, ends of runs, trials on the way (light), references and the knee. */
export function smallFrontChart(points: Points, knee: number | undefined, metric: string, theme: ChartTheme): ChartConfiguration {
  const base = axesOptions(
    theme,
    { title: 'MACs  ← better', tick: (value) => quantity(value) },
    { title: `${metric}  ↑ better`, isShare: true },
  );
  return {
    type: 'line',
    data: { datasets: frontDatasets(points, knee, theme) },
    options: {
      ...base,
      interaction: { mode: 'nearest', axis: 'xy', intersect: true },
      plugins: {
        ...base.plugins,
        tooltip: {
          ...base.plugins?.tooltip,
          callbacks: {
            label: ({ raw, dataset }: { raw: unknown; dataset: { label?: string } }) => {
              const { trial, x, y } = raw as Spot;
              return `t${trial} ${dataset.label ?? ''}: ${percent(y)} at ${macs(x)}`;
            },
          },
        },
      },
    },
  } as unknown as ChartConfiguration;
}

function frontDatasets(points: Points, knee: number | undefined, theme: ChartTheme): readonly object[] {
  const front = spots(points, (row) => points.isOnFront[row] === true).toSorted((a, b) => a.x - b.x);
  const color = theme.series[0] ?? theme.accent;
  const scatter = (label: string, data: readonly Spot[], style: object) => ({
    type: 'scatter' as const,
    label,
    data,
    pointHitRadius: 12,
    ...style,
  });
  return [
    scatter(
      'knee',
      spots(points, (row) => points.trial[row] === knee),
      {
        pointRadius: 8,
        pointStyle: 'circle',
        borderColor: theme.warn,
        backgroundColor: 'transparent',
        borderWidth: 2,
      },
    ),
    {
      label: 'front',
      data: front,
      stepped: 'before' as const,
      borderColor: color,
      backgroundColor: color,
      borderWidth: 1.5,
      pointRadius: 4.5,
    },
    scatter(
      'dominated',
      spots(points, (row) => points.role[row] === 'front' && points.isOnFront[row] === false),
      {
        pointRadius: 4,
        borderColor: color,
        backgroundColor: 'transparent',
      },
    ),
    scatter(
      'on the way',
      spots(points, (row) => points.role[row] === 'trajectory'),
      {
        pointRadius: 2.5,
        borderColor: 'transparent',
        backgroundColor: `${theme.textSoft}80`,
      },
    ),
    scatter(
      'reference',
      spots(points, (row) => points.role[row] === 'reference'),
      {
        pointRadius: 5,
        pointStyle: 'rectRot',
        borderColor: theme.text,
        backgroundColor: 'transparent',
        borderWidth: 1.5,
      },
    ),
  ];
}

/** One sentence for those who cannot see it. */
export function smallFrontSentence(points: Points, knee: number | undefined, metric: string): string {
  const front = points.trial.filter((_trial, row) => points.isOnFront[row] === true).length;
  const parts = [`Front of ${front} of ${points.trial.length} trials, ${metric} against MACs`];
  return `${[...parts, ...(knee === undefined ? [] : [`knee t${knee}`])].join(', ')}.`;
}

export function smallFrontTable(points: Points, metric: string): ChartTable {
  return {
    columns: ['trial', 'MACs', metric, 'role'],
    rows: points.trial.map((trial, row) => [
      `t${trial}`,
      macs(points.macs[row]),
      percent(points.value[row]),
      points.isOnFront[row] === true ? 'front' : (points.role[row] ?? ''),
    ]),
  };
}

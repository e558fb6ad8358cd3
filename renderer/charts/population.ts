import type { ChartConfiguration } from 'chart.js';
import type { PopulationPoint } from '../../electron/ipc/dynamics.ts';
import { percent } from '../format/percent.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

/** Best, median and worst score of the networks alive after each trial. */
export function populationChart(
  points: readonly PopulationPoint[],
  metric: string,
  theme: ChartTheme,
): { readonly config: ChartConfiguration; readonly label: string; readonly table: ChartTable } {
  const line = (label: string, valueOf: (point: PopulationPoint) => number, dash: readonly number[], color: string | undefined) => ({
    label,
    data: points.map((point) => ({ x: point.trial, y: valueOf(point) })),
    borderColor: color,
    borderDash: dash,
    borderWidth: 1.6,
    pointRadius: 0,
  });
  const datasets = [
    line('best', ({ best }) => best, [], theme.series[0]),
    line('median', ({ median }) => median, [5, 3], theme.series[0]),
    line('worst', ({ worst }) => worst, [1, 3], theme.series[0]),
  ];
  const last = points.at(-1);
  return {
    config: {
      type: 'line',
      data: { datasets },
      options: axesOptions(theme, { title: 'trial', isWhole: true }, { title: `${metric} of those alive`, isShare: true }),
    } as ChartConfiguration,
    label: `${metric} of the population after each of ${points.length} trials; at the end best ${percent(last?.best)}, median ${percent(last?.median)}.`,
    table: {
      columns: ['Trial', 'Best', 'Median', 'Worst', 'Parents'],
      rows: points.map(({ trial, best, median, worst, parents }) => [
        `t${trial}`,
        percent(best, 2),
        percent(median, 2),
        percent(worst, 2),
        parents,
      ]),
    },
  };
}

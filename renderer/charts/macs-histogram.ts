import type { ChartConfiguration } from 'chart.js';
import type { HistogramBin } from '../../electron/ipc/planning.ts';
import { quantity } from '../format/quantity.ts';
import { tooltip } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

/** How the MACs of random samples are spread. */
export function macsHistogram(bins: readonly HistogramBin[], theme: ChartTheme): ChartConfiguration {
  const ticks = { color: theme.textSoft, font: { family: theme.font, size: 11 } };
  const config: ChartConfiguration<'bar'> = {
    type: 'bar',
    data: {
      labels: bins.map(({ from, to }) => quantity((from + to) / 2)),
      datasets: [
        {
          data: bins.map(({ count }) => count),
          backgroundColor: theme.series[0] ?? theme.accent,
          barPercentage: 1,
          categoryPercentage: 0.92,
        },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            title: ([item]) => rangeText(bins[item?.dataIndex ?? 0]),
            label: ({ parsed }) => `${parsed.y} samples`,
          },
        },
      },
      scales: {
        x: {
          border: { display: false },
          grid: { display: false },
          title: { display: true, text: 'MACs', color: theme.textSoft, font: { family: theme.font, size: 11 } },
          ticks: { ...ticks, maxRotation: 0, autoSkipPadding: 16 },
        },
        y: {
          border: { display: false },
          grid: { color: theme.grid },
          beginAtZero: true,
          ticks: { ...ticks, maxTicksLimit: 4, precision: 0 },
        },
      },
    },
  };
  return config as ChartConfiguration;
}

function rangeText(bin: HistogramBin | undefined): string {
  return bin === undefined ? '' : `${quantity(bin.from)} to ${quantity(bin.to)} MACs`;
}

export function macsHistogramTable(bins: readonly HistogramBin[]): ChartTable {
  return { columns: ['from', 'to', 'samples'], rows: bins.map(({ from, to, count }) => [quantity(from), quantity(to), count]) };
}

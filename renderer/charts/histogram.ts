import type { ChartConfiguration } from 'chart.js';
import { percent } from '../format/percent.ts';
import { count } from '../format/quantity.ts';
import { tooltip } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

/** One split as bars: a value for every class. */
export interface HistogramSeries {
  readonly name: string;
  readonly classes: readonly {
    readonly name: string;
    readonly color: readonly number[];
    /** Of the labelled pixels, or of the pictures; 0..1. */
    readonly share: number;
    /** What the share was made from. */
    readonly amount: number;
  }[];
}

export interface HistogramOptions {
  readonly isLog: boolean;
  /** 'of labelled pixels'. */
  readonly of: string;
  /** 'px', 'pictures'. */
  readonly unit: string;
}

/** Bars of classes in their own colours; a second split beside them is drawn paler. On a log axis classes that do not occur have no bar. */
export function histogramConfig(
  series: readonly HistogramSeries[],
  theme: ChartTheme,
  { isLog, of, unit }: HistogramOptions,
): ChartConfiguration<'bar'> {
  const least = Math.min(...series.flatMap(({ classes }) => classes.map(({ share }) => share).filter((share) => share > 0)), 0.01);
  return {
    type: 'bar',
    data: {
      labels: (series[0]?.classes ?? []).map(({ name }) => name),
      datasets: series.map(({ name, classes }, i) => ({
        label: name,
        data: classes.map(({ share }) => (isLog && share === 0 ? null : 100 * share)),
        backgroundColor: classes.map(({ color }) => `rgb(${color.join(' ')} / ${i === 0 ? 1 : 0.45})`),
        borderColor: theme.isDark ? 'rgb(255 255 255 / 35%)' : 'rgb(0 0 0 / 30%)',
        borderWidth: 1,
        borderRadius: 2,
        categoryPercentage: 0.82,
        barPercentage: 0.94,
      })),
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      scales: {
        x: {
          border: { display: false },
          grid: { display: false },
          ticks: { color: theme.textSoft, font: { family: theme.font, size: 11 }, autoSkip: false, maxRotation: 45, minRotation: 30 },
        },
        y: {
          type: isLog ? 'logarithmic' : 'linear',
          ...(isLog ? { min: 10 ** Math.floor(Math.log10(100 * least)) } : { beginAtZero: true }),
          border: { display: false },
          grid: { color: theme.grid, drawTicks: false },
          title: { display: true, text: `% ${of}`, color: theme.textSoft, font: { family: theme.font, size: 11 } },
          ticks: {
            color: theme.textSoft,
            font: { family: theme.font, size: 11 },
            padding: 6,
            callback: (value) => tickText(Number(value), isLog),
          },
        },
      },
      plugins: {
        legend: { display: series.length > 1, labels: { color: theme.textSoft, font: { family: theme.font, size: 11 }, boxWidth: 10 } },
        tooltip: {
          ...tooltip(theme),
          callbacks: {
            label: ({ datasetIndex, dataIndex }) => {
              const own = series[datasetIndex]?.classes[dataIndex];
              return own === undefined
                ? ''
                : `${series[datasetIndex]?.name}: ${percent(own.share, 2)} ${of} (${count(own.amount)} ${unit})`;
            },
          },
        },
      },
    },
  };
}

/** On a log axis only whole powers of ten are written. */
function tickText(value: number, isLog: boolean): string {
  if (isLog && Math.abs(Math.log10(value) - Math.round(Math.log10(value))) > 1e-6) return '';
  return String(Number(value.toPrecision(6)));
}

export function histogramTable(series: readonly HistogramSeries[], { of, unit }: HistogramOptions): ChartTable {
  const [first] = series;
  return {
    columns: ['class', ...series.flatMap(({ name }) => [`${name}, ${of}`, `${name}, ${unit}`])],
    rows: (first?.classes ?? []).map(({ name }, i) => [
      name,
      ...series.flatMap(({ classes }) => [percent(classes[i]?.share, 2), count(classes[i]?.amount)]),
    ]),
  };
}

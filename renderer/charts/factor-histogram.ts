import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { FactorBins } from '../../electron/ipc/dynamics.ts';
import { count } from '../format/quantity.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

export interface FactorChart {
  readonly config: ChartConfiguration;
  readonly label: string;
  readonly table: ChartTable;
}

/** How many importance factors have which size, on a logarithmic axis, with the line below which they are dead. */
export function factorChart({ from, perDecade, atoms, tokens, below }: FactorBins, threshold: number, theme: ChartTheme): FactorChart {
  const lower = (bin: number): number => from + bin / perDecade;
  const options = axesOptions(
    theme,
    {
      title: 'size of the factor',
      min: from,
      max: from + atoms.length / perDecade,
      tick: (value) => (Number.isInteger(value) ? power(value) : ''),
    },
    { title: 'factors', min: 0, tick: count },
  );
  const bars = (values: readonly number[]) => values.map((y, bin) => ({ x: lower(bin + 0.5), y }));
  const dataset = (label: string, values: readonly number[], color: string | undefined) => ({
    label,
    data: bars(values),
    backgroundColor: color,
    barPercentage: 1,
    categoryPercentage: 0.92,
    barThickness: 'flex' as const,
  });
  const dead = atoms.slice(0, Math.max(0, Math.round((Math.log10(threshold) - from) * perDecade))).reduce((sum, n) => sum + n, below.atoms);
  const total = atoms.reduce((sum, n) => sum + n, below.atoms);
  return {
    config: {
      type: 'bar',
      data: { datasets: [dataset('channels', atoms, theme.series[0]), dataset('tokens', tokens, theme.series[2])] },
      options: {
        ...options,
        scales: { x: { ...options.scales?.['x'], stacked: true, offset: false }, y: { ...options.scales?.['y'], stacked: true } },
      },
      plugins: [thresholdLine(Math.log10(threshold), theme)],
    } as ChartConfiguration,
    label: `Importance factors by size: about ${count(dead)} of ${count(total)} channels at or below the threshold ${threshold}.`,
    table: {
      columns: ['From', 'To', 'Channels', 'Tokens'],
      rows: [
        ['0', power(from), below.atoms, below.tokens],
        ...atoms.map((n, bin) => [(10 ** lower(bin)).toPrecision(2), (10 ** lower(bin + 1)).toPrecision(2), n, tokens[bin] ?? 0] as const),
      ],
    },
  };
}

function power(exponent: number): string {
  return exponent >= -3 && exponent <= 3 ? String(10 ** exponent) : `1e${exponent}`;
}

function thresholdLine(at: number, theme: ChartTheme): Plugin {
  return {
    id: 'threshold-line',
    afterDatasetsDraw(chart: Chart) {
      const { ctx, chartArea, scales } = chart;
      const x = scales['x']?.getPixelForValue(at);
      if (x === undefined || x < chartArea.left || x > chartArea.right) return;
      ctx.save();
      ctx.strokeStyle = theme.bad;
      ctx.setLineDash([4, 3]);
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.fillStyle = theme.bad;
      ctx.font = `11px ${theme.font}`;
      ctx.textAlign = 'right';
      ctx.fillText('dead', x - 4, chartArea.top + 10);
      ctx.restore();
    },
  };
}

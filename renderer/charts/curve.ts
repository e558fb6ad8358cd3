import type { Chart, ChartConfiguration, Plugin } from 'chart.js';
import type { ScalarPoint } from '../../db/store.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import { smoothed } from './smooth.ts';
import { seriesColor } from './theme.ts';
import type { ChartTheme } from './theme.ts';

export interface CurveLine {
  readonly name: string;
  readonly points: readonly ScalarPoint[];
  /** Drawn as it is, without smoothing and thicker: a best value. */
  readonly isStepped?: boolean;
}

export interface CurveOptions {
  readonly xTitle: string;
  readonly yTitle: string;
  /** 0..1; what was before weighs so much. */
  readonly smoothing?: number;
  readonly isLog?: boolean;
  /** Values are fractions. */
  readonly isShare?: boolean;
  /** Vertical lines with a name: where phases begin. */
  readonly marks?: readonly { readonly at: number; readonly name: string }[];
}

/** Values over steps. With smoothing the raw values stay behind it, pale. */
export function curveChart(lines: readonly CurveLine[], options: CurveOptions, theme: ChartTheme): ChartConfiguration {
  const { smoothing = 0, isLog = false } = options;
  const datasets = lines.flatMap(({ name, points, isStepped = false }, index) => {
    const color = seriesColor(theme, index);
    const raw = points.map(({ step, value }) => ({ x: step, y: value }));
    const isSmoothed = smoothing > 0 && !isStepped;
    const values = smoothed(
      points.map(({ value }) => value),
      smoothing,
    );
    const shared = { pointRadius: raw.length === 1 ? 3 : 0, pointHitRadius: 12, pointHoverRadius: 4, stepped: isStepped };
    const line = (label: string, data: typeof raw, borderColor: string, borderWidth: number) => ({
      label,
      data,
      borderColor,
      backgroundColor: borderColor,
      borderWidth,
      ...shared,
    });
    return isSmoothed
      ? [
          line(
            name,
            raw.map(({ x }, at) => ({ x, y: values[at] ?? NaN })),
            color,
            1.75,
          ),
          line(`${name}, raw`, raw, `${color}40`, 1),
        ]
      : [line(name, raw, color, isStepped ? 2 : 1.5)];
  });
  const base = axesOptions(
    theme,
    { title: options.xTitle, isWhole: true },
    { title: options.yTitle, isLog, isShare: options.isShare === true },
  );
  return {
    type: 'line',
    data: { datasets },
    options: {
      ...base,
      plugins: {
        ...base.plugins,
        legend: {
          display: lines.length > 1,
          align: 'start',
          labels: {
            boxWidth: 14,
            boxHeight: 2,
            color: theme.textSoft,
            font: { family: theme.font, size: 11 },
            filter: ({ text }) => !text.endsWith(', raw'),
          },
        },
        decimation: { enabled: true, algorithm: 'lttb', samples: 800 },
      },
    },
    plugins: options.marks === undefined ? [] : [markLines(options.marks, theme)],
  } as ChartConfiguration;
}

export function curveTable(lines: readonly CurveLine[], xTitle: string): ChartTable {
  return {
    columns: [xTitle, 'series', 'value'],
    rows: lines.flatMap(({ name, points }) => points.map(({ step, value }) => [step, name, value] as const)),
  };
}

function markLines(marks: NonNullable<CurveOptions['marks']>, theme: ChartTheme): Plugin {
  return {
    id: 'phase-marks',
    beforeDatasetsDraw: (chart: Chart) => {
      const { ctx, chartArea, scales } = chart;
      const x = scales['x'];
      if (x === undefined) return;
      ctx.save();
      ctx.strokeStyle = theme.textSoft;
      ctx.fillStyle = theme.textSoft;
      ctx.font = `10px ${theme.font}`;
      ctx.setLineDash([3, 3]);
      for (const { at, name } of marks) {
        const left = Math.round(x.getPixelForValue(at)) + 0.5;
        if (left < chartArea.left || left > chartArea.right) continue;
        ctx.globalAlpha = 0.6;
        ctx.beginPath();
        ctx.moveTo(left, chartArea.top);
        ctx.lineTo(left, chartArea.bottom);
        ctx.stroke();
        ctx.globalAlpha = 1;
        ctx.fillText(name, left + 3, chartArea.top + 9);
      }
      ctx.restore();
    },
  };
}

import type { ChartOptions } from 'chart.js';
import type { ChartTheme } from './theme.ts';

export interface AxisText {
  /** With its unit and direction: 'mIoU ↑ better'. */
  readonly title: string;
  readonly isLog?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** How a value of the axis is written. */
  readonly tick?: (value: number) => string;
}

/** Options that all charts of two numeric axes share; spread and change them. */
export function axesOptions(theme: ChartTheme, x: AxisText, y: AxisText): ChartOptions<'line'> & ChartOptions<'scatter'> {
  return {
    animation: false,
    parsing: false,
    normalized: true,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', axis: 'x', intersect: false },
    scales: { x: axis(theme, x), y: axis(theme, y) },
    plugins: { legend: { display: false }, tooltip: tooltip(theme) },
  };
}

function axis(theme: ChartTheme, { title, isLog = false, min, max, tick }: AxisText) {
  return {
    type: isLog ? ('logarithmic' as const) : ('linear' as const),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    border: { display: false },
    grid: { color: theme.grid, drawTicks: false },
    title: { display: title !== '', text: title, color: theme.textSoft, font: { family: theme.font, size: 11 } },
    ticks: {
      color: theme.textSoft,
      font: { family: theme.font, size: 11 },
      padding: 6,
      maxRotation: 0,
      autoSkipPadding: 14,
      ...(tick === undefined ? {} : { callback: (value: number | string) => tick(Number(value)) }),
    },
  };
}

/** The box that follows the pointer. */
export function tooltip(theme: ChartTheme) {
  return {
    backgroundColor: theme.isDark ? '#2b3240' : '#1f2634',
    titleFont: { family: theme.font, size: 12, weight: 600 as const },
    bodyFont: { family: theme.font, size: 12 },
    titleColor: '#ffffff',
    bodyColor: '#e6e9f0',
    padding: 8,
    cornerRadius: 6,
    boxPadding: 4,
    displayColors: true,
    usePointStyle: true,
  };
}

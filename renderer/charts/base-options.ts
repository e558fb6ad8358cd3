import type { ChartOptions, Scale, Tick } from 'chart.js';
import { percent } from '../format/percent.ts';
import type { ChartTheme } from './theme.ts';

export interface AxisText {
  /** With its unit and direction: 'mIoU ↑ better'. */
  readonly title: string;
  readonly isLog?: boolean;
  readonly min?: number;
  readonly max?: number;
  /** How a value of the axis is written. */
  readonly tick?: (value: number) => string;
  /** Fractions between 0 and 1, written as per cent with as many digits as tell its ticks apart. */
  readonly isShare?: boolean;
  /** Values between whole numbers mean nothing: numbers of trials. */
  readonly isWhole?: boolean;
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

function axis(theme: ChartTheme, { title, isLog = false, min, max, tick, isShare = false, isWhole = false }: AxisText) {
  return {
    type: isLog ? ('logarithmic' as const) : ('linear' as const),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(isShare ? { afterDataLimits: keepFractions } : {}),
    border: { display: false },
    grid: { color: theme.grid, drawTicks: false },
    title: { display: title !== '', text: title, color: theme.textSoft, font: { family: theme.font, size: 11 } },
    ticks: {
      color: theme.textSoft,
      font: { family: theme.font, size: 11 },
      padding: 6,
      maxRotation: 0,
      autoSkipPadding: 14,
      ...(isWhole ? { precision: 0 } : {}),
      ...(isShare ? { callback: shareTick } : {}),
      ...(tick === undefined ? {} : { callback: (value: number | string) => tick(Number(value)) }),
    },
  };
}

/** Where all values are equal, the range around them would leave what a fraction can be. */
function keepFractions(scale: Scale): void {
  scale.min = Math.max(0, scale.min);
  scale.max = Math.min(1, scale.max);
}

/** '6.2 %' where ticks are half a per cent apart, '60 %' where they are ten. */
function shareTick(value: number | string, _index: number, ticks: readonly Tick[]): string {
  const apart = Math.min(...ticks.slice(1).map((tick, i) => Math.abs(tick.value - (ticks[i]?.value ?? NaN))), 1);
  const digits = Array.from({ length: 4 }, (_, count) => count).find((count) => {
    const steps = apart * 100 * 10 ** count;
    return Math.abs(steps - Math.round(steps)) < 1e-6 * steps;
  });
  return percent(Number(value), digits ?? 4);
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

import { computed } from 'vue';
import type { ComputedRef } from 'vue';
import { useAppearance } from '../stores/appearance.ts';

/** Colours and font of a chart in the current theme, read from tokens.css. */
export interface ChartTheme {
  readonly isDark: boolean;
  readonly text: string;
  readonly textSoft: string;
  readonly grid: string;
  readonly surface: string;
  readonly accent: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  /** By index of the series, in this order; told apart with red-green blindness too. Use a shape or a dash beside. */
  readonly series: readonly string[];
  readonly font: string;
}

function readTheme(isDark: boolean): ChartTheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  return {
    isDark,
    text: token('--text'),
    textSoft: token('--text-2'),
    grid: token('--grid'),
    surface: token('--surface'),
    accent: token('--accent'),
    good: token('--good'),
    warn: token('--warn'),
    bad: token('--bad'),
    series: Array.from({ length: 8 }, (_, index) => token(`--series-${index + 1}`)),
    font: token('--font'),
  };
}

/** Follows the theme. Charts are functions of data and this. */
export function useChartTheme(): ComputedRef<ChartTheme> {
  const appearance = useAppearance();
  return computed(() => readTheme(appearance.isDark));
}

/** The colour of series `index`, again from the first after the last. */
export function seriesColor({ series }: ChartTheme, index: number): string {
  return series[index % series.length] ?? '#808080';
}

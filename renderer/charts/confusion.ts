import { Chart } from 'chart.js';
import type { ChartConfiguration, ScriptableContext } from 'chart.js';
import { MatrixController, MatrixElement } from 'chartjs-chart-matrix';
import { percent } from '../format/percent.ts';
import { count } from '../format/quantity.ts';
import { tooltip } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { ChartTheme } from './theme.ts';

Chart.register(MatrixController, MatrixElement);

/** Pixels of one true class taken for one class. */
export interface ConfusionCell {
  readonly truth: number;
  readonly predicted: number;
  readonly pixels: number;
  /** Of the true class, 0..1. */
  readonly share: number;
}

export interface ConfusionData {
  readonly names: readonly string[];
  /** True classes that occur; the others have no row. */
  readonly rows: readonly number[];
  /** Classes that occur in labels or predictions. */
  readonly columns: readonly number[];
  readonly cells: readonly ConfusionCell[];
}

/** What of a matrix [truth, predicted] is drawn: classes that neither occur nor are predicted are left out. */
export function confusionData(names: readonly string[], counts: readonly number[]): ConfusionData {
  const size = names.length;
  const at = (truth: number, predicted: number): number => counts[truth * size + predicted] ?? 0;
  const all = Array.from({ length: size }, (_, id) => id);
  const labelled = all.map((truth) => all.reduce((sum, predicted) => sum + at(truth, predicted), 0));
  const rows = all.filter((truth) => (labelled[truth] ?? 0) > 0);
  const columns = all.filter((id) => rows.includes(id) || rows.some((truth) => at(truth, id) > 0));
  const cells = rows.flatMap((truth) =>
    columns.map((predicted): ConfusionCell => {
      const pixels = at(truth, predicted);
      return { truth, predicted, pixels, share: pixels / (labelled[truth] ?? 1) };
    }),
  );
  return { names, rows, columns, cells };
}

/** A matrix with the share of each true class as the depth of colour; the diagonal is what is right, in another colour. */
export function confusionConfig(
  { names, rows, columns, cells }: ConfusionData,
  theme: ChartTheme,
  options: { readonly selected?: ConfusionCell | undefined; readonly onPick: (cell: ConfusionCell) => void },
): ChartConfiguration<'matrix'> {
  const nameOf = (id: number): string => names[id] ?? String(id);
  const cellOf = (context: ScriptableContext<'matrix'>): ConfusionCell | undefined => cells[context.dataIndex];
  return {
    type: 'matrix',
    data: {
      datasets: [
        {
          label: 'confusion',
          data: cells.map(({ truth, predicted, share }) => ({ x: nameOf(predicted), y: nameOf(truth), v: share })) as never,
          backgroundColor: (context) => cellColor(cellOf(context), theme),
          borderColor: (context) => (isSame(cellOf(context), options.selected) ? theme.text : theme.surface),
          borderWidth: (context) => (isSame(cellOf(context), options.selected) ? 2 : 1),
          width: ({ chart }) => (chart.chartArea === undefined ? 0 : chart.chartArea.width / columns.length),
          height: ({ chart }) => (chart.chartArea === undefined ? 0 : chart.chartArea.height / rows.length),
        },
      ],
    },
    options: {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      onClick: (_event, [hit]) => {
        const cell = hit === undefined ? undefined : cells[hit.index];
        if (cell !== undefined) options.onPick(cell);
      },
      scales: {
        x: {
          ...axis(theme, 'predicted', columns.map(nameOf)),
          position: 'top',
          ticks: { ...ticks(theme), maxRotation: 60, minRotation: 45 },
        },
        y: { ...axis(theme, 'truth', rows.map(nameOf)), reverse: false, ticks: ticks(theme) },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip(theme),
          displayColors: false,
          callbacks: {
            title: ([item]) => {
              const cell = cells[item?.dataIndex ?? -1];
              return cell === undefined ? '' : `${nameOf(cell.truth)} taken for ${nameOf(cell.predicted)}`;
            },
            label: ({ dataIndex }) => {
              const cell = cells[dataIndex];
              return cell === undefined ? '' : `${percent(cell.share)} of ${nameOf(cell.truth)}, ${count(cell.pixels)} px`;
            },
          },
        },
      },
    },
  };
}

function isSame(a: ConfusionCell | undefined, b: ConfusionCell | undefined): boolean {
  return a !== undefined && b !== undefined && a.truth === b.truth && a.predicted === b.predicted;
}

/** Square roots lift small shares, which are what one looks for. */
function cellColor(cell: ConfusionCell | undefined, theme: ChartTheme): string {
  if (cell === undefined || cell.share === 0) return theme.isDark ? '#1b2029' : '#f2f4f7';
  const depth = Math.round(100 * Math.sqrt(cell.share));
  const [color, ground] = [cell.truth === cell.predicted ? theme.series[0] : theme.series[1], theme.isDark ? '#1b2029' : '#f2f4f7'];
  return `color-mix(in srgb, ${color} ${depth}%, ${ground})`;
}

function axis(theme: ChartTheme, text: string, labels: readonly string[]) {
  return {
    type: 'category' as const,
    labels: [...labels],
    offset: true,
    border: { display: false },
    grid: { display: false },
    title: { display: true, text, color: theme.textSoft, font: { family: theme.font, size: 11 } },
  };
}

function ticks(theme: ChartTheme) {
  return { color: theme.textSoft, font: { family: theme.font, size: 11 }, autoSkip: false, padding: 2 };
}

/** Mistakes, the most frequent ones first. */
export function confusionTable({ names, cells }: ConfusionData): ChartTable {
  return {
    columns: ['truth', 'predicted', 'of the class', 'pixels'],
    rows: cells
      .filter(({ pixels }) => pixels > 0)
      .toSorted((a, b) => b.pixels - a.pixels)
      .map(({ truth, predicted, share, pixels }) => [names[truth] ?? '', names[predicted] ?? '', percent(share), count(pixels)]),
  };
}

import type { ChartConfiguration } from 'chart.js';
import type { TrialsOverTime } from '../../electron/ipc/dynamics.ts';
import { percent } from '../format/percent.ts';
import { counted, quantity } from '../format/quantity.ts';
import { axesOptions } from './base-options.ts';
import type { AxisText } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import { seriesColor } from './theme.ts';
import type { ChartTheme } from './theme.ts';

export interface TrialsChart {
  readonly config: ChartConfiguration;
  readonly label: string;
  readonly table: ChartTable;
}

const shapes = ['circle', 'triangle', 'rect', 'rectRot', 'star', 'cross'] as const;

/** What made the trials: each has its colour and shape. */
export function operatorsOf({ operator }: TrialsOverTime): readonly string[] {
  return [...new Set(operator)];
}

/** Scores of the trials by number, and the best so far as stairs. */
export function scoresOverTime(trials: TrialsOverTime, theme: ChartTheme): TrialsChart {
  const name = trials.metric?.name ?? 'score';
  const best = trials.number.flatMap((x, i) => pointAt(x, trials.best[i]));
  const stairs = {
    type: 'line' as const,
    label: 'best so far',
    data: best,
    stepped: 'before' as const,
    borderColor: theme.text,
    borderWidth: 1.4,
    pointRadius: 0,
    order: 1,
  };
  const last = best.at(-1);
  return {
    config: chart(trials, trials.value, theme, { title: `${name} ↑ better`, isShare: true }, [stairs]),
    label: `${name} of ${counted(trials.number.length, 'trial')} in the order of their numbers, best ${percent(last?.y)}.`,
    table: tableOf(trials),
  };
}

/** MACs of the trials by number. */
export function macsOverTime(trials: TrialsOverTime, theme: ChartTheme): TrialsChart {
  return {
    config: chart(trials, trials.macs, theme, { title: 'MACs ↓ better', tick: (value) => quantity(value) }, []),
    label: `MACs of ${counted(trials.number.length, 'trial')} in the order of their numbers.`,
    table: tableOf(trials),
  };
}

function chart(
  trials: TrialsOverTime,
  values: readonly (number | null)[],
  theme: ChartTheme,
  y: AxisText,
  more: readonly object[],
): ChartConfiguration {
  const points = operatorsOf(trials).map((operator, index) => ({
    label: operator,
    data: trials.number.flatMap((x, i) => (trials.operator[i] === operator ? pointAt(x, values[i]) : [])),
    backgroundColor: seriesColor(theme, index),
    borderColor: seriesColor(theme, index),
    pointStyle: shapes[index % shapes.length],
    radius: trials.number.length > 2_000 ? 1.5 : 3.5,
    order: 2,
  }));
  return {
    type: 'scatter',
    data: { datasets: [...more, ...points] },
    options: axesOptions(theme, { title: 'trial', isWhole: true }, y),
  } as ChartConfiguration;
}

/** Nothing where there is no value. */
function pointAt(x: number, y: number | null | undefined): readonly { readonly x: number; readonly y: number }[] {
  return y === null || y === undefined ? [] : [{ x, y }];
}

function tableOf(trials: TrialsOverTime): ChartTable {
  return {
    columns: ['Trial', 'By', trials.metric?.name ?? 'Score', 'Best so far', 'MACs'],
    rows: trials.number.map((number, i) => [
      `t${number}`,
      trials.operator[i] ?? '',
      percent(trials.value[i], 2),
      percent(trials.best[i], 2),
      quantity(trials.macs[i]),
    ]),
  };
}

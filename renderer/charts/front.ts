import type { ChartConfiguration, Plugin } from 'chart.js';
import type { FrontView } from '../../electron/ipc/tradeoff.ts';
import { percent } from '../format/percent.ts';
import { quantity } from '../format/quantity.ts';
import { bytes } from '../format/bytes.ts';
import { axesOptions } from './base-options.ts';
import type { ChartTable } from './chart-table.ts';
import type { Domain } from './front-domain.ts';
import { costSteps } from './front-scene.ts';
import type { ColourBy } from './front-scene.ts';
import type { ChartTheme } from './theme.ts';

/** A value of the x axis with its unit. */
export function costText(axis: FrontView['axis'], value: number | null | undefined): string {
  switch (axis) {
    case 'macs':
      return quantity(value, 'MACs');
    case 'params':
      return quantity(value, 'params');
    case 'activationBytes':
      return bytes(value);
    case 'latency':
      return value === null || value === undefined ? '—' : `${Number(value.toPrecision(3))} ms`;
  }
}

export const axisNames = {
  macs: 'MACs',
  params: 'parameters',
  activationBytes: 'activation memory',
  latency: 'measured latency p50',
} as const;

/** The axes of a front; what lies between them is drawn by the layer. Each axis states its direction. */
export function frontConfig(
  view: FrontView,
  options: { readonly theme: ChartTheme; readonly domain: Domain; readonly isLog: boolean; readonly layer: Plugin<'scatter'> },
): ChartConfiguration<'scatter'> {
  const { theme, domain, isLog, layer } = options;
  const unit = unitFor(view.axis, domain.x[1]);
  const { name, split } = view.metric;
  const base = axesOptions(
    theme,
    {
      title: `${[unit.text, axisNames[view.axis]].filter((part) => part !== '').join(' ')}   (less is better)${isLog ? ', logarithmic' : ''}`,
      isLog,
      min: domain.x[0],
      max: domain.x[1],
      tick: (value) => String(Number((value / unit.factor).toPrecision(4))),
    },
    {
      title: `${name}${split === '' ? '' : ` on ${split}`}   (more is better)`,
      min: domain.y[0],
      max: domain.y[1],
      tick: (value) => percent(value, domain.y[1] - domain.y[0] < 0.02 ? 2 : 1),
    },
  );
  return {
    type: 'scatter',
    data: { datasets: [] },
    options: {
      ...base,
      scales: withoutBounds(base.scales),
      events: [],
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
    },
    plugins: [layer],
  };
}

/** The ends of the axes are where the points end: no round numbers, so no tick marks. */
function withoutBounds(scales: ReturnType<typeof axesOptions>['scales']) {
  return Object.fromEntries(
    Object.entries(scales ?? {}).map(([name, scale]) => [name, { ...scale, ticks: { ...scale?.ticks, includeBounds: false } }]),
  ) as NonNullable<typeof scales>;
}

function unitFor(axis: FrontView['axis'], largest: number): { readonly text: string; readonly factor: number } {
  if (axis === 'latency') return { text: 'ms', factor: 1 };
  const [factor, text] = (
    [
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
    ] as const
  ).find(([size]) => largest >= size) ?? [1, ''];
  return { text: axis === 'activationBytes' ? `${text}B` : text, factor };
}

const coldToWarm = {
  light: ['#2f4b9e', '#2374a8', '#17888a', '#5a8f3c', '#a97f10', '#b4501f'],
  dark: ['#8fa8ff', '#6cc0ee', '#4fd0c0', '#9fd26a', '#f0c04a', '#ff9a62'],
} as const;

/** Colours of points, by what they stand for; costs go from cold to warm. */
export function pointColours(theme: ChartTheme, by: ColourBy): readonly string[] {
  return by === 'experiment' || by === 'series' ? theme.series : coldToWarm[theme.isDark ? 'dark' : 'light'].slice(0, costSteps);
}

/** The front in one sentence, for those who hear it. */
export function frontSentence(view: FrontView): string {
  const { joint, points, counts, metric, axis, experiments } = view;
  const best = joint.points.at(-1);
  const end =
    best === undefined
      ? ''
      : `, best ${metric.name} ${percent(points.y[best])} at ${costText(axis, points.x[best])} (${pointName(view, best)})`;
  const knee = joint.knee === undefined ? '' : `, knee ${pointName(view, joint.knee.point)}`;
  return `Front of ${joint.points.length} of ${counts.trials} trials of ${experiments.map(({ name }) => name).join(', ')}${end}${knee}.`;
}

/** 't187', with its experiment when there are several. */
export function pointName({ points, experiments }: Pick<FrontView, 'points' | 'experiments'>, point: number): string {
  const number = `t${points.number[point]}`;
  return experiments.length < 2 ? number : `${experiments[points.experiment[point] ?? 0]?.name} ${number}`;
}

/** The points of the front with their numbers. */
export function frontChartTable(view: FrontView): ChartTable {
  const { joint, points, axis, metric } = view;
  return {
    columns: ['trial', axisNames[axis], metric.name, ''],
    rows: joint.points.map((point) => [
      pointName(view, point),
      costText(axis, points.x[point]),
      percent(points.y[point], 2),
      point === joint.knee?.point ? 'knee' : '',
    ]),
  };
}

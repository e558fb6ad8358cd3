import type { TrialPoints } from '../../../db/store.ts';
import type { Cost, Metric } from '../../../engine/search/events.ts';
import type { TrialsOverTime } from '../../ipc/dynamics.ts';

/** Finished trials by number; the metric is the first that any of them has. */
export function trialsOverTime(points: TrialPoints): TrialsOverTime {
  const complete = [...points.number.keys()].filter((i) => points.state[i] === 'complete');
  const metricsOf = (i: number): readonly Metric[] => (points.metrics[i] ?? []) as unknown as readonly Metric[];
  const metric = complete.map((i) => metricsOf(i)[0]).find((entry) => entry !== undefined);
  let best: number | null = null;
  const column = complete.map((i) => {
    const value = metricsOf(i).find(({ name }) => name === metric?.name)?.value ?? null;
    const role = points.role[i] ?? '';
    // what was trained longer says nothing about how fast the search got better
    const counts = role !== 'reference' && metricsOf(i)[0]?.kind === metric?.kind;
    if (value !== null && counts && (best === null || value > best)) best = value;
    return { i, value, role, best };
  });
  return {
    ...(metric === undefined ? {} : { metric: { name: metric.name, split: metric.split, kind: metric.kind } }),
    number: column.map(({ i }) => points.number[i] ?? 0),
    value: column.map(({ value }) => value),
    macs: column.map(({ i }) => (points.cost[i] as unknown as Cost | null)?.macs ?? null),
    best: column.map((entry) => entry.best),
    operator: column.map(({ i }) => points.operator[i] ?? 'unknown'),
    role: column.map(({ role }) => role),
    series: column.map(({ i }) => points.series[i] ?? null),
    failed: [...points.number.keys()].filter((i) => points.state[i] === 'failed').map((i) => points.number[i] ?? 0),
    distinct: new Set(complete.map((i) => points.hash[i])).size,
  };
}

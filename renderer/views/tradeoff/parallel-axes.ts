import type { ChoiceColumns, FrontView } from '../../../electron/ipc/tradeoff.ts';
import { parallelAxis } from '../../charts/parallel.ts';
import type { ParallelAxis } from '../../charts/parallel.ts';
import { latency } from '../../format/duration.ts';
import { percent } from '../../format/percent.ts';
import { quantity } from '../../format/quantity.ts';

export interface AxesOptions {
  readonly isLog: boolean;
  /** How many axes there is room for. */
  readonly room: number;
  /** Keys of axes that were moved, from the left. */
  readonly order: readonly string[];
}

/** The most important choices that there is room for, the costs and the score. */
export function parallelAxes(view: FrontView, choices: ChoiceColumns, { isLog, room, order }: AxesOptions): readonly ParallelAxis[] {
  const of = <T>(column: readonly T[]): readonly T[] => choices.points.map((point) => column[point] as T);
  const importances = new Map(choices.choices.map(({ name, importance }) => [name, importance]));
  const { macs, params, latencyMs, y } = view.points;
  const cost = (key: string, title: string, hint: string, values: readonly (number | null)[], text: (value: number) => string) =>
    parallelAxis({ key, title, hint, values, isLog, text });
  const costs = [
    cost('macs', 'MACs', 'MACs of one input', of(macs), (value) => quantity(value)),
    cost('params', 'params', 'parameters', of(params), (value) => quantity(value)),
    ...(latencyMs === undefined ? [] : [cost('latencyMs', 'ms', 'measured latency p50', of(latencyMs), latency)]),
  ];
  const made = [
    ...choices.columns.slice(0, Math.max(2, room - costs.length - 1)).map(({ name, values }) => {
      const importance = importances.get(name);
      const explains = importance === undefined ? '' : `: explains ${percent(importance, 0)} of the ${view.metric.name}'s variance alone`;
      const text = (value: number): string => String(Number(value.toPrecision(3)));
      return parallelAxis({ key: `choice:${name}`, title: name, hint: `${name}${explains}`, values, isLog: false, text });
    }),
    ...costs,
    parallelAxis({
      key: 'metric',
      title: view.metric.name,
      hint: `${view.metric.name} on ${view.metric.split}`,
      values: of(y),
      isLog: false,
      text: (value) => percent(value),
    }),
  ];
  const rank = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return made.toSorted((a, b) => rank(a.key) - rank(b.key));
}

import type { ExperimentStore, Json } from '../../../db/store.ts';
import { choiceImportance } from '../../../engine/metrics/choice-importance.ts';
import type { ChoiceColumns, ChoiceColumnsRequest } from '../../ipc/tradeoff.ts';
import type { Selection } from './selections.ts';

const usualColumns = 8;
const usualLimit = 4_000;

/** Values of the choices beside the points of a chart: of the whole front and of an even sample of the other trials. */
export function choiceColumns(store: ExperimentStore, selection: Selection, request: ChoiceColumnsRequest): ChoiceColumns {
  const { table, sources } = selection;
  const systems = [...new Set(sources.map(({ record }) => record.system))];
  const nothing = (reason: string): ChoiceColumns => ({ measure: '', choices: [], columns: [], points: [], reason });
  if (systems.length > 1)
    return nothing(`The experiments search in different spaces (${systems.join(', ')}): they have no choices in common.`);
  if (table.points.length === 0) return nothing('No trial with a score has finished yet.');
  const points = sampled(table.points, request.limit ?? usualLimit);
  const choices = choicesOf(store, selection, points);
  const scores = points.map((point) => table.points[point]?.y ?? NaN);
  const names = [...new Set(choices.flatMap((choice) => Object.keys(choice)))];
  const columnOf = (name: string): readonly number[] =>
    choices.map((choice) => (Object.hasOwn(choice, name) ? (choice[name] as number) : NaN));
  const ranked = names
    .map((name) => {
      const values = columnOf(name);
      const importance = choiceImportance(values, scores);
      return { name, values: new Set(values.filter(Number.isFinite)).size, ...(importance === undefined ? {} : { importance }) };
    })
    .sort((a, b) => (b.importance ?? -1) - (a.importance ?? -1) || b.values - a.values || (a.name < b.name ? -1 : 1));
  const shown = [...new Set([...(request.choices ?? []), ...ranked.map(({ name }) => name)])]
    .filter((name) => names.includes(name))
    .slice(0, Math.max(request.top ?? usualColumns, request.choices?.length ?? 0));
  return {
    measure:
      `Importance: the share of the ${table.metric}'s variance over ${points.length} trials that the choice explains alone ` +
      '(epsilon squared); what choices do only together is not in it.',
    choices: ranked,
    columns: shown.map((name) => ({ name, values: columnOf(name).map((value) => (Number.isFinite(value) ? value : null)) })),
    points,
  };
}

function sampled(points: Selection['table']['points'], limit: number): readonly number[] {
  if (points.length <= limit) return points.map((_, point) => point);
  const front = points.flatMap(({ isOnFront }, point) => (isOnFront ? [point] : [])).slice(0, limit);
  const room = limit - front.length;
  const others = points.flatMap(({ isOnFront }, point) => (isOnFront ? [] : [point]));
  const even = Array.from({ length: room }, (_, i) => others[Math.floor((i * others.length) / room)] as number);
  return [...front, ...even].sort((a, b) => a - b);
}

function choicesOf(store: ExperimentStore, { table }: Selection, points: readonly number[]): readonly Readonly<Record<string, number>>[] {
  const byExperiment = Map.groupBy(points, (point) => table.points[point]?.experiment ?? '');
  const choices = new Map<number, Readonly<Record<string, number>>>();
  for (const [experiment, members] of byExperiment) {
    const architectures = store.architectures(
      experiment,
      members.map((point) => table.points[point]?.trial.number ?? -1),
    );
    members.forEach((point, i) => choices.set(point, numericChoices(architectures[i] ?? null)));
  }
  return points.map((point) => choices.get(point) ?? {});
}

function numericChoices(arch: Json): Readonly<Record<string, number>> {
  return ((arch as { readonly choices?: unknown } | null)?.choices ?? {}) as Readonly<Record<string, number>>;
}

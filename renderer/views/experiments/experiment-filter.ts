import type { LocationQuery } from 'vue-router';
import type { ExperimentSummary } from '../../../electron/ipc/overview.ts';
import type { TableSort } from '../../components/table-column.ts';

/** What of the list is shown; stands in the address. */
export interface ExperimentFilter {
  readonly text: string;
  readonly states: readonly string[];
  readonly data: readonly string[];
  readonly tags: readonly string[];
  readonly isArchived: boolean;
  readonly sort: TableSort;
}

export const defaultFilter: ExperimentFilter = {
  text: '',
  states: [],
  data: [],
  tags: [],
  isArchived: false,
  sort: { key: 'begun', descending: true },
};

const listOf = (value: LocationQuery[string] | undefined): readonly string[] =>
  typeof value === 'string' && value !== '' ? value.split(',') : [];
const textOf = (value: LocationQuery[string] | undefined): string => (typeof value === 'string' ? value : '');

export function filterFromQuery(query: LocationQuery): ExperimentFilter {
  const sort = textOf(query['sort']);
  return {
    text: textOf(query['text']),
    states: listOf(query['state']),
    data: listOf(query['data']),
    tags: listOf(query['tag']),
    isArchived: query['archived'] === '1',
    sort: sort === '' ? defaultFilter.sort : { key: sort.replace(/^-/, ''), descending: sort.startsWith('-') },
  };
}

/** Only what differs from the default. */
export function queryOfFilter({ text, states, data, tags, isArchived, sort }: ExperimentFilter): Record<string, string> {
  const sortText = `${sort.descending ? '-' : ''}${sort.key}`;
  return {
    ...(text === '' ? {} : { text }),
    ...(states.length === 0 ? {} : { state: states.join(',') }),
    ...(data.length === 0 ? {} : { data: data.join(',') }),
    ...(tags.length === 0 ? {} : { tag: tags.join(',') }),
    ...(isArchived ? { archived: '1' } : {}),
    ...(sortText === '-begun' ? {} : { sort: sortText }),
  };
}

export function filtered(summaries: readonly ExperimentSummary[], filter: ExperimentFilter): readonly ExperimentSummary[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = ({ experiment, strategy }: ExperimentSummary): boolean => {
    if ((experiment.archivedAt !== undefined) !== filter.isArchived) return false;
    if (filter.states.length > 0 && !filter.states.includes(experiment.state)) return false;
    if (filter.data.length > 0 && !filter.data.includes(experiment.environment.dataset.name)) return false;
    if (filter.tags.some((tag) => !experiment.tags.includes(tag))) return false;
    const { id, name, system, note, tags } = experiment;
    const haystack = [id, name, system, strategy, note, ...tags].join(' ').toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
  return sorted(summaries.filter(isWanted), filter.sort);
}

type SortValue = string | number | undefined;

const sortValues: Readonly<Record<string, (summary: ExperimentSummary) => SortValue>> = {
  name: ({ experiment }) => experiment.name.toLowerCase(),
  strategy: ({ experiment, strategy }) => `${experiment.system} ${strategy}`,
  data: ({ experiment }) => experiment.environment.dataset.name,
  state: ({ experiment }) => experiment.state,
  trials: ({ experiment }) => experiment.progress.trials.complete,
  best: ({ best }) => best?.value,
  macs: ({ best }) => best?.macs,
  hypervolume: ({ hypervolume }) => hypervolume,
  time: ({ elapsedSeconds }) => elapsedSeconds,
  begun: ({ experiment }) => experiment.createdAt,
};

/** Missing values come last in both directions; equal ones keep their order. */
function sorted(summaries: readonly ExperimentSummary[], { key, descending }: TableSort): readonly ExperimentSummary[] {
  const valueOf = sortValues[key] ?? sortValues['begun'];
  if (valueOf === undefined) return summaries;
  const sign = descending ? -1 : 1;
  return summaries.toSorted((a, b) => {
    const [left, right] = [valueOf(a), valueOf(b)];
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? 1 : -1;
    return left === right ? 0 : left < right ? -sign : sign;
  });
}

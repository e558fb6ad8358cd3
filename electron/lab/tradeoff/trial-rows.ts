import type { TrialAnnotation } from '../../../db/store.ts';
import type { FrontRow } from '../../../engine/export/front-row.ts';
import type { TrialColumn, TrialRow, TrialRows, TrialRowsRequest } from '../../ipc/tradeoff.ts';
import type { Selection } from './selections.ts';
import type { SourceTrial, TrialSource } from './trial-source.ts';

/** One line of the table before it is written out; a failed trial has no `trial`. */
interface Entry {
  readonly source: TrialSource;
  readonly number: number;
  readonly hash: string;
  readonly trial?: SourceTrial;
  readonly row?: FrontRow<SourceTrial>;
}

/** A window of the table of trials. Trials without a value are last, whichever way it is sorted. */
export function trialRows(selection: Selection, request: TrialRowsRequest): TrialRows {
  const only = request.only === undefined ? undefined : new Set(request.only.map(([id, number]) => keyOf(id, number)));
  const entries = entriesOf(selection).filter(
    (entry) => only?.has(keyOf(entry.source.id, entry.number)) !== false && isWanted(entry, request),
  );
  const { by, descending = false } = request.sort ?? { by: 'number' as const };
  const sorted = sortedEntries(entries, by, descending);
  return { total: sorted.length, rows: sorted.slice(request.offset, request.offset + request.limit).map(written) };
}

function keyOf(experiment: string, number: number): string {
  return `${experiment} ${number}`;
}

function entriesOf({ sources, rowOf }: Selection): readonly Entry[] {
  return sources.flatMap((source) => [
    ...source.trials.map((trial): Entry => {
      const row = rowOf.get(trial);
      return { source, number: trial.number, hash: trial.hash, trial, ...(row === undefined ? {} : { row }) };
    }),
    ...source.failed.map(({ number, hash }): Entry => ({ source, number, hash })),
  ]);
}

function isWanted(entry: Entry, { show = 'all', text, ranges = [] }: TrialRowsRequest): boolean {
  const annotation = annotationOf(entry);
  const isShown: Readonly<Record<NonNullable<TrialRowsRequest['show']>, boolean>> = {
    all: true,
    front: entry.row?.isOnFront === true,
    starred: annotation?.isStarred === true,
    shortlisted: annotation?.isShortlisted === true,
    excluded: annotation?.exclusion !== undefined,
    failed: entry.trial === undefined,
  };
  if (!isShown[show]) return false;
  if (text !== undefined && text !== '' && !matches(entry, annotation, text.toLowerCase())) return false;
  return ranges.every(({ column, from, to }) => {
    const value = valueOf(entry, column);
    return typeof value === 'number' && value >= from && value <= to;
  });
}

function matches({ number, hash, trial }: Entry, annotation: TrialAnnotation | undefined, text: string): boolean {
  const words = [`t${number}`, hash, trial?.series, trial?.operator, annotation?.note, annotation?.exclusion, ...(annotation?.tags ?? [])];
  return words.some((word) => word?.toLowerCase().includes(text) === true);
}

function annotationOf({ source, number }: Entry): TrialAnnotation | undefined {
  return source.annotations.get(number);
}

function valueOf({ number, trial, row }: Entry, column: TrialColumn): number | string | null {
  switch (column) {
    case 'number':
      return number;
    case 'macs':
    case 'params':
    case 'activationBytes':
      return trial?.cost[column] ?? null;
    case 'latencyMs':
      return trial?.latencyMs ?? null;
    case 'metric':
      return row?.y ?? null;
    case 'steps':
    case 'seed':
    case 'series':
    case 'operator':
      return trial?.[column] ?? null;
    case 'state':
      return trial === undefined ? 'failed' : 'complete';
  }
}

function sortedEntries(entries: readonly Entry[], by: TrialColumn, descending: boolean): readonly Entry[] {
  const keyed = entries.map((entry) => ({ entry, value: valueOf(entry, by) }));
  const sign = descending ? -1 : 1;
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null) return Number(a.value === null) - Number(b.value === null);
    const order = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    return sign * order || a.entry.number - b.entry.number;
  });
  return keyed.map(({ entry }) => entry);
}

function written(entry: Entry): TrialRow {
  const { source, number, hash, trial, row } = entry;
  const annotation = annotationOf(entry);
  return {
    experiment: source.id,
    number,
    state: trial === undefined ? 'failed' : 'complete',
    hash,
    role: trial?.role ?? null,
    series: trial?.series ?? null,
    operator: trial?.operator ?? null,
    macs: trial?.cost.macs ?? null,
    params: trial?.cost.params ?? null,
    activationBytes: trial?.cost.activationBytes ?? null,
    latencyMs: trial?.latencyMs ?? null,
    ...(trial?.latencyDevice === undefined ? {} : { latencyDevice: trial.latencyDevice }),
    metric: row?.y ?? null,
    kind: row?.kind ?? null,
    ...(row?.spread === undefined ? {} : { spread: row.spread }),
    steps: trial?.steps ?? null,
    seed: trial?.seed ?? null,
    isOnFront: row?.isOnFront === true,
    isKnee: row?.isKnee === true,
    isFeasible: row?.isFeasible !== false,
    ...(annotation === undefined ? {} : { annotation }),
  };
}

import { describe, expect, it } from 'vitest';
import type { ExperimentSummary } from '../../../electron/ipc/overview.ts';
import { defaultFilter, filtered, filterFromQuery, queryOfFilter } from '../../../renderer/views/experiments/experiment-filter.ts';

const entry = (name: string, change: object = {}, best?: number): ExperimentSummary =>
  ({
    experiment: {
      id: name,
      name,
      system: 'hr-nas',
      state: 'complete',
      tags: [],
      note: '',
      createdAt: '2026-01-01',
      environment: { dataset: { name: 'city' } },
      ...change,
    },
    strategy: 'shrink',
    ...(best === undefined ? {} : { best: { value: best } }),
  }) as unknown as ExperimentSummary;
const names = (summaries: readonly ExperimentSummary[]): string => summaries.map(({ experiment }) => experiment.name).join(' ');

describe('filter of the experiments', () => {
  const all = [
    entry('a', { tags: ['paper'] }, 0.5),
    entry('b', { state: 'failed' }),
    entry('c', { archivedAt: '2026' }, 0.9),
    entry('d', {}, 0.7),
  ];

  it('archived ones stand apart; states, tags and words narrow', () => {
    expect(names(filtered(all, defaultFilter))).toBe('a b d');
    expect(names(filtered(all, { ...defaultFilter, isArchived: true }))).toBe('c');
    expect(names(filtered(all, { ...defaultFilter, states: ['failed'] }))).toBe('b');
    expect(names(filtered(all, { ...defaultFilter, tags: ['paper'] }))).toBe('a');
    expect(names(filtered(all, { ...defaultFilter, text: 'HR-NAS pap' }))).toBe('a');
  });

  it('what has no value comes last in both directions', () => {
    const by = (descending: boolean) => names(filtered(all, { ...defaultFilter, sort: { key: 'best', descending } }));
    expect([by(true), by(false)]).toEqual(['d a b', 'a d b']);
  });

  it('an address brings the same filter back, and the default needs none', () => {
    const filter = {
      ...defaultFilter,
      text: 'x',
      states: ['running', 'failed'],
      isArchived: true,
      sort: { key: 'macs', descending: false },
    };
    expect(filterFromQuery(queryOfFilter(filter))).toEqual(filter);
    expect(queryOfFilter(defaultFilter)).toEqual({});
  });
});

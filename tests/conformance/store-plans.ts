import { expect, it } from 'vitest';
import type { ExperimentStore } from '../../db/store.ts';

/** Searches that have not begun; part of the suite of every store. */
export function planCases(store: () => ExperimentStore): void {
  const request = { config: { preset: 'demo' }, dataset: 'city' };

  it('plans are kept in the order in which they were saved; one that is changed keeps its place and its time', () => {
    store().savePlan({ id: 'a', kind: 'queued', request });
    store().savePlan({ id: 'b', kind: 'queued', request });
    const before = store().plan('a');
    store().savePlan({ id: 'a', kind: 'queued', request: { ...request, name: 'first' } });
    expect(
      store()
        .plans()
        .map(({ id }) => id),
    ).toEqual(['a', 'b']);
    expect(store().plan('a')).toEqual({ ...before, request: { ...request, name: 'first' } });
  });

  it('a draft that is queued goes behind those that wait; a failure stands with it until it is saved without', () => {
    store().savePlan({ id: 'draft', kind: 'draft', request });
    store().savePlan({ id: 'waits', kind: 'queued', request });
    store().savePlan({ id: 'draft', kind: 'queued', request, failure: { code: 'no-room', message: 'There is no room.' } });
    expect(
      store()
        .plans()
        .map(({ id, kind }) => [id, kind]),
    ).toEqual([
      ['waits', 'queued'],
      ['draft', 'queued'],
    ]);
    expect(store().plan('draft')?.failure).toEqual({ code: 'no-room', message: 'There is no room.' });
    store().savePlan({ id: 'draft', kind: 'queued', request });
    expect(store().plan('draft')).not.toHaveProperty('failure');
  });

  it('a plan that was removed is gone, and removing it again is refused', () => {
    store().savePlan({ id: 'a', kind: 'draft', request });
    store().removePlan('a');
    expect(store().plan('a')).toBeUndefined();
    expect(() => store().removePlan('a')).toThrow(expect.objectContaining({ code: 'unknown-plan' }));
  });

  it('an experiment takes the plan that it carries out with it; without that plan it does not begin, and one that exists leaves the plan', () => {
    const runner = { pid: 1, bootId: 'boot', startedAt: '1' };
    const experiment = (id: string) => ({ id, name: id, system: 'hr-nas', config: {}, environment: {}, runner });
    store().savePlan({ id: 'a', kind: 'queued', request });
    store().createExperiment(experiment('one'), 'a');
    expect(store().plans()).toEqual([]);
    expect(() => store().createExperiment(experiment('two'), 'a')).toThrow(expect.objectContaining({ code: 'unknown-plan' }));
    expect(store().experiment('two')).toBeUndefined();
    store().savePlan({ id: 'b', kind: 'queued', request });
    expect(() => store().createExperiment(experiment('one'), 'b')).toThrow(expect.objectContaining({ code: 'experiment-exists' }));
    expect(store().plan('b')).toBeDefined();
  });
}

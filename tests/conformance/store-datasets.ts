import { expect, it } from 'vitest';
import type { ExperimentStore } from '../../db/store.ts';
import { codeOf } from './store-records.ts';

/** Data sets and what was judged on them; part of the suite of every store. */
export function datasetCases(store: () => ExperimentStore): void {
  it('data sets are registered once a name, moved and forgotten', () => {
    const record = { name: 'city', kind: 'cityscapes', root: '/data/a', fingerprint: 'aa', info: { splits: { train: 3 } } };
    store().addDataset(record);
    expect(codeOf(() => store().addDataset({ ...record, root: '/elsewhere' }))).toBe('dataset-exists');
    store().relocateDataset('city', '/data/b', 'bb');
    expect(store().dataset('city')).toMatchObject({ ...record, root: '/data/b', fingerprint: 'bb' });
    store().removeDataset('city');
    expect(store().datasets()).toEqual([]);
    expect(codeOf(() => store().removeDataset('city'))).toBe('unknown-dataset');
    expect(codeOf(() => store().relocateDataset('city', '/x', 'x'))).toBe('unknown-dataset');
  });

  it('a data set that was put away keeps its record and its first time, and comes back as it was', () => {
    store().addDataset({ name: 'city', kind: 'cityscapes', root: '/data', fingerprint: 'aa', info: {} });
    const before = store().dataset('city');
    store().archiveDataset('city', true);
    const { archivedAt, ...rest } = store().dataset('city') ?? {};
    expect(archivedAt).toEqual(expect.any(String));
    expect(rest).toEqual(before);
    store().archiveDataset('city', true);
    expect(store().dataset('city')?.archivedAt).toBe(archivedAt);
    store().archiveDataset('city', false);
    expect(store().datasets()).toEqual([before]);
    expect(codeOf(() => store().archiveDataset('other', true))).toBe('unknown-dataset');
  });

  it('evaluations are kept once an id, listed newest first and by data set, also of one that nobody knows', () => {
    const record = { id: 'ev-1', dataset: 'city', fingerprint: 'aa', split: 'val', subject: { trial: 3 }, result: { metrics: [0.5] } };
    store().addEvaluation(record);
    store().addEvaluation({ ...record, id: 'ev-2', dataset: 'other' });
    store().addEvaluation({ ...record, id: 'ev-3' });
    expect(codeOf(() => store().addEvaluation(record))).toBe('evaluation-exists');
    expect(store().evaluation('ev-1')).toMatchObject(record);
    expect(store().evaluation('ev-9')).toBeUndefined();
    expect(
      store()
        .evaluations()
        .map(({ id }) => id),
    ).toEqual(['ev-3', 'ev-2', 'ev-1']);
    expect(
      store()
        .evaluations('city')
        .map(({ id }) => id),
    ).toEqual(['ev-3', 'ev-1']);
    store().removeEvaluation('ev-1');
    expect(codeOf(() => store().removeEvaluation('ev-1'))).toBe('unknown-evaluation');
  });
}

import { expect, it } from 'vitest';
import type { ExperimentStore } from '../../db/store.ts';
import { codeOf, finishedTrial, foreignBundle } from './store-records.ts';

/** What stands beside trials: columns, annotations, further results, edited references; part of the suite of every store. */
export function noteCases(store: () => ExperimentStore): void {
  const withTrials = (...numbers: readonly number[]): void => {
    for (const number of numbers) {
      store().startTrial('a', finishedTrial(number));
      store().finishTrial('a', finishedTrial(number));
    }
  };

  it('columns of trials: complete and failed ones by number, with null for what a trial lacks', () => {
    withTrials(2, 1);
    store().startTrial('a', finishedTrial(0));
    store().failTrial('a', 0, { code: 'nan', message: 'the loss is not a number' });
    store().startTrial('a', finishedTrial(3));
    expect(store().trialPoints('a')).toEqual({
      number: [0, 1, 2],
      state: ['failed', 'complete', 'complete'],
      hash: ['hash-0', 'hash-1', 'hash-2'],
      role: [null, 'front', 'front'],
      series: [null, null, null],
      operator: [null, null, null],
      cost: [null, { macs: 1001, params: 10 }, { macs: 1002, params: 10 }],
      metrics: [[], finishedTrial(1).metrics, finishedTrial(2).metrics],
      steps: [null, 40, 40],
      seed: [null, 7, 7],
    });
    expect(codeOf(() => store().trialPoints('zz'))).toBe('unknown-experiment');
  });

  it('architectures of some trials in the order asked for, null for one that is not there', () => {
    withTrials(4, 5);
    expect(store().architectures('a', [5, 9, 4])).toEqual([finishedTrial(5).arch, null, finishedTrial(4).arch]);
    expect(codeOf(() => store().architectures('zz', [1]))).toBe('unknown-experiment');
  });

  it('an annotation changes what is named, keeps the rest, and an exclusion can be taken back', () => {
    withTrials(0, 1);
    store().annotateTrial('a', 1, { isStarred: true, tags: ['paper'] });
    expect(store().annotateTrial('a', 1, { exclusion: 'wrong labels', note: 'n' })).toMatchObject({ isStarred: true, exclusion: 'wrong labels' });
    store().annotateTrial('a', 0, { isShortlisted: true });
    expect(codeOf(() => store().annotateTrials('a', [0, 9], { note: 'half' }))).toBe('unknown-trial');
    expect(store().annotateTrials('a', [0, 1], { note: 'n' }).map(({ number, note }) => [number, note])).toEqual([[0, 'n'], [1, 'n']]);
    const read = () => store().trialAnnotations('a').map(({ updatedAt: _time, ...rest }) => rest);
    expect(read()).toEqual([
      { experiment: 'a', number: 0, isStarred: false, isShortlisted: true, tags: [], note: 'n' },
      { experiment: 'a', number: 1, isStarred: true, isShortlisted: false, tags: ['paper'], note: 'n', exclusion: 'wrong labels' },
    ]);
    store().annotateTrial('a', 1, { exclusion: null });
    expect(read()[1]).not.toHaveProperty('exclusion');
    expect(codeOf(() => store().annotateTrial('a', 9, {}))).toBe('unknown-trial');
    expect(codeOf(() => store().annotateTrial('zz', 0, {}))).toBe('unknown-experiment');
  });

  it('an experiment is put away once and brought back; replacing its record keeps the mark', () => {
    store().addExperiment(foreignBundle());
    store().archiveExperiment('b', true);
    const first = store().experiment('b')?.archivedAt;
    expect(first).toBeTypeOf('string');
    store().archiveExperiment('b', true);
    store().replaceExperiment(foreignBundle());
    expect(store().experiment('b')?.archivedAt).toBe(first);
    store().archiveExperiment('b', false);
    expect(store().experiment('b')).not.toHaveProperty('archivedAt');
    expect(codeOf(() => store().archiveExperiment('zz', true))).toBe('unknown-experiment');
  });

  it('further results are kept in the order they came, by trial; edited references newest first', () => {
    withTrials(0, 1);
    store().addTrialResults('a', 1, [{ kind: 'retrained', name: 'mIoU', value: 0.7, split: 'val', seed: 1 }]);
    store().addTrialResults('a', 0, [{ kind: 'measured', name: 'latencyP50Ms', value: null, split: '' }]);
    store().addTrialResults('a', 1, [{ kind: 'retrained', name: 'mIoU', value: 0.72, split: 'val', seed: 2 }]);
    expect(store().trialResults('a').map(({ number, value, seed }) => [number, value, seed])).toEqual([[0, null, undefined], [1, 0.7, 1], [1, 0.72, 2]]);
    expect(codeOf(() => store().addTrialResults('a', 9, []))).toBe('unknown-trial');
    store().addReferenceEdit('a', { macs: 1, metric: 0.1, note: 'first' });
    store().addReferenceEdit('a', { macs: 2, metric: 0.2, note: 'second' });
    expect(store().referenceEdits('a').map(({ note }) => note)).toEqual(['second', 'first']);
  });

  it('what stands beside trials stays when the record is replaced, and goes with a removed one', () => {
    store().addExperiment(foreignBundle());
    store().annotateTrial('b', 0, { isStarred: true });
    store().addTrialResults('b', 0, [{ kind: 'measured', name: 'latencyP50Ms', value: 3, split: '' }]);
    store().addReferenceEdit('b', { macs: 1, metric: 0.1, note: 'first' });
    store().replaceExperiment(foreignBundle());
    expect([store().trialAnnotations('b').length, store().trialResults('b').length, store().referenceEdits('b').length]).toEqual([1, 1, 1]);
    store().removeExperiment('b');
    store().addExperiment(foreignBundle());
    expect([store().trialAnnotations('b').length, store().trialResults('b').length, store().referenceEdits('b').length]).toEqual([0, 0, 0]);
  });
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetCases } from './store-datasets.ts';
import { checkpoint, codeOf, finishedTrial, foreignBundle, newExperiment, runner } from './store-records.ts';
import { noteCases } from './store-notes.ts';
import { planCases } from './store-plans.ts';
import type { ExperimentStore } from '../../db/store.ts';

/** One suite for every implementation. `reopen` is given where a store outlives its connection. */
export function storeConformance(
  name: string,
  open: () => { store: ExperimentStore; reopen?: () => ExperimentStore; remove?: () => void },
): void {
  describe(`${name}: contract of the store`, () => {
    let store: ExperimentStore;
    let opened: ReturnType<typeof open>;

    beforeEach(() => {
      opened = open();
      store = opened.store;
      store.createExperiment(newExperiment('a'));
    });

    afterEach(() => {
      store.close();
      opened.remove?.();
    });

    experimentCases(() => store);
    trialCases(() => store);
    noteCases(() => store);
    scalarCases(() => store);
    checkpointCases(() => store);
    otherCases(() => store);
    datasetCases(() => store);
    planCases(() => store);

    it('what was written is there after opening again', () => {
      if (opened.reopen === undefined) return;
      store.startTrial('a', finishedTrial(0));
      store.finishTrial('a', { ...finishedTrial(0), weights: 'trial-0.safetensors', details: { alive: [1, 2] }, parents: [3], operator: 'shrink', series: 'rho=0.1' });
      store.addScalars('a', [{ step: 1, values: { loss: 2 } }]);
      store.addCheckpoint(checkpoint('latest', 4));
      store.addLog({ experiment: 'a', level: 'warn', message: 'careful', values: { n: 1 } });
      store.addDataset({ name: 'city', kind: 'cityscapes', root: '/data', fingerprint: 'aa', info: { splits: { train: 3 } } });
      store.annotate('a', { tags: ['x'], note: 'n' });
      store.annotateTrial('a', 0, { isStarred: true, exclusion: 'label error', tags: ['y'] });
      store.addTrialResults('a', 0, [{ kind: 'measured', name: 'latencyP50Ms', value: 29, split: '', details: { device: 'cpu' } }]);
      store.addReferenceEdit('a', { macs: 1e9, metric: 0.5, note: 'as in the table' });
      const read = () => ({
        annotations: store.trialAnnotations('a'),
        results: store.trialResults('a'),
        edits: store.referenceEdits('a'),
        experiments: store.experiments(),
        trials: store.trials('a'),
        scalars: store.scalars('a', 'loss'),
        checkpoints: store.checkpoints('a'),
        logs: store.logs('a'),
        datasets: store.datasets(),
      });
      const before = read();
      store.close();
      store = opened.reopen();
      expect(read()).toEqual(before);
      expect(before.trials[0]).toMatchObject({ weights: 'trial-0.safetensors', parents: [3], operator: 'shrink', series: 'rho=0.1', details: { alive: [1, 2] } });
    });
  });
}

function experimentCases(store: () => ExperimentStore): void {
  it('a new experiment is running under its runner, with its configuration', () => {
    expect(store().experiment('a')).toMatchObject({ ...newExperiment('a'), state: 'running', tags: [], note: '', seconds: 0 });
    expect(store().experiment('b')).toBeUndefined();
  });

  it('a second experiment of the same id is refused and changes nothing', () => {
    expect(codeOf(() => store().createExperiment({ ...newExperiment('a'), name: 'other' }))).toBe('experiment-exists');
    expect(store().experiments().map(({ name }) => name)).toEqual(['name of a']);
  });

  it('experiments are listed newest first', () => {
    store().createExperiment(newExperiment('b'));
    store().createExperiment(newExperiment('c'));
    expect(store().experiments().map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('an experiment of another store is added with its own times, attempts and order; all of it can be read again', () => {
    const bundle = foreignBundle();
    store().addExperiment(bundle);
    expect(store().experiment('b')).toEqual(bundle.experiment);
    const owned = (records: readonly object[]): object[] => records.map((record) => ({ ...record, experiment: 'b' }));
    expect(store().trials('b')).toEqual(owned(bundle.trials));
    expect(store().checkpoints('b')).toEqual(owned(bundle.checkpoints));
    expect(store().latestCheckpoint('b')?.name).toBe('newer');
    expect(store().logs('b')).toEqual(owned(bundle.logs));
    expect(store().scalarNames('b')).toEqual(['loss', 'rate']);
    expect(store().scalars('b', 'loss')).toEqual([{ step: 1, value: 2 }, { step: 2, value: Number.NaN }]);
    expect(store().experiments().map(({ id }) => id)).toEqual(['a', 'b']);
    store().setExperimentState('b', 'running', { runner });
    expect(store().startTrial('b', finishedTrial(1))).toBe(3);
  });

  it('adding under an id that is taken, or something that is marked as running, is refused and leaves nothing', () => {
    const bundle = foreignBundle();
    const { experiment, trials } = bundle;
    expect(codeOf(() => store().addExperiment({ ...bundle, experiment: { ...experiment, id: 'a' } }))).toBe('experiment-exists');
    expect(codeOf(() => store().addExperiment({ ...bundle, experiment: { ...experiment, state: 'running' } }))).toBe('still-running');
    expect(codeOf(() => store().addExperiment({ ...bundle, trials: trials.map((trial) => ({ ...trial, state: 'running' as const })) }))).toBe('still-running');
    expect(store().experiments().map(({ id }) => id)).toEqual(['a']);
    expect(store().trials('a')).toEqual([]);
  });

  it('replacing an experiment leaves nothing of the one before, and adds one that was missing', () => {
    const bundle = foreignBundle();
    const { experiment } = bundle;
    store().startTrial('a', finishedTrial(7));
    store().addScalars('a', [{ step: 9, values: { loss: 1 } }]);
    store().addLog({ experiment: 'a', level: 'info', message: 'old' });
    for (const id of ['a', 'b']) {
      store().replaceExperiment({ ...bundle, experiment: { ...experiment, id } });
      expect(store().experiment(id)).toEqual({ ...experiment, id });
      expect(store().trials(id).map(({ number }) => number)).toEqual([0, 1]);
      expect(store().lastStep(id)).toBe(2);
      expect(store().logs(id).map(({ message }) => message)).toEqual(['first', 'second']);
    }
    expect(codeOf(() => store().replaceExperiment({ ...bundle, experiment: { ...experiment, id: 'a', state: 'running' } }))).toBe('still-running');
    expect(store().experiment('a')).toEqual({ ...experiment, id: 'a' });
  });

  it('legal transitions are followed; seconds add up; a failure goes when it runs again', () => {
    store().setExperimentState('a', 'interrupted', { addSeconds: 1.5, failure: { code: 'disk-full', message: 'm', tip: 't' } });
    expect(store().experiment('a')).toMatchObject({ state: 'interrupted', seconds: 1.5, failure: { code: 'disk-full', message: 'm', tip: 't' } });
    expect(store().experiment('a')).not.toHaveProperty('runner');
    store().setExperimentState('a', 'stopped');
    expect(store().experiment('a')).toMatchObject({ state: 'stopped', failure: { code: 'disk-full', message: 'm', tip: 't' } });
    store().setExperimentState('a', 'running', { runner: { ...runner, pid: 5 } });
    expect(store().experiment('a')).toMatchObject({ state: 'running', runner: { pid: 5 } });
    expect(store().experiment('a')).not.toHaveProperty('failure');
    store().setExperimentState('a', 'complete', { addSeconds: 2 });
    expect(store().experiment('a')).toMatchObject({ state: 'complete', seconds: 3.5 });
  });

  it('illegal transitions are refused: from complete, from failed, interrupted to complete, running without a runner', () => {
    store().setExperimentState('a', 'interrupted');
    expect(codeOf(() => store().setExperimentState('a', 'complete'))).toBe('illegal-transition');
    expect(codeOf(() => store().setExperimentState('a', 'running'))).toBe('runner-missing');
    store().setExperimentState('a', 'running', { runner });
    store().setExperimentState('a', 'failed', { failure: { code: 'loss-not-finite', message: 'm' } });
    for (const state of ['running', 'stopped', 'complete', 'failed', 'interrupted'] as const) {
      expect(codeOf(() => store().setExperimentState('a', state, { runner }))).toBe('finished');
    }
    expect(store().experiment('a')).toMatchObject({ state: 'failed', failure: { code: 'loss-not-finite', message: 'm' } });
  });

  it('interruptRunning turns only those over whose runner is gone', () => {
    store().createExperiment({ ...newExperiment('b'), runner: { ...runner, pid: 1 } });
    store().createExperiment(newExperiment('c'));
    store().setExperimentState('c', 'stopped');
    expect(store().interruptRunning(({ pid }) => pid === 1)).toEqual(['a']);
    expect(store().experiments().map(({ id, state }) => `${id} ${state}`)).toEqual(['c stopped', 'b running', 'a interrupted']);
  });

  it('annotations may change after the end; removing takes everything with it', () => {
    store().setExperimentState('a', 'complete');
    store().annotate('a', { tags: ['paper', 'hr'], note: 'kept' });
    store().annotate('a', { name: 'new' });
    expect(store().experiment('a')).toMatchObject({ name: 'new', tags: ['paper', 'hr'], note: 'kept' });
    store().addLog({ experiment: 'a', level: 'info', message: 'm' });
    store().removeExperiment('a');
    store().createExperiment(newExperiment('a'));
    expect([...store().logs('a'), ...store().trials('a'), ...store().checkpoints('a')]).toEqual([]);
  });

  it('an experiment that does not exist is named in the error of every operation', () => {
    const calls: readonly ((id: string) => unknown)[] = [
      (id) => store().setExperimentState(id, 'stopped'),
      (id) => store().setEnvironment(id, {}),
      (id) => store().annotate(id, { note: '' }),
      (id) => store().removeExperiment(id),
      (id) => store().startTrial(id, finishedTrial(0)),
      (id) => store().trials(id),
      (id) => store().addScalars(id, [{ step: 1, values: { loss: 1 } }]),
      (id) => store().addCheckpoint({ ...checkpoint('latest', 1), experiment: id }),
      (id) => store().addLog({ experiment: id, level: 'info', message: 'm' }),
    ];
    for (const call of calls) {
      expect(codeOf(() => call('nobody'))).toBe('unknown-experiment');
      expect(() => call('nobody')).toThrow(/nobody/);
    }
  });
}

function trialCases(store: () => ExperimentStore): void {
  it('a trial runs, then is complete with its result', () => {
    expect(store().startTrial('a', finishedTrial(3))).toBe(1);
    expect(store().trial('a', 3)).toMatchObject({ state: 'running', attempt: 1, metrics: [] });
    expect(store().finishTrial('a', finishedTrial(3))).toBe('written');
    expect(store().trial('a', 3)).toMatchObject({ ...finishedTrial(3), state: 'complete', attempt: 1, experiment: 'a' });
    expect(store().trial('a', 4)).toBeUndefined();
  });

  it('a trial that was cut off keeps its number and gets the next attempt, abandoned or still marked running', () => {
    store().startTrial('a', finishedTrial(0));
    store().abandonTrials('a');
    expect(store().trial('a', 0)).toMatchObject({ state: 'abandoned', attempt: 1 });
    expect(store().startTrial('a', finishedTrial(0))).toBe(2);
    expect(store().startTrial('a', finishedTrial(0))).toBe(3);
    expect(store().trial('a', 0)).toMatchObject({ state: 'running', attempt: 3 });
    expect(store().trial('a', 0)).not.toHaveProperty('finishedAt');
  });

  it('a complete trial is kept as it is when it comes again, and refused with another architecture', () => {
    store().startTrial('a', finishedTrial(0));
    store().finishTrial('a', finishedTrial(0));
    const before = store().trial('a', 0);
    expect(store().finishTrial('a', finishedTrial(0, 5))).toBe('kept');
    expect(codeOf(() => store().finishTrial('a', { ...finishedTrial(0), hash: 'other' }))).toBe('finished');
    expect(codeOf(() => store().startTrial('a', finishedTrial(0)))).toBe('finished');
    expect(codeOf(() => store().failTrial('a', 0, { code: 'x', message: 'm' }))).toBe('finished');
    store().abandonTrials('a');
    expect(store().trial('a', 0)).toEqual(before);
  });

  it('a failed trial keeps its cause and is final', () => {
    store().startTrial('a', finishedTrial(0));
    store().failTrial('a', 0, { code: 'out-of-memory', message: 'm', tip: 't' });
    expect(store().trial('a', 0)).toMatchObject({ state: 'failed', failure: { code: 'out-of-memory', message: 'm', tip: 't' } });
    expect(codeOf(() => store().startTrial('a', finishedTrial(0)))).toBe('finished');
    expect(codeOf(() => store().finishTrial('a', finishedTrial(0)))).toBe('finished');
  });

  it('a trial that never started cannot end', () => {
    expect(codeOf(() => store().finishTrial('a', finishedTrial(9)))).toBe('unknown-trial');
    expect(codeOf(() => store().failTrial('a', 9, { code: 'x', message: 'm' }))).toBe('unknown-trial');
  });

  it('trials come by number whatever the order of their starts, separate for each experiment', () => {
    store().createExperiment(newExperiment('b'));
    for (const number of [10, 2, 5]) store().startTrial('a', finishedTrial(number));
    store().startTrial('b', finishedTrial(2));
    expect(store().trials('a').map(({ number }) => number)).toEqual([2, 5, 10]);
    expect(store().trials('b').map(({ attempt }) => attempt)).toEqual([1]);
    store().failTrial('a', 10, { code: 'x', message: 'm' });
    expect(store().trialCounts('a')).toEqual({ running: 2, complete: 0, failed: 1, abandoned: 0 });
  });
}

function scalarCases(store: () => ExperimentStore): void {
  it('scalars come by step; writing a step again replaces it; not-a-number survives', () => {
    store().addScalars('a', [
      { step: 2, values: { loss: 1, lr: 0.1 } },
      { step: 1, values: { loss: Number.NaN } },
      { step: 2, values: { loss: 3 } },
    ]);
    expect(store().scalars('a', 'loss')).toEqual([{ step: 1, value: Number.NaN }, { step: 2, value: 3 }]);
    expect(store().scalars('a', 'unknown')).toEqual([]);
    expect(store().scalarNames('a')).toEqual(['loss', 'lr']);
    expect(store().lastStep('a')).toBe(2);
  });

  it('truncating removes what lies after the resume point in this experiment alone', () => {
    store().createExperiment(newExperiment('b'));
    for (const id of ['a', 'b']) store().addScalars(id, [1, 2, 3, 4].map((step) => ({ step, values: { loss: step } })));
    store().addScalars('a', [{ step: 4, values: { late: 1 } }]);
    store().truncateScalars('a', 2);
    expect(store().scalars('a', 'loss').map(({ step }) => step)).toEqual([1, 2]);
    expect(store().scalarNames('a')).toEqual(['loss']);
    expect([store().lastStep('a'), store().lastStep('b')]).toEqual([2, 4]);
  });

  it('a long series is down-sampled with its ends and its peak', () => {
    store().addScalars('a', Array.from({ length: 1000 }, (_, step) => ({ step, values: { loss: step === 617 ? 99 : step % 7 } })));
    const points = store().scalars('a', 'loss', 50);
    expect(points.length).toBeLessThanOrEqual(50);
    expect(points.length).toBeGreaterThan(30);
    expect([points[0]?.step, points.at(-1)?.step]).toEqual([0, 999]);
    expect(points).toContainEqual({ step: 617, value: 99 });
  });
}

function checkpointCases(store: () => ExperimentStore): void {
  it('the newest state replaces the older ones that are not kept and says which files can go', () => {
    expect(store().addCheckpoint(checkpoint('latest', 10))).toEqual([]);
    expect(store().addCheckpoint(checkpoint('warm-up', 20, { keep: true }))).toEqual([]);
    expect(store().addCheckpoint(checkpoint('latest', 30))).toEqual(['state-10.safetensors']);
    expect(store().addCheckpoint(checkpoint('later', 40))).toEqual(['state-30.safetensors']);
    expect(store().checkpoints('a').map(({ name }) => name)).toEqual(['later', 'warm-up']);
    expect(store().latestCheckpoint('a')).toMatchObject({ name: 'later', step: 40, state: { step: 40 }, keep: false });
  });

  it('the same file again, a file of a trial and a file that a kept one names are not for deletion', () => {
    store().startTrial('a', finishedTrial(0));
    store().finishTrial('a', { ...finishedTrial(0), weights: 'shared.safetensors' });
    store().addCheckpoint(checkpoint('latest', 10, { file: 'shared.safetensors' }));
    expect(store().addCheckpoint(checkpoint('latest', 20))).toEqual([]);
    expect(store().addCheckpoint(checkpoint('latest', 20))).toEqual([]);
    store().addCheckpoint(checkpoint('kept', 20, { keep: true }));
    expect(store().addCheckpoint(checkpoint('latest', 30))).toEqual([]);
    expect(store().removeCheckpoint('a', 'kept')).toEqual(['state-20.safetensors']);
    expect(store().checkpoints('a').map(({ name }) => name)).toEqual(['latest']);
  });

  it('of equal steps the later phase is the one to resume from, then the last written', () => {
    store().addCheckpoint(checkpoint('start of rho', 10, { phaseIndex: 1, keep: true, file: 'b' }));
    store().addCheckpoint(checkpoint('end of warm-up', 10, { phaseIndex: 0, keep: true, file: 'a' }));
    expect(store().latestCheckpoint('a')?.name).toBe('start of rho');
    store().addCheckpoint(checkpoint('again', 10, { phaseIndex: 1, file: 'c' }));
    expect(store().latestCheckpoint('a')?.name).toBe('again');
    store().createExperiment(newExperiment('b'));
    expect(store().latestCheckpoint('b')).toBeUndefined();
  });
}

function otherCases(store: () => ExperimentStore): void {
  it('the log is oldest first; a limit takes the newest', () => {
    for (const message of ['one', 'two', 'three']) store().addLog({ experiment: 'a', level: 'info', message });
    expect(store().logs('a').map(({ message }) => message)).toEqual(['one', 'two', 'three']);
    expect(store().logs('a', 2).map(({ message }) => message)).toEqual(['two', 'three']);
    expect(store().logs('a', 0)).toEqual([]);
  });

  it('a record that was read does not change with what the caller does to its own objects', () => {
    const arch = { choices: { a: 1 } };
    store().startTrial('a', { number: 0, arch, hash: 'h' });
    arch.choices.a = 2;
    expect(store().trial('a', 0)?.arch).toEqual({ choices: { a: 1 } });
  });
}

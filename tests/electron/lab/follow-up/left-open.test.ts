import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { finishLeftOpen } from '../../../../electron/lab/follow-up/left-open.ts';
import { unfollowed } from '../../../../electron/lab/follow-up/retrain.ts';
import { bundle, filledHome, id } from '../naslab/sample.ts';

const environment = bundle().experiment.environment as object;

function homeWith(change: object) {
  const home = filledHome({ state: 'complete' });
  const [trial] = bundle().trials;
  const other = bundle({ id: 'hrnas-other', state: 'complete', environment: { ...environment, ...change } });
  const metrics = [{ name: 'mIoU', value: 0.5, split: 'search-val', kind: 'proxy' }];
  home.store.addExperiment({ ...other, checkpoints: [], trials: trial === undefined ? [] : [{ ...trial, metrics }] });
  return home;
}

describe('what the owner of a home did not come to', () => {
  test('the score of a complete retraining is kept with its trial, once', () => {
    const { store, layout } = homeWith({ retrains: { experiment: id, trial: 0, seed: 4, later: [6] } });
    finishLeftOpen(store, layout);
    finishLeftOpen(store, layout);
    expect(store.trialResults(id)).toMatchObject([
      { number: 0, kind: 'retrained', name: 'mIoU', value: 0.5, seed: 4, details: { experiment: 'hrnas-other' } },
    ]);
  });

  test('its next seed is due until it was begun', () => {
    const { store } = homeWith({ retrains: { experiment: id, trial: 0, seed: 4, later: [6] } });
    expect(unfollowed(store)).toEqual(['hrnas-other']);
    store.addLog({ experiment: 'hrnas-other', level: 'info', message: 'Seed 6 follows.', values: { followedBy: 'hrnas-next' } });
    expect(unfollowed(store)).toEqual([]);
  });

  test('one without further seeds, or whose trial is gone: nothing is due', () => {
    expect(unfollowed(homeWith({ retrains: { experiment: id, trial: 0, seed: 4, later: [] } }).store)).toEqual([]);
    const { store, layout } = homeWith({ retrains: { experiment: id, trial: 9, seed: 4, later: [6] } });
    finishLeftOpen(store, layout);
    expect(unfollowed(store)).toEqual([]);
    expect(store.trialResults(id)).toEqual([]);
  });

  test('what a check repeated is removed; the experiment itself stays', () => {
    const { store, layout, folder } = homeWith({ repeats: id });
    finishLeftOpen(store, layout);
    expect(store.experiments().map((record) => record.id)).toEqual([id]);
    expect(existsSync(folder)).toBe(true);
  });
});

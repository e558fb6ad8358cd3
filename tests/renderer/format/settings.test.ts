import { describe, expect, it } from 'vitest';
import { leavesOf, parseSetting, settingDifferences } from '../../../renderer/format/settings.ts';

describe('settings of a configuration', () => {
  it('every value stands under its dotted path; a list is one value', () => {
    expect(leavesOf({ seed: 5, data: { crop: [64, 128], dataset: 'city' } })).toEqual([
      ['seed', 5],
      ['data.crop', [64, 128]],
      ['data.dataset', 'city'],
    ]);
  });

  it('differences name both values; what only one has is undefined in the other', () => {
    expect(settingDifferences({ a: { b: 1, c: [1] } }, { a: { b: 2, c: [1] }, d: true })).toEqual([
      { path: 'a.b', from: 1, to: 2 },
      { path: 'd', from: undefined, to: true },
    ]);
    expect(settingDifferences({ a: [1, 2] }, { a: [1, 2] })).toEqual([]);
  });

  it('typed text is JSON where it is JSON, else a word', () => {
    expect([parseSetting('0.004'), parseSetting('[64, 128]'), parseSetting(' val '), parseSetting('true')]).toEqual([
      0.004,
      [64, 128],
      'val',
      true,
    ]);
  });
});

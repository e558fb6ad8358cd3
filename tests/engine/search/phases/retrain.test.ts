import { describe, expect, it } from 'vitest';
import type { TrialResult } from '../../../../engine/search/events.ts';
import { nthBest } from '../../../../engine/search/phases/retrain.ts';

const trial = (number: number, value: number | null): TrialResult =>
  ({ number, metrics: [{ name: 'mIoU', value, split: 'val', kind: 'proxy' }] }) as unknown as TrialResult;

describe('nthBest', () => {
  // trials 5 and 6 are retrained ones; they came last, but the store need not give trials in order
  const finished = [trial(6, 0.99), trial(3, 0.7), trial(0, 0.5), trial(1, null), trial(2, 0.7), trial(5, 0.98)];

  it('by score, of equal ones the earlier; trials without a score and retrained ones are passed over', () => {
    expect([0, 1, 2].map((rank) => nthBest(finished, 5, rank)?.number)).toEqual([2, 3, 0]);
  });

  it('undefined where fewer have a score', () => {
    expect(nthBest(finished, 5, 3)).toBeUndefined();
    expect(nthBest([], 5, 0)).toBeUndefined();
  });
});

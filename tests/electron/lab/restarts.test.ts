import { describe, expect, it } from 'vitest';
import { Restarts } from '../../../electron/lab/restarts.ts';

describe('Restarts', () => {
  it('without getting any further: as many as there are delays, in their order, then never again', () => {
    const restarts = new Restarts([20, 100, 300]);
    expect([5, 5, 5, 5, 5].map((step) => restarts.next(step))).toEqual([
      { number: 1, delayMs: 20 },
      { number: 2, delayMs: 100 },
      { number: 3, delayMs: 300 },
      undefined,
      undefined,
    ]);
  });

  it('progress since the last death counts anew', () => {
    const restarts = new Restarts([20, 100]);
    expect([0, 0, 4, 4, 4].map((step) => restarts.next(step)?.number)).toEqual([1, 2, 1, 2, undefined]);
  });

  it('no delays: never', () => {
    expect(new Restarts([]).next(0)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { bestOf, type ScoredTrials } from '../../../../electron/lab/overview/scored-trials.ts';

const metric = { name: 'mIoU', split: 'val', kind: 'proxy' } as const;
const scored = (change: Partial<ScoredTrials>): ScoredTrials => ({
  metric,
  trial: [0, 1, 2],
  macs: [9, 8, 7],
  value: [0.8, 0.6, 0.7],
  kind: ['proxy', 'proxy', 'proxy'],
  role: ['front', 'front', 'front'],
  series: [null, null, null],
  ...change,
});

describe('bestOf', () => {
  it('the most accurate of those that competed', () => {
    expect(bestOf(scored({}))).toEqual({ trial: 0, macs: 9, value: 0.8 });
    expect(bestOf(scored({ role: ['reference', 'front', 'front'] }))?.trial).toBe(2);
  });

  it('of networks that were trained again one of those, whatever the cheap scores were', () => {
    const best = bestOf(scored({ kind: ['proxy', 'retrained', 'retrained'] }));
    expect(best).toMatchObject({ trial: 2, kind: 'retrained' });
  });
});

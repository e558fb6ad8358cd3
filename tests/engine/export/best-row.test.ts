import { describe, expect, it } from 'vitest';
import { bestRow } from '../../../engine/export/best-row.ts';
import type { FrontTrial } from '../../../engine/export/front-row.ts';
import { frontTable } from '../../../engine/export/front-table.ts';

function trial(number: number, macs: number, value: number, kind: string, change: Partial<FrontTrial> = {}): FrontTrial {
  return {
    number,
    hash: `${number}`,
    role: 'front',
    cost: { macs, params: 1, activationBytes: 1, input: [7, 9, 3] },
    metrics: [{ name: 'mIoU', value, split: 'val', kind }],
    steps: 1,
    seed: 0,
    ...change,
  };
}

const bestOf = (trials: readonly FrontTrial[], maxMacs = Infinity): number | undefined =>
  bestRow(frontTable([{ id: 'a', trials }], { limits: { maxMacs } }).points)?.trial.number;

describe('bestRow', () => {
  it('the most accurate, of equal ones the cheaper; references and excluded ones are never chosen', () => {
    const beside = [trial(3, 1, 0.9, 'proxy', { role: 'reference' }), trial(4, 1, 0.9, 'proxy', { exclusion: 'other data' })];
    expect(bestOf([trial(0, 9, 0.5, 'proxy'), trial(1, 8, 0.7, 'proxy'), trial(2, 7, 0.7, 'proxy'), ...beside])).toBe(2);
    expect(bestOf(beside)).toBeUndefined();
  });

  it('a score of the final recipe outweighs every cheap one, where its network fits the limits', () => {
    const trials = [trial(0, 5, 0.8, 'proxy'), trial(1, 9, 0.6, 'retrained'), trial(2, 8, 0.7, 'retrained')];
    expect(bestOf(trials)).toBe(2);
    expect(bestOf(trials, 6)).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { beatsRandom, contextOf, history, strategyConformance } from '../../conformance/strategy.ts';
import { architectureHash } from '../../../engine/spaces/canonical.ts';
import { dpc } from '../../../engine/spaces/dpc/dpc.ts';
import { neighbours } from '../../../engine/spaces/dpc/mutation.ts';
import { rngFor } from '../../../engine/rng.ts';
import { nearBestStrategy } from '../../../engine/strategies/near-best.ts';
import { randomStrategy } from '../../../engine/strategies/random.ts';

strategyConformance(nearBestStrategy({ exploitProbability: 0.6, top: 3 }));
// 0.05 measured
beatsRandom(nearBestStrategy({ exploitProbability: 0.5, top: 5 }), 0.03);

const trials = history(randomStrategy, 6).map((trial, i) => ({ ...trial, value: [5, 1, 9, 7, 7, NaN][i]! }));

function parentsOver(exploitProbability: number, top: number): number[] {
  return Array.from({ length: 300 }, (_, seed) => {
    const proposal = nearBestStrategy({ exploitProbability, top }).propose(contextOf(trials, { seed }));
    return proposal?.parents?.[0] ?? -1;
  });
}

describe('random search with points near the best', () => {
  it('the given share is near the best, the rest uniform', () => {
    expect(parentsOver(0, 3).every((parent) => parent === -1)).toBe(true);
    expect(parentsOver(1, 3).every((parent) => parent >= 0)).toBe(true);
    expect(parentsOver(0.3, 3).filter((parent) => parent >= 0).length / 300).toBeCloseTo(0.3, 1);
  });

  it('each of the best is as likely; of equal ones the earlier counts, those without a score never', () => {
    const parents = parentsOver(1, 2);
    expect([...new Set(parents)].sort()).toEqual([2, 3]);
    expect(parents.filter((parent) => parent === 2).length / 300).toBeCloseTo(0.5, 1);
  });

  it('before anything has finished it is uniform', () => {
    expect(nearBestStrategy({ exploitProbability: 1, top: 3 }).propose(contextOf([]))).toMatchObject({ operator: 'sample' });
  });

  it('of a DPC cell exactly one field is changed, and what is equal in canonical form was not tried before', () => {
    const arch = dpc.canonical(dpc.sample(dpc.defaultSettings, rngFor(1, 'cell')));
    const finished = [{ number: 0, arch, hash: architectureHash(arch), value: 1 }];
    const near = new Set(neighbours(arch).map((neighbour) => architectureHash(dpc.canonical(neighbour))));
    for (let seed = 0; seed < 20; seed++) {
      const base = contextOf(finished, { seed, space: dpc });
      const context = { ...base, hash: architectureHash, macs: () => 1, settings: dpc.defaultSettings };
      const { arch: child, parents, operator } = nearBestStrategy({ exploitProbability: 1, top: 1 }).propose(context)!;
      expect({ parents, operator }).toEqual({ parents: [0], operator: 'mutate' });
      expect(near.has(architectureHash(child))).toBe(true);
      expect(architectureHash(child)).not.toBe(finished[0]!.hash);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { beatsRandom, contextOf, history, strategyConformance } from '../../conformance/strategy.ts';
import { rngFor } from '../../../engine/rng.ts';
import { evolutionStrategy } from '../../../engine/strategies/evolution.ts';
import type { FinishedTrial } from '../../../engine/strategies/strategy.ts';
import { randomStrategy } from '../../../engine/strategies/random.ts';

strategyConformance(evolutionStrategy({ population: 4, tournament: 2 }));
// 0.12 measured
beatsRandom(evolutionStrategy({ population: 10, tournament: 4 }), 0.08);

const trials = history(randomStrategy, 6);
const scored = (values: readonly number[]): FinishedTrial[] => values.map((value, i) => ({ ...trials[i]!, value }));
const draws = 1500;

/** How often each trial became a parent, over many seeds. */
function parentCounts(population: number, tournament: number, values: readonly number[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (let seed = 0; seed < draws; seed++) {
    const [parent = -1] = evolutionStrategy({ population, tournament }).propose(contextOf(scored(values), { seed }))?.parents ?? [];
    counts[parent] = (counts[parent] ?? 0) + 1;
  }
  return counts;
}

describe('regularised evolution', () => {
  it('the first population is random; then a child differs from its parent in one choice', () => {
    const strategy = evolutionStrategy({ population: 3, tournament: 2 });
    for (const values of [[], [1], [1, 2]]) {
      const { operator, parents } = strategy.propose(contextOf(scored(values)))!;
      expect({ operator, parents }).toEqual({ operator: 'sample', parents: undefined });
    }
    const { arch, operator, parents } = strategy.propose(contextOf(scored([1, 2, 3])))!;
    const parent = trials[parents![0]!]!.arch.choices;
    expect(operator).toBe('mutate');
    // a width that begins or ceases to matter changes with the first one
    expect(Object.entries(arch.choices).filter(([name, value]) => value !== parent[name] && name !== 'width2').length).toBeLessThanOrEqual(1);
    expect(arch.choices).not.toEqual(parent);
  });

  it('the oldest dies, even when it is the best of all', () => {
    // trials 1 to 3 are alive, drawn one at a time
    const counts = parentCounts(3, 1, [99, 1, 2, 3]);
    expect(Object.keys(counts)).toEqual(['1', '2', '3']);
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0.29 * draws);
  });

  it('the parent is the best of those drawn with replacement: with 2 of 3 it is the best in 5, the worst in 1 of 9', () => {
    const counts = parentCounts(3, 2, [3, 1, 2]);
    expect(counts[0]! / draws).toBeCloseTo(5 / 9, 1);
    expect(counts[2]! / draws).toBeCloseTo(3 / 9, 1);
    expect(counts[1]! / draws).toBeCloseTo(1 / 9, 1);
  });

  it('a trial without a score takes no place in the population', () => {
    expect(Object.keys(parentCounts(3, 1, [1, 2, NaN, 3, NaN]))).toEqual(['0', '1', '3']);
  });

  it('changes as the space does it, where it has a way of its own', () => {
    const base = contextOf(scored([1, 2]));
    const told = { ...trials[0]!.arch, choices: { width0: 3, width1: 3, width2: 3 } };
    const space = { ...base.space, mutate: () => told };
    const strategy = evolutionStrategy({ population: 2, tournament: 1 });
    expect(strategy.propose({ ...base, space, rng: rngFor(1, 'x') })?.arch).toEqual(told);
  });
});

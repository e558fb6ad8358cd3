import { describe, expect, it } from 'vitest';
import { rngFor } from '../../engine/rng.ts';
import type { Architecture, SearchSpace } from '../../engine/spaces/search-space.ts';
import type { FinishedTrial, Strategy, StrategyContext } from '../../engine/strategies/strategy.ts';

/** Three widths 0..3, 64 architectures; MACs are 1 + the sum of squares, so that the limits cut unevenly. */
const tinySpace = {
  id: 'tiny',
  title: 'three widths',
  version: 1,
  defaultSettings: {},
  choices: () => ['a', 'b', 'c'].map((name) => ({ name, range: [0, 3] as const })),
  largest: (settings) => archOf(settings, [3, 3, 3]),
  smallest: (settings) => archOf(settings, [0, 0, 0]),
  sample: (settings, rng) => archOf(settings, [rng.int(4), rng.int(4), rng.int(4)]),
  canonical: (arch) => arch,
  check: (arch) =>
    Object.entries(arch.choices).flatMap(([name, value]) =>
      Number.isInteger(value) && value >= 0 && value <= 3 ? [] : [{ path: `choices.${name}`, message: `${value} is not in 0..3` }],
    ),
  published: [],
} satisfies Partial<SearchSpace> as unknown as SearchSpace;

function archOf(settings: Architecture['settings'], [a, b, c]: readonly [number, number, number]): Architecture {
  return { space: 'tiny', version: 1, settings, choices: { a, b, c } };
}

const macsOf = (arch: Architecture): number => 1 + Object.values(arch.choices).reduce((sum, value) => sum + value * value, 0);
const hashOf = (arch: Architecture): string => JSON.stringify(Object.values(arch.choices));

function contextOf(
  trialNumber: number,
  finished: readonly FinishedTrial[],
  macsLimits: readonly [number, number],
  seed = 7,
): StrategyContext {
  return {
    space: tinySpace,
    settings: {},
    trialNumber,
    finished,
    macs: macsOf,
    hash: hashOf,
    macsLimits,
    rng: rngFor(seed, 'propose', trialNumber),
  };
}

/** Runs a strategy until it gives up or `count` trials are done; the value of a trial is its MACs. */
function history(strategy: Strategy, count: number, limits: readonly [number, number]): FinishedTrial[] {
  const finished: FinishedTrial[] = [];
  for (let number = 0; number < count; number++) {
    const proposal = strategy.propose(contextOf(number, finished, limits));
    if (proposal === undefined) break;
    const macs = macsOf(proposal.arch);
    finished.push({ number, arch: proposal.arch, hash: hashOf(proposal.arch), value: macs });
  }
  return finished;
}

/** What every strategy promises, on a space small enough to list. */
export function strategyConformance(strategy: Strategy): void {
  describe(`strategy ${strategy.id}`, () => {
    it('never repeats an architecture', () => {
      const hashes = history(strategy, 40, [0, 100]).map((trial) => trial.hash);
      expect(hashes.length).toBeGreaterThan(30);
      expect(new Set(hashes).size).toBe(hashes.length);
    });

    it('stays within the MACs limits, both ends included', () => {
      // sums of three squares in 9..11: 9 = 3,0,0 and 2,2,1; 10 = 3,1,0; 11 = 3,1,1
      const trials = history(strategy, 12, [10, 12]);
      expect(trials.length).toBeGreaterThan(5);
      for (const trial of trials) expect([10, 11, 12]).toContain(macsOf(trial.arch));
    });

    it('finds the one architecture that the limits leave, then gives up', () => {
      expect(history(strategy, 3, [28, 28]).map((trial) => trial.hash)).toEqual(['[3,3,3]']);
    });

    it('gives up when the limits leave nothing', () => {
      expect(strategy.propose(contextOf(0, [], [29, 40]))).toBeUndefined();
    });

    it('proposes the same for the same history and another for another seed', () => {
      const finished = history(strategy, 5, [0, 100]);
      const again = strategy.propose(contextOf(5, finished, [0, 100]));
      expect(strategy.propose(contextOf(5, finished, [0, 100]))).toEqual(again);
      const others = [1, 2, 3, 4].map((seed) => strategy.propose(contextOf(5, finished, [0, 100], seed))?.arch);
      expect(others.some((arch) => arch !== undefined && hashOf(arch) !== hashOf(again!.arch))).toBe(true);
    });
  });
}

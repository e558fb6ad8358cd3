import { describe, expect, it } from 'vitest';
import { rngFor } from '../../engine/rng.ts';
import type { Architecture, SearchSpace } from '../../engine/spaces/search-space.ts';
import { randomStrategy } from '../../engine/strategies/random.ts';
import type { FinishedTrial, Strategy, StrategyContext } from '../../engine/strategies/strategy.ts';

/** `count` widths 0 to `most`; where the first is 0 the last makes no difference. */
function widthsSpace(count: number, most: number): SearchSpace {
  const names = Array.from({ length: count }, (_, i) => `width${i}`);
  const archOf = (settings: Architecture['settings'], valueOf: (i: number) => number): Architecture => {
    return { space: 'widths', version: 1, settings, choices: Object.fromEntries(names.map((name, i) => [name, valueOf(i)])) };
  };
  return {
    id: 'widths',
    title: 'widths',
    version: 1,
    defaultSettings: {},
    choices: () => names.map((name) => ({ name, range: [0, most] as const })),
    largest: (settings) => archOf(settings, () => most),
    smallest: (settings) => archOf(settings, () => 0),
    sample: (settings, rng) => archOf(settings, () => rng.int(most + 1)),
    canonical: ({ choices, settings }) => {
      return archOf(settings, (i) => (i === count - 1 && choices.width0 === 0 ? 0 : (choices[names[i]!] ?? 0)));
    },
    check: ({ choices }) =>
      Object.entries(choices).flatMap(([name, value]) =>
        Number.isInteger(value) && value >= 0 && value <= most ? [] : [{ path: `choices.${name}`, message: `${value} is not offered` }],
      ),
    published: [],
  } satisfies Partial<SearchSpace> as unknown as SearchSpace;
}

/** Three widths 0..3, 52 networks; MACs are 1 + the sum of squares, so that the limits cut unevenly. */
const tinySpace = widthsSpace(3, 3);
const valuesOf = (arch: Architecture): number[] => Object.values(arch.choices);
const macsOf = (arch: Architecture): number => 1 + valuesOf(arch).reduce((sum, value) => sum + value * value, 0);
const hashOf = (arch: Architecture): string => JSON.stringify(valuesOf(arch));

type Change = Partial<Pick<StrategyContext, 'space' | 'macsLimits' | 'latency'>> & { readonly seed?: number };

export function contextOf(finished: readonly FinishedTrial[], { seed = 7, ...change }: Change = {}): StrategyContext {
  return {
    space: tinySpace,
    settings: {},
    trialNumber: finished.length,
    finished,
    macs: macsOf,
    hash: hashOf,
    macsLimits: [0, 1e9],
    rng: rngFor(seed, 'propose', finished.length),
    ...change,
  };
}

/** Runs a strategy until it gives up or `count` trials are done. */
export function history(
  strategy: Strategy,
  count: number,
  change: Change = {},
  valueOf: (arch: Architecture) => number = macsOf,
): FinishedTrial[] {
  const finished: FinishedTrial[] = [];
  while (finished.length < count) {
    const arch = strategy.propose(contextOf(finished, change))?.arch;
    if (arch === undefined) break;
    finished.push({ number: finished.length, arch, hash: hashOf(arch), value: valueOf(arch) });
  }
  return finished;
}

/** What every strategy promises, on a space small enough to list. */
export function strategyConformance(strategy: Strategy): void {
  describe(`strategy ${strategy.id}`, () => {
    it('never repeats an architecture, nor one that is equal in canonical form', () => {
      const trials = history(strategy, 50);
      expect(trials.length).toBeGreaterThan(40);
      expect(new Set(trials.map((trial) => trial.hash)).size).toBe(trials.length);
      for (const { arch } of trials) expect(arch).toEqual(tinySpace.canonical(arch));
    });

    it('stays within the MACs limits, both ends included', () => {
      // 1 + sums of three squares in 9..11: 9 = 3,0,0 and 2,2,1; 10 = 3,1,0; 11 = 3,1,1
      const trials = history(strategy, 12, { macsLimits: [10, 12] });
      expect(trials.length).toBeGreaterThan(5);
      for (const trial of trials) expect([10, 11, 12]).toContain(macsOf(trial.arch));
    });

    it('stays within the latency limit, and proposes nothing whose latency is not known', () => {
      const predictMs = ({ choices }: Architecture): number | undefined => (choices.width1 === 2 ? undefined : 10 * (choices.width0 ?? 0));
      const trials = history(strategy, 20, { latency: { predictMs, maxMs: 20 } });
      expect(trials.length).toBeGreaterThan(10);
      for (const trial of trials) expect(predictMs(trial.arch)).toBeLessThanOrEqual(20);
    });

    it('finds the one architecture that the limits leave, then gives up', () => {
      expect(history(strategy, 3, { macsLimits: [28, 28] }).map((trial) => trial.hash)).toEqual(['[3,3,3]']);
    });

    it('gives up when the limits leave nothing', () => {
      expect(strategy.propose(contextOf([], { macsLimits: [29, 40] }))).toBeUndefined();
      expect(strategy.propose(contextOf([], { latency: { predictMs: () => undefined, maxMs: 1 } }))).toBeUndefined();
    });

    it('proposes the same for the same history and another for another seed', () => {
      const finished = history(strategy, 5);
      const again = strategy.propose(contextOf(finished));
      expect(strategy.propose(contextOf(finished))).toEqual(again);
      const others = [1, 2, 3, 4].map((seed) => strategy.propose(contextOf(finished, { seed }))?.arch);
      expect(others.some((arch) => arch !== undefined && hashOf(arch) !== hashOf(again!.arch))).toBe(true);
    });

    it('goes on after trials without a score, and does not try them again', () => {
      const failed = history(strategy, 8).map((trial) => ({ ...trial, value: NaN }));
      const next = strategy.propose(contextOf(failed));
      expect(failed.map(({ hash }) => hash)).not.toContain(hashOf(next!.arch));
    });

    it('finds the optimum of a tiny space', () => {
      const distance = (arch: Architecture): number => valuesOf(arch).reduce((sum, value, i) => sum + Math.abs(value - [2, 1, 3][i]!), 0);
      const trials = history(strategy, 52, {}, (arch) => -distance(arch));
      expect(trials.map(({ hash }) => hash)).toContain('[2,1,3]');
    });
  });
}

const seeds = Array.from({ length: 10 }, (_, i) => i);
const trialCount = 60;
const task = widthsSpace(8, 5);

/** 6^8 networks with the optimum 1 at one of them; every width counts, neighbouring widths count together. */
function scoreOf(arch: Architecture): number {
  const nearness = valuesOf(arch).map((value, i) => 1 - Math.abs(value - [4, 1, 3, 5, 0, 2, 4, 1][i]!) / 5);
  const pairs = nearness.map((value, i) => value * nearness[(i + 1) % nearness.length]!);
  return nearness.reduce((sum, value, i) => sum + 0.5 * value + 0.5 * pairs[i]!, 0) / nearness.length;
}

/** The best score after 60 trials, over ten seeds. */
function meanBest(strategy: Strategy): number {
  const bests = seeds.map((seed) => Math.max(...history(strategy, trialCount, { space: task, seed }, scoreOf).map(({ value }) => value)));
  return bests.reduce((sum, value) => sum + value, 0) / bests.length;
}

/** What every strategy that learns from its trials promises, on a task with a known optimum of 1. */
export function beatsRandom(strategy: Strategy, margin: number): void {
  it(`comes at least ${margin} nearer to a known optimum than random search, on average over ${seeds.length} seeds`, () => {
    const [own, random] = [meanBest(strategy), meanBest(randomStrategy)];
    expect(own).toBeLessThanOrEqual(1);
    expect(own - random).toBeGreaterThan(margin);
  });
}

import { describe, expect, it } from 'vitest';
import { contextOf } from '../../conformance/strategy.ts';
import { rngFor } from '../../../engine/rng.ts';
import type { Choice, SearchSpace } from '../../../engine/spaces/search-space.ts';
import { mutate } from '../../../engine/strategies/mutate.ts';

const { space: widths } = contextOf([]);
const arch = widths.smallest({});

describe('mutate', () => {
  it('changes exactly one choice to another value that it offers; every choice and value comes up', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { choices } = mutate(widths, arch, rngFor(seed, 'mutate'))!;
      const changed = Object.entries(choices).filter(([name, value]) => value !== arch.choices[name]);
      expect(changed).toHaveLength(1);
      seen.add(changed[0]!.join('='));
    }
    expect([...seen].sort()).toEqual([0, 1, 2].flatMap((i) => [1, 2, 3].map((value) => `width${i}=${value}`)));
  });

  it('a choice that offers one value is left alone; where nothing else can be chosen there is no change', () => {
    const offered: readonly Choice[] = [
      { name: 'width0', values: [0] },
      { name: 'width1', options: ['none', 'all'] },
    ];
    const among = (choices: readonly Choice[]): SearchSpace => ({ ...widths, choices: () => choices });
    for (let seed = 0; seed < 10; seed++) {
      expect(mutate(among(offered), arch, rngFor(seed, 'mutate'))?.choices).toEqual({ width0: 0, width1: 1, width2: 0 });
    }
    expect(mutate(among(offered.slice(0, 1)), arch, rngFor(0, 'mutate'))).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { strategyConformance } from '../../conformance/strategy.ts';
import { estimate } from '../../../engine/cost/estimate.ts';
import { rngFor } from '../../../engine/rng.ts';
import { architectureHash } from '../../../engine/spaces/canonical.ts';
import type { Architecture } from '../../../engine/spaces/search-space.ts';
import { vitResNas } from '../../../engine/spaces/vit-resnas/vit-resnas.ts';
import { randomStrategy } from '../../../engine/strategies/random.ts';

strategyConformance(randomStrategy);

describe('random strategy on choices with listed values', () => {
  it('a draw far from a narrow window of MACs is scaled into it, every choice staying one of its values', () => {
    const settings = vitResNas.defaultSettings;
    const macs = (arch: Architecture): number => estimate(vitResNas.graph(arch, [224, 224, 3])).macs;
    for (const limits of [
      [0.95e9, 1e9],
      [3e9, 3.1e9],
    ] as const) {
      const proposal = randomStrategy.propose({
        space: vitResNas,
        settings,
        trialNumber: 0,
        finished: [],
        macs,
        hash: architectureHash,
        macsLimits: limits,
        rng: rngFor(3, 'propose', 0),
      });
      expect(vitResNas.check(proposal!.arch)).toEqual([]);
      expect(macs(proposal!.arch)).toBeGreaterThanOrEqual(limits[0]);
      expect(macs(proposal!.arch)).toBeLessThanOrEqual(limits[1]);
    }
  });
});

import { ranked } from './admission.ts';
import { childOf } from './child.ts';
import { randomStrategy } from './random.ts';
import type { Strategy } from './strategy.ts';

export interface NearBestOptions {
  /** Share of the proposals that are made near the best ones. */
  readonly exploitProbability: number;
  /** How many of the best count. */
  readonly top: number;
}

/**
 * Random search with points near the best (Chen et al., "Searching for Efficient Multi-Scale Architectures for Dense Image Prediction",
 * NeurIPS 2018, sec. 4.2, which leaves share and neighbourhood open): with `exploitProbability` one of the `top` best trials, all equally
 * likely, with exactly one choice changed; else uniform. What is equal to an earlier trial in canonical form is drawn anew.
 */
export function nearBestStrategy({ exploitProbability, top }: NearBestOptions): Strategy {
  return {
    id: 'near-best',
    propose(context) {
      const best = ranked(context.finished).slice(0, top);
      const isNear = context.rng.uniform() < exploitProbability && best.length > 0;
      return (isNear ? childOf(context, () => context.rng.pick(best)) : undefined) ?? randomStrategy.propose(context);
    },
  };
}

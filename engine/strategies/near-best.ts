import { admission, ranked } from './admission.ts';
import { mutate } from './mutate.ts';
import { randomStrategy } from './random.ts';
import type { FinishedTrial, Proposal, Strategy, StrategyContext } from './strategy.ts';

export interface NearBestOptions {
  /** Share of the proposals that are made near the best ones. */
  readonly exploitProbability: number;
  /** How many of the best count. */
  readonly top: number;
}

/** Neighbours that are drawn before it falls back to a random network. */
const maxDraws = 400;

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
      return (isNear ? neighbourOf(context, best) : undefined) ?? randomStrategy.propose(context);
    },
  };
}

function neighbourOf(context: StrategyContext, best: readonly FinishedTrial[]): Proposal | undefined {
  const { space, rng } = context;
  const admit = admission(context);
  for (let draw = 0; draw < maxDraws; draw++) {
    const parent = rng.pick(best);
    const changed = mutate(space, parent.arch, rng);
    const arch = changed === undefined ? undefined : admit(changed);
    if (arch !== undefined) return { arch, parents: [parent.number], operator: 'mutate' };
  }
  return undefined;
}

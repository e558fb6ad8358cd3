import { admission } from './admission.ts';
import { mutate } from './mutate.ts';
import { randomStrategy } from './random.ts';
import type { FinishedTrial, Proposal, Strategy, StrategyContext } from './strategy.ts';

export interface EvolutionOptions {
  /** Networks that are alive at once. */
  readonly population: number;
  /** How many of them are drawn for the choice of one parent. */
  readonly tournament: number;
}

/** Parents and changes that are drawn before it falls back to a random network. */
const maxDraws = 400;

/**
 * Regularised evolution (Real et al., "Regularized Evolution for Image Classifier Architecture Search", AAAI 2019, algorithm 1): the first
 * `population` networks are random; then of `tournament` members, drawn with replacement, the best becomes the parent of a network that
 * differs in one choice, and the oldest member dies whatever its score. Trials are finished in order, so that the population is the newest
 * `population` trials with a score: nothing has to be kept.
 * Differs: a network that was tried before or lies outside the limits is drawn anew, parent and all; the paper trains copies again.
 */
export function evolutionStrategy({ population, tournament }: EvolutionOptions): Strategy {
  return {
    id: 'evolution',
    propose(context) {
      const scored = context.finished.filter(({ value }) => Number.isFinite(value));
      if (scored.length < population) return randomStrategy.propose(context);
      return childOf(context, scored.slice(-population), tournament) ?? randomStrategy.propose(context);
    },
  };
}

function childOf(context: StrategyContext, alive: readonly FinishedTrial[], tournament: number): Proposal | undefined {
  const { space, rng } = context;
  const admit = admission(context);
  for (let draw = 0; draw < maxDraws; draw++) {
    const members = Array.from({ length: tournament }, () => rng.pick(alive));
    const parent = members.reduce((best, member) => (member.value > best.value ? member : best));
    const changed = mutate(space, parent.arch, rng);
    const arch = changed === undefined ? undefined : admit(changed);
    if (arch !== undefined) return { arch, parents: [parent.number], operator: 'mutate' };
  }
  return undefined;
}

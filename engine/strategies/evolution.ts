import type { Rng } from '../rng.ts';
import { childOf } from './child.ts';
import { randomStrategy } from './random.ts';
import type { FinishedTrial, Strategy } from './strategy.ts';

export interface EvolutionOptions {
  /** Networks that are alive at once. */
  readonly population: number;
  /** How many of them are drawn for the choice of one parent. */
  readonly tournament: number;
}

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
      const alive = scored.slice(-population);
      return childOf(context, () => winnerOf(alive, tournament, context.rng)) ?? randomStrategy.propose(context);
    },
  };
}

function winnerOf(alive: readonly FinishedTrial[], tournament: number, rng: Rng): FinishedTrial {
  const members = Array.from({ length: tournament }, () => rng.pick(alive));
  return members.reduce((best, member) => (member.value > best.value ? member : best));
}

import type { Rng } from '../rng.ts';
import { offeredBy } from '../spaces/check-architecture.ts';
import type { Architecture, Choice } from '../spaces/search-space.ts';
import { admission, ranked } from './admission.ts';
import { randomStrategy } from './random.ts';
import type { FinishedTrial, Proposal, Strategy, StrategyContext } from './strategy.ts';

export interface TpeOptions {
  /** Random trials before the densities say anything. */
  readonly startupTrials: number;
  /** Draws from the good density, of which the most promising is proposed. */
  readonly candidates: number;
  /** Share of the trials that count as good. */
  readonly gamma: number;
}

/** Rounds of candidates before it falls back to a random network: limits and repeats refuse some of them. */
const maxRounds = 20;

/**
 * Tree-structured Parzen estimator for discrete choices (Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011,
 * sec. 4): the best `gamma` of the trials give a density l, the others a density g, each a product over the choices; of `candidates` draws
 * from l the one with the largest l / g is proposed, which is the one with the largest expected improvement.
 * Differs: a choice that has no effect in some networks counts there too, with its canonical value; the paper's tree leaves it out.
 */
export function tpeStrategy({ startupTrials, candidates, gamma }: TpeOptions): Strategy {
  return {
    id: 'tpe',
    propose(context) {
      const scored = ranked(context.finished);
      const good = Math.max(1, Math.ceil(gamma * scored.length));
      // both densities need trials
      if (scored.length < startupTrials || good >= scored.length) return randomStrategy.propose(context);
      const choices = context.space.choices(context.settings).map((choice) => modelOf(choice, scored.slice(0, good), scored.slice(good)));
      return promising(context, choices, candidates) ?? randomStrategy.propose(context);
    },
  };
}

/** What one choice offers, and how likely each value is among the good and the other trials. */
interface ChoiceModel {
  readonly name: string;
  readonly offered: readonly number[];
  readonly good: readonly number[];
  readonly other: readonly number[];
}

function modelOf(choice: Choice, good: readonly FinishedTrial[], other: readonly FinishedTrial[]): ChoiceModel {
  const offered = offeredBy(choice);
  const isOrdered = choice.options === undefined;
  const density = (trials: readonly FinishedTrial[]): readonly number[] =>
    densityOf(
      trials.flatMap(({ arch }) => arch.choices[choice.name] ?? []),
      offered,
      isOrdered,
    );
  return { name: choice.name, offered, good: density(good), other: density(other) };
}

/** Above so many numbers in a row an observation speaks for its neighbours too, else most of them would never be seen. */
const fewestSmoothed = 12;

/**
 * Probability of each offered value. The paper's rule for discrete variables: in proportion to n p + count, where p = 1 / n is the uniform
 * prior over n values. Of long rows of numbers every observation is spread over the row as a normal kernel that narrows as they grow in
 * number (the paper's Parzen mixture, quantised).
 */
export function densityOf(observed: readonly number[], offered: readonly number[], isOrdered: boolean): readonly number[] {
  const weights = new Array<number>(offered.length).fill(1);
  const isSmoothed = isOrdered && offered.length >= fewestSmoothed;
  // the prior is worth one observation there, not one a value
  if (isSmoothed) weights.fill(1 / offered.length);
  const width = offered.length / (2 * Math.sqrt(observed.length + 1));
  for (const value of observed) {
    const at = offered.indexOf(value);
    if (at < 0) continue;
    const kernel = offered.map((_, i) => (isSmoothed ? Math.exp(-0.5 * ((i - at) / width) ** 2) : Number(i === at)));
    const sum = kernel.reduce((total, part) => total + part, 0);
    kernel.forEach((part, i) => (weights[i] = (weights[i] ?? 0) + part / sum));
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function promising(context: StrategyContext, choices: readonly ChoiceModel[], candidates: number): Proposal | undefined {
  const admit = admission(context);
  const template = context.space.largest(context.settings);
  for (let round = 0; round < maxRounds; round++) {
    const drawn = Array.from({ length: candidates }, () => drawFrom(template, choices, context.rng)).sort((a, b) => b.gain - a.gain);
    for (const { arch } of drawn) {
      const admitted = admit(arch);
      if (admitted !== undefined) return { arch: admitted, operator: 'tpe' };
    }
  }
  return undefined;
}

interface Candidate {
  readonly arch: Architecture;
  /** Logarithm of l / g. */
  readonly gain: number;
}

/** From the good density. */
function drawFrom(template: Architecture, choices: readonly ChoiceModel[], rng: Rng): Candidate {
  const values: Record<string, number> = {};
  let gain = 0;
  for (const { name, offered, good, other } of choices) {
    const at = indexAt(good, rng.uniform());
    values[name] = offered[at]!;
    gain += Math.log(good[at]! / other[at]!);
  }
  return { arch: { ...template, choices: values }, gain };
}

/** Where the running sum of `probabilities` passes `position`. */
function indexAt(probabilities: readonly number[], position: number): number {
  let sum = 0;
  const found = probabilities.findIndex((probability) => (sum += probability) > position);
  return found < 0 ? probabilities.length - 1 : found;
}

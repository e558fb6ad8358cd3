import { dispose, mul, updateEma, type StepNumber, type Tensor } from '../backend/tf.ts';
import { isDecayed } from './l2.ts';
import type { Optimizer } from './optimizers/optimizer.ts';
import type { StepScalars, Trainable } from './train-step.ts';

/** How many of `numbersOf` come before the optimiser's own. */
const shared = 4;

/** The names that have an L1 factor; part of what a compiled step is made for. */
export function weightsWithL1({ l1 }: Pick<StepScalars, 'l1'>): readonly string[] {
  return [...l1.keys()];
}

/** All numbers of an update in the order in which `updateWeights` reads them. */
export function numbersOf(optimizer: Optimizer, { learningRate, beta1, step, weightDecay, averageDecay, l1 }: StepScalars): number[] {
  return [learningRate, weightDecay, averageDecay, 1 - averageDecay, ...optimizer.numbersAt(step, beta1), ...l1.values()];
}

/**
 * One update of every trained weight, in place, and of the moving average of all weights and running statistics. `numbers` as of
 * `numbersOf`, `l1Names` as of `weightsWithL1`. The gradients, in the order of `learnedNames`, stay the caller's.
 */
export function updateWeights(
  { state, optimizer }: Trainable,
  gradients: readonly Tensor[],
  l1Names: readonly string[],
  numbers: readonly StepNumber[],
): void {
  const [learningRate, weightDecay, decay, rest] = numbers as [StepNumber, StepNumber, StepNumber, StepNumber];
  const own = numbers.slice(shared, numbers.length - l1Names.length);
  const l1 = new Map(l1Names.map((name, i) => [name, numbers[shared + own.length + i]!]));
  state.weights.learnedNames().forEach((name, i) => {
    const spec = state.weights.spec(name);
    const decayed = isDecayed(spec);
    const scaled = spec.gradientFactor === undefined ? undefined : mul(gradients[i]!, spec.gradientFactor);
    optimizer.update(state.weights.get(name), scaled ?? gradients[i]!, state.slotsOf(name), {
      learningRate,
      numbers: own,
      weightDecay: decayed ? weightDecay : 0,
      l1: l1.get(name) ?? 0,
      isDecayed: decayed,
      ema: { shadow: state.average.get(name), decay, rest },
    });
    if (scaled !== undefined) dispose(scaled);
  });
  for (const { name, kind } of state.weights.specs) {
    if (kind === 'running_mean' || kind === 'running_var') updateEma(state.average.get(name), state.weights.get(name), decay, rest);
  }
}

import { adamCorrections, updateAdamW } from '../../backend/tf.ts';
import type { StepNumber } from '../../backend/tf.ts';
import type { Optimizer } from './optimizer.ts';

interface Moments {
  readonly beta1: number;
  readonly beta2: number;
  /** Outside of the root, after the correction of the bias. */
  readonly epsilon: number;
}

export type AdamOptions =
  | (Moments & { readonly id: 'adam' })
  /** Decoupled decay applies where the coupled one would: to matrices and convolutions, never to norms. */
  | (Moments & { readonly id: 'adamw'; readonly decoupledWeightDecay: number });

/** Adam; AdamW multiplies decayed weights by 1 - rate * decay beside the step (Loshchilov and Hutter, 2019, alg. 2). */
export function adam(options: AdamOptions): Optimizer {
  const { beta2, epsilon } = options;
  const decoupled = options.id === 'adamw' ? options.decoupledWeightDecay : 0;
  return {
    slots: ['firstMoment', 'secondMoment'],
    numbersAt: (step, beta1 = options.beta1) => {
      const { first, second } = adamCorrections(beta1, beta2, step);
      return [beta1, 1 - beta1, first, second];
    },
    update: (variable, gradient, slots, { learningRate, numbers, weightDecay, l1, isDecayed, ema }) => {
      const [beta1, beta1Rest, first, second] = numbers as [StepNumber, StepNumber, StepNumber, StepNumber];
      const [firstMoment, secondMoment] = slots as [typeof variable, typeof variable];
      const decay =
        decoupled > 0 && isDecayed
          ? ({ weightDecay: decoupled, decayKind: 'decoupled' } as const)
          : ({ weightDecay, decayKind: 'coupled' } as const);
      const update = { learningRate, beta1, beta1Rest, beta2, epsilon, corrections: { first, second }, l1, ...decay, ...(ema && { ema }) };
      updateAdamW(variable, gradient, { firstMoment, secondMoment }, update);
    },
  };
}

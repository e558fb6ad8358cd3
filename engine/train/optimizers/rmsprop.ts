import { updateRmsProp } from '../../backend/tf.ts';
import type { Optimizer } from './optimizer.ts';

export interface RmsPropOptions {
  readonly id: 'rmsprop';
  /** Of the mean square. */
  readonly alpha: number;
  readonly momentum: number;
  readonly epsilon: number;
  /** 'gradient': the rate joins the velocity, as TensorFlow defines it; they differ only while the rate changes. */
  readonly rateOn: 'velocity' | 'gradient';
}

/**
 * v = alpha v + (1 - alpha) g^2; b = momentum b + g / sqrt(v + epsilon); w -= rate b: epsilon inside the root as TensorFlow has it (HR-NAS spec 5.1).
 * With the rate on the gradient b = momentum b + rate g / sqrt(v + epsilon); w -= b.
 */
export function rmsProp({ alpha, epsilon, rateOn, ...own }: RmsPropOptions): Optimizer {
  return {
    slots: ['meanSquare', 'velocity'],
    numbersAt: (_, momentum = own.momentum) => [momentum],
    update: (variable, gradient, slots, { learningRate, weightDecay, l1, numbers: [momentum], ema }) => {
      const [meanSquare, velocity] = slots as [typeof variable, typeof variable];
      const options = { learningRate, decay: alpha, momentum: momentum!, epsilon, rateOn, weightDecay, l1, ...(ema && { ema }) };
      updateRmsProp(variable, gradient, { meanSquare, velocity }, options);
    },
  };
}

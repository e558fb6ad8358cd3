import { updateRmsProp } from '../../backend/tf.ts';
import type { Optimizer } from './optimizer.ts';

export interface RmsPropOptions {
  readonly id: 'rmsprop';
  /** Of the mean square. */
  readonly alpha: number;
  readonly momentum: number;
  readonly epsilon: number;
}

/** v = alpha v + (1 - alpha) g^2; b = momentum b + g / sqrt(v + epsilon); w -= rate b: epsilon inside the root as TensorFlow has it (HR-NAS spec 5.1). */
export function rmsProp({ alpha, momentum, epsilon }: RmsPropOptions): Optimizer {
  return {
    slots: ['meanSquare', 'velocity'],
    update: (variable, gradient, slots, { learningRate, weightDecay, l1, ema }) => {
      const [meanSquare, velocity] = slots as [typeof variable, typeof variable];
      const options = { learningRate, decay: alpha, momentum, epsilon, weightDecay, l1, ...(ema && { ema }) };
      updateRmsProp(variable, gradient, { meanSquare, velocity }, options);
    },
  };
}

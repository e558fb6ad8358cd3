import { updateSgd } from '../../backend/tf.ts';
import type { Optimizer } from './optimizer.ts';

export interface SgdOptions {
  readonly id: 'sgd';
  readonly momentum: number;
  readonly nesterov: boolean;
}

/** v = momentum v + g; w -= rate v, or rate (g + momentum v) with Nesterov (PyTorch's definition). */
export function sgd({ nesterov, ...own }: SgdOptions): Optimizer {
  return {
    slots: own.momentum === 0 ? [] : ['velocity'],
    numbersAt: (_, momentum = own.momentum) => [momentum],
    update: (variable, gradient, [velocity], { learningRate, weightDecay, l1, numbers: [momentum], ema }) => {
      const options = { learningRate, momentum: velocity ? momentum! : 0, nesterov, weightDecay, l1, ...(ema && { ema }) };
      updateSgd(variable, gradient, velocity ? { velocity } : {}, options);
    },
  };
}

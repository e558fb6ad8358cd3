/** Softmax over the last axis. */
import { mul, softmax, sub, sum } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** x [..., n] -> the same shape; every row sums to 1. */
export function softmaxLastAxis<T extends Tensor>(x: T): T {
  return differentiable('softmaxLastAxis', [x], () => {
    const y = hasKernel('LabSoftmax') ? runKernel<T>('LabSoftmax', { x }, {}) : softmax(x);
    return {
      value: y,
      save: [y],
      gradient: (dy, [y]) => [
        hasKernel('LabSoftmaxGradient')
          ? runKernel<Tensor>('LabSoftmaxGradient', { dy, y: y! }, {})
          : mul(y!, sub(dy, sum(mul(dy, y!), -1, true))),
      ],
    };
  });
}

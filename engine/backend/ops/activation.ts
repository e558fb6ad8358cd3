/** Element-wise non-linearities, with gradients from the value before the non-linearity. */
import {
  add,
  cast,
  clipByValue,
  div,
  erf,
  exp,
  greater,
  less,
  logicalAnd,
  mul,
  neg,
  relu,
  relu6,
  sigmoid,
  square,
  sub,
  tanh,
} from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/**
 * `gelu` is the exact form with the error function; `hard-sigmoid` is relu6(x + 3) / 6 and `hard-swish` is x times that
 * (Howard et al., MobileNetV3, ICCV 2019, sec. 5.2).
 */
export type Activation = 'none' | 'relu' | 'relu6' | 'swish' | 'sigmoid' | 'hard-sigmoid' | 'hard-swish' | 'gelu' | 'tanh';

/** The order in which the kernels count them. */
export const activations: readonly Activation[] = [
  'none',
  'relu',
  'relu6',
  'swish',
  'sigmoid',
  'hard-sigmoid',
  'hard-swish',
  'gelu',
  'tanh',
];

/** x of any shape -> the same shape. 'none' returns a second handle on x. */
export function activation<T extends Tensor>(x: T, kind: Activation): T {
  return differentiable(kind, [x], () => ({
    value: hasKernel('LabActivation') ? runKernel<T>('LabActivation', { x }, { kind }) : applyActivation(x, kind),
    save: [x],
    gradient: (dy, [x]) => [
      hasKernel('LabActivationGradient')
        ? runKernel<Tensor>('LabActivationGradient', { dy, x: x! }, { kind })
        : activationGradient(dy, x!, kind),
    ],
  }));
}

/** The composed form, not differentiable by itself. */
export function applyActivation<T extends Tensor>(x: T, kind: Activation): T {
  switch (kind) {
    case 'none':
      return x.clone();
    case 'relu':
      return relu(x);
    case 'relu6':
      return relu6(x);
    case 'swish':
      return mul(x, sigmoid(x));
    case 'sigmoid':
      return sigmoid(x);
    case 'hard-sigmoid':
      return div(clipByValue(add(x, 3), 0, 6), 6);
    case 'hard-swish':
      return mul(x, div(clipByValue(add(x, 3), 0, 6), 6));
    case 'gelu':
      return mul(x, normalCdf(x));
    case 'tanh':
      return tanh(x);
  }
}

/** dy times the derivative at x (the value before the non-linearity); composed form. */
export function activationGradient(dy: Tensor, x: Tensor, kind: Activation): Tensor {
  switch (kind) {
    case 'none':
      return dy.clone();
    case 'relu':
      return mul(dy, cast(greater(x, 0), 'float32'));
    case 'relu6':
      return mul(dy, between(x, 0, 6));
    case 'swish': {
      const s = sigmoid(x);
      return mul(dy, add(s, mul(x, mul(s, sub(1, s)))));
    }
    case 'sigmoid': {
      const s = sigmoid(x);
      return mul(dy, mul(s, sub(1, s)));
    }
    case 'hard-sigmoid':
      return mul(dy, div(between(x, -3, 3), 6));
    case 'hard-swish':
      return mul(dy, add(mul(between(x, -3, 3), div(add(mul(x, 2), 3), 6)), cast(greater(x, 3), 'float32')));
    case 'gelu':
      return mul(dy, add(normalCdf(x), mul(x, mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)))));
    case 'tanh':
      return mul(dy, sub(1, square(tanh(x))));
  }
}

function between(x: Tensor, low: number, high: number): Tensor {
  return cast(logicalAnd(greater(x, low), less(x, high)), 'float32');
}

/** The distribution function of the standard normal. */
function normalCdf(x: Tensor): Tensor {
  return mul(0.5, sub(1, erf(mul(neg(x), Math.SQRT1_2))));
}

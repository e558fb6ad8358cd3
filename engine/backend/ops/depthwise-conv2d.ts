/** Depthwise convolution: one filter a channel, with dilation and explicit padding. */
import { addN, mul, reshape, slice, stack, sum } from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';
import { eachTap, padMap, tapOf, untap, windowGeometry } from './window.ts';
import type { WindowGeometry, WindowOptions } from './window.ts';

/** x [batch, height, width, channels] with kernel [kernelHeight, kernelWidth, channels, 1] -> [batch, outHeight, outWidth, channels]. */
export function depthwiseConv2d(x: Tensor4D, kernel: Tensor4D, options: WindowOptions): Tensor4D {
  const [kernelHeight, kernelWidth, channels, multiplier] = kernel.shape;
  const g = windowGeometry('depthwiseConv2d', x, [kernelHeight, kernelWidth], options);
  if (channels !== g.channels || multiplier !== 1) {
    throw new EngineError(
      'bad-shape',
      `depthwiseConv2d: input has ${g.channels} channels, weights expect ${channels} with multiplier 1 ` +
        `(weights [${kernel.shape.join(', ')}]).`,
    );
  }
  return differentiable('depthwiseConv2d', [x, kernel], () => {
    const isNative = hasKernel('LabDepthwiseConv2d');
    return {
      value: isNative ? runKernel<Tensor4D>('LabDepthwiseConv2d', { x, kernel }, { geometry: g }) : depthwiseByTaps.forward(x, kernel, g),
      save: [x, kernel],
      gradient: (dy, saved, needs) => {
        const [x, kernel] = saved as [Tensor4D, Tensor4D];
        if (isNative) {
          return [
            needs[0] ? runKernel<Tensor4D>('LabDepthwiseConv2dInputGradient', { dy, kernel }, { geometry: g }) : undefined,
            needs[1] ? runKernel<Tensor4D>('LabDepthwiseConv2dKernelGradient', { dy, x }, { geometry: g }) : undefined,
          ];
        }
        return [
          needs[0] ? depthwiseByTaps.inputGradient(dy as Tensor4D, kernel, g) : undefined,
          needs[1] ? depthwiseByTaps.kernelGradient(dy as Tensor4D, x, g) : undefined,
        ];
      },
    };
  });
}

/** [channels] of one tap. */
function tapWeights(kernel: Tensor4D, i: number, j: number): Tensor {
  return reshape(slice(kernel, [i, j, 0, 0], [1, 1, kernel.shape[2], 1]), [kernel.shape[2]]);
}

function forward(x: Tensor4D, kernel: Tensor4D, g: WindowGeometry): Tensor4D {
  const padded = padMap(x, g);
  return addN(eachTap(g, (i, j) => mul<Tensor4D>(tapOf(padded, g, i, j), tapWeights(kernel, i, j))));
}

function inputGradient(dy: Tensor4D, kernel: Tensor4D, g: WindowGeometry): Tensor4D {
  return addN(eachTap(g, (i, j) => untap(mul(dy, tapWeights(kernel, i, j)), g, i, j)));
}

function kernelGradient(dy: Tensor4D, x: Tensor4D, g: WindowGeometry): Tensor4D {
  const padded = padMap(x, g);
  const taps = eachTap(g, (i, j) => sum(mul(tapOf(padded, g, i, j), dy), [0, 1, 2]));
  return reshape(stack(taps), [g.kernelHeight, g.kernelWidth, g.channels, 1]);
}

/** The composed form: a sum over the window's taps. */
export const depthwiseByTaps = { forward, inputGradient, kernelGradient } as const;

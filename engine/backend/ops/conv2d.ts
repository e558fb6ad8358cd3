/** Two-dimensional convolution with groups, dilation and explicit padding. */
import { addN, matMul, reshape, slice, stack, transpose } from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';
import { eachTap, padMap, tapOf, untap, windowGeometry } from './window.ts';
import type { WindowGeometry, WindowOptions } from './window.ts';

export interface Conv2dOptions extends WindowOptions {
  /** Input and output channels fall into this many independent groups; default 1. */
  readonly groups?: number;
}

/**
 * x [batch, height, width, channels] with kernel [kernelHeight, kernelWidth, channels / groups, outChannels]
 * -> [batch, outHeight, outWidth, outChannels]. Group g maps the g-th run of input channels to the g-th run of output channels.
 */
export function conv2d(x: Tensor4D, kernel: Tensor4D, options: Conv2dOptions): Tensor4D {
  const groups = options.groups ?? 1;
  const [kernelHeight, kernelWidth, groupChannels, outChannels] = kernel.shape;
  const g = windowGeometry('conv2d', x, [kernelHeight, kernelWidth], options);
  if (groupChannels * groups !== g.channels || outChannels % groups !== 0) {
    throw new EngineError(
      'bad-shape',
      `conv2d: input has ${g.channels} channels in ${groups} group(s), weights expect ${groupChannels * groups} ` +
        `(weights [${kernel.shape.join(', ')}]).`,
    );
  }
  return differentiable('conv2d', [x, kernel], () => {
    const attrs = { geometry: g, groups };
    const isNative = hasKernel('LabConv2d');
    return {
      value: isNative ? runKernel<Tensor4D>('LabConv2d', { x, kernel }, attrs) : forward(x, kernel, g, groups),
      save: [x, kernel],
      gradient: (dy, saved, needs) => {
        const [x, kernel] = saved as [Tensor4D, Tensor4D];
        if (isNative) {
          return [
            needs[0] ? runKernel<Tensor4D>('LabConv2dInputGradient', { dy, kernel }, attrs) : undefined,
            needs[1] ? runKernel<Tensor4D>('LabConv2dKernelGradient', { dy, x }, { ...attrs, kernelShape: kernel.shape }) : undefined,
          ];
        }
        return [
          needs[0] ? inputGradient(dy as Tensor4D, kernel, g, groups) : undefined,
          needs[1] ? kernelGradient(dy as Tensor4D, x, kernel.shape, g, groups) : undefined,
        ];
      },
    };
  });
}

/** The weights of one tap by group: [groups, channels / groups, outChannels / groups]. */
function tapWeights(kernel: Tensor4D, i: number, j: number, groups: number): Tensor {
  const [, , inner, outer] = kernel.shape;
  const tap = reshape(slice(kernel, [i, j, 0, 0], [1, 1, inner, outer]), [inner, groups, outer / groups]);
  return transpose(tap, [1, 0, 2]);
}

/** [batch, outHeight, outWidth, channels] -> [groups, positions, channels / groups] */
function byGroup(x: Tensor4D, groups: number): Tensor {
  const channels = x.shape[3];
  const positions = x.size / channels;
  if (groups === 1) return reshape(x, [1, positions, channels]);
  return transpose(reshape(x, [positions, groups, channels / groups]), [1, 0, 2]);
}

/** The inverse of `byGroup` for a map of the window's output size. */
function fromGroups(x: Tensor, g: WindowGeometry): Tensor4D {
  const [groups, , width] = x.shape as [number, number, number];
  return reshape(groups === 1 ? x : transpose(x, [1, 0, 2]), [g.batch, g.outHeight, g.outWidth, groups * width]);
}

function forward(x: Tensor4D, kernel: Tensor4D, g: WindowGeometry, groups: number): Tensor4D {
  const padded = padMap(x, g);
  const terms = eachTap(g, (i, j) => matMul(byGroup(tapOf(padded, g, i, j), groups), tapWeights(kernel, i, j, groups)));
  return fromGroups(addN(terms), g);
}

function inputGradient(dy: Tensor4D, kernel: Tensor4D, g: WindowGeometry, groups: number): Tensor4D {
  const grouped = byGroup(dy, groups);
  const terms = eachTap(g, (i, j) => untap(fromGroups(matMul(grouped, tapWeights(kernel, i, j, groups), false, true), g), g, i, j));
  return addN(terms);
}

function kernelGradient(dy: Tensor4D, x: Tensor4D, kernelShape: Tensor4D['shape'], g: WindowGeometry, groups: number): Tensor4D {
  const padded = padMap(x, g);
  const grouped = byGroup(dy, groups);
  const [, , inner, outer] = kernelShape;
  const taps = eachTap(g, (i, j) => {
    const tap = matMul(byGroup(tapOf(padded, g, i, j), groups), grouped, true, false); // [groups, inner, outer / groups]
    return reshape(transpose(tap, [1, 0, 2]), [inner, outer]);
  });
  return reshape(taps.length === 1 ? taps[0]! : stack(taps), kernelShape);
}

/** The composed form: sums over the taps of the window. */
export const conv2dByTaps = { forward, inputGradient, kernelGradient } as const;

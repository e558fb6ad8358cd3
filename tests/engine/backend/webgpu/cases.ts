/** Beyond the kernel suite: what the library cuts into parts, and sizes of more than one tile. */
import * as tf from '../../../../engine/backend/tf.ts';
import type { Tensor1D, Tensor2D, Tensor4D } from '../../../../engine/backend/tf.ts';
import { kernelCases, largeKernelCases } from '../../../conformance/kernel.ts';
import type { KernelCase } from '../../../conformance/kernel.ts';

const same = { stride: [1, 1], padding: [1, 1, 1, 1] } as const;

const longSums: readonly KernelCase[] = [
  {
    title: 'linear over 2,048 rows: the gradient of the weights is a sum in parts',
    shapes: [[2048, 13], [13, 19], [19]],
    run: ([x, w, b]) => tf.linear(x!, w as Tensor2D, b as Tensor1D),
  },
  {
    title: 'linear over 2,003 rows, a prime',
    shapes: [
      [2003, 13],
      [13, 19],
    ],
    run: ([x, w]) => tf.linear(x!, w as Tensor2D),
  },
  {
    title: 'linear of 2,304 inputs',
    shapes: [
      [11, 2304],
      [2304, 17],
    ],
    run: ([x, w]) => tf.linear(x!, w as Tensor2D),
  },
  {
    title: 'conv 3x3, 256 to 10 channels of one image',
    shapes: [
      [1, 4, 5, 256],
      [3, 3, 256, 10],
    ],
    run: ([x, w]) => tf.conv2d(x as Tensor4D, w as Tensor4D, same),
  },
  {
    title: 'depthwise 3x3, 8 channels, four at a time',
    shapes: [
      [2, 9, 10, 8],
      [3, 3, 8, 1],
    ],
    run: ([x, w]) => tf.depthwiseConv2d(x as Tensor4D, w as Tensor4D, same),
  },
  { title: 'addN of 26', shapes: Array.from({ length: 26 }, () => [3, 5]), run: (list) => tf.addN(list) },
];

/** Not those that take SwiftShader seconds: convolutions, whose sizes are about how `wasm` cuts them, and a batch norm. */
const large = largeKernelCases.filter(({ title }) => !/^(conv|depthwise|batchNorm)/.test(title));

export const webgpuCases: readonly KernelCase[] = [...kernelCases, ...large, ...longSums];

/** Depthwise convolution, with any strides and dilation, by the addon's own ops. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import type { NativeOps } from '../native-backend.ts';
import { geometryOf } from './convolution.ts';

export function ownDepthwiseKernels(ops: NativeOps): KernelTable {
  const run = (call: KernelCall, op: string, inputs: readonly string[], height: number, width: number): TensorInfo => {
    const g = geometryOf(call);
    // the op learns the size of its result from the shape of an empty tensor
    const size = ops.constant([], [height, width, 0]);
    const result = ops.run(
      op,
      [...inputs.map((name) => input(call, name)), size],
      [
        ops.attr.int('strides', [g.strideHeight, g.strideWidth]),
        ops.attr.int('padding', [g.padTop, g.padBottom, g.padLeft, g.padRight]),
        ops.attr.int('dilations', [g.dilationHeight, g.dilationWidth]),
      ],
    );
    ops.release(size);
    return result;
  };
  return {
    LabDepthwiseConv2d: (call) => {
      const g = geometryOf(call);
      return run(call, 'LabDepthwiseConv2d', ['x', 'kernel'], g.outHeight, g.outWidth);
    },
    LabDepthwiseConv2dInputGradient: (call) => {
      const g = geometryOf(call);
      return run(call, 'LabDepthwiseConv2dInputGradient', ['dy', 'kernel'], g.height, g.width);
    },
    LabDepthwiseConv2dKernelGradient: (call) => {
      const g = geometryOf(call);
      return run(call, 'LabDepthwiseConv2dKernelGradient', ['dy', 'x'], g.kernelHeight, g.kernelWidth);
    },
  };
}

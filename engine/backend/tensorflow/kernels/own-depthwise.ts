/** Depthwise convolution, with any strides and dilation, by the addon's own ops. */
import type { KernelTable } from '../../kernel-table.ts';
import type { NativeOps } from '../native-backend.ts';
import { geometryOf } from './convolution.ts';
import { runOnWindows } from './own-window.ts';

export function ownDepthwiseKernels(ops: NativeOps): KernelTable {
  return {
    LabDepthwiseConv2d: (call) => {
      const g = geometryOf(call);
      return runOnWindows(ops, call, 'LabDepthwiseConv2d', ['x', 'kernel'], [g.outHeight, g.outWidth]);
    },
    LabDepthwiseConv2dInputGradient: (call) => {
      const g = geometryOf(call);
      return runOnWindows(ops, call, 'LabDepthwiseConv2dInputGradient', ['dy', 'kernel'], [g.height, g.width]);
    },
    LabDepthwiseConv2dKernelGradient: (call) => {
      const g = geometryOf(call);
      return runOnWindows(ops, call, 'LabDepthwiseConv2dKernelGradient', ['dy', 'x'], [g.kernelHeight, g.kernelWidth]);
    },
  };
}

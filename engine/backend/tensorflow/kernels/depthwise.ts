/** Depthwise convolution by TensorFlow's ops; windows that they compute wrongly or not at all are summed tap by tap. */
import type { Tensor4D } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelTable } from '../../kernel-table.ts';
import { depthwiseByTaps } from '../../ops/depthwise-conv2d.ts';
import type { WindowGeometry } from '../../ops/window.ts';
import type { NativeOps } from '../native-backend.ts';
import { composed } from './activation.ts';
import { geometryOf, windowAttributes } from './convolution.ts';

export function depthwiseKernels(ops: NativeOps): KernelTable {
  return {
    LabDepthwiseConv2d: (call) => {
      const g = geometryOf(call);
      const [x, kernel] = [input(call, 'x'), input(call, 'kernel')];
      if (needsTaps(g)) return composed(ops, [x, kernel], ([x, kernel]) => depthwiseByTaps.forward(x as Tensor4D, kernel as Tensor4D, g));
      return ops.run('DepthwiseConv2dNative', [x, kernel], windowAttributes(ops, g));
    },
    LabDepthwiseConv2dInputGradient: (call) => {
      const g = geometryOf(call);
      const [dy, kernel] = [input(call, 'dy'), input(call, 'kernel')];
      if (needsTaps(g))
        return composed(ops, [dy, kernel], ([dy, kernel]) => depthwiseByTaps.inputGradient(dy as Tensor4D, kernel as Tensor4D, g));
      return ops.withInts([g.batch, g.height, g.width, g.channels], (sizes) =>
        ops.run('DepthwiseConv2dNativeBackpropInput', [sizes, kernel, dy], windowAttributes(ops, g)),
      );
    },
    LabDepthwiseConv2dKernelGradient: (call) => {
      const g = geometryOf(call);
      const [dy, x] = [input(call, 'dy'), input(call, 'x')];
      if (needsTaps(g)) return composed(ops, [dy, x], ([dy, x]) => depthwiseByTaps.kernelGradient(dy as Tensor4D, x as Tensor4D, g));
      return ops.withInts([g.kernelHeight, g.kernelWidth, g.channels, 1], (sizes) =>
        ops.run('DepthwiseConv2dNativeBackpropFilter', [x, sizes, dy], windowAttributes(ops, g)),
      );
    },
  };
}

/** TensorFlow's gradients ignore dilation (silently), and its ops want equal strides. */
function needsTaps(g: WindowGeometry): boolean {
  return g.dilationHeight > 1 || g.dilationWidth > 1 || g.strideHeight !== g.strideWidth;
}

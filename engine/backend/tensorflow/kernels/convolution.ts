/** Convolutions by TensorFlow's own ops, with explicit padding as PyTorch has it; what those do not compute is summed tap by tap. */
import type { Tensor4D, TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import { conv2dByTaps } from '../../ops/conv2d.ts';
import type { WindowGeometry } from '../../ops/window.ts';
import type { NativeAttribute } from '../binding.ts';
import type { NativeOps } from '../native-backend.ts';
import { composed } from './activation.ts';
import { isPointwise, pointwise } from './pointwise.ts';

export function convolutionKernels(ops: NativeOps): KernelTable {
  return {
    LabConv2d: (call) => {
      const { g, groups } = attributesOf(call);
      const [x, kernel] = [input(call, 'x'), input(call, 'kernel')];
      if (groups > 1) {
        return composed(ops, [x, kernel], ([x, kernel]) => conv2dByTaps.forward(x as Tensor4D, kernel as Tensor4D, g, groups));
      }
      if (isPointwise(g)) return pointwise.forward(ops, x, kernel, g);
      return ops.run('Conv2D', [x, kernel], windowAttributes(ops, g));
    },
    LabConv2dInputGradient: (call) => {
      const { g, groups } = attributesOf(call);
      const [dy, kernel] = [input(call, 'dy'), input(call, 'kernel')];
      if (groups > 1 || isDilated(g)) {
        return composed(ops, [dy, kernel], ([dy, kernel]) => conv2dByTaps.inputGradient(dy as Tensor4D, kernel as Tensor4D, g, groups));
      }
      if (isPointwise(g)) return pointwise.inputGradient(ops, dy, kernel, g);
      return ops.withInts([g.batch, g.height, g.width, g.channels], (sizes) =>
        ops.run('Conv2DBackpropInput', [sizes, kernel, dy], windowAttributes(ops, g)),
      );
    },
    LabConv2dKernelGradient: (call) => {
      const { g, groups } = attributesOf(call);
      const [dy, x] = [input(call, 'dy'), input(call, 'x')];
      const kernelShape = call.attrs.kernelShape as Tensor4D['shape'];
      if (groups > 1 || isDilated(g)) {
        return composed(ops, [dy, x], ([dy, x]) => conv2dByTaps.kernelGradient(dy as Tensor4D, x as Tensor4D, kernelShape, g, groups));
      }
      if (isPointwise(g)) return pointwise.kernelGradient(ops, dy, x, kernelShape);
      return ops.withInts(kernelShape, (sizes) => ops.run('Conv2DBackpropFilter', [x, sizes, dy], windowAttributes(ops, g)));
    },
  };
}

function attributesOf(call: KernelCall): { readonly g: WindowGeometry; readonly groups: number } {
  return { g: geometryOf(call), groups: call.attrs.groups as number };
}

export function geometryOf(call: KernelCall): WindowGeometry {
  return call.attrs.geometry as WindowGeometry;
}

/** TensorFlow has no such gradients on every CPU and in every mode. */
function isDilated(g: WindowGeometry): boolean {
  return g.dilationHeight > 1 || g.dilationWidth > 1;
}

/** Joins along the last axis. */
export function joinLast(ops: NativeOps, list: readonly TensorInfo[]): TensorInfo {
  const first = list[0]!;
  const attributes = [
    ops.attr.int('N', list.length),
    ops.attr.type('T', ops.dtypeOf(first.dtype)),
    ops.attr.type('Tidx', ops.dtypeOf('int32')),
  ];
  return ops.withInts([first.shape.length - 1], (axis) => ops.run('ConcatV2', [...list, axis], attributes), []);
}

export function windowAttributes(ops: NativeOps, g: WindowGeometry): NativeAttribute[] {
  const { attr } = ops;
  const isPadded = g.padTop + g.padBottom + g.padLeft + g.padRight > 0;
  return [
    attr.type('T', ops.dtypeOf('float32')),
    attr.int('strides', [1, g.strideHeight, g.strideWidth, 1]),
    attr.text('padding', isPadded ? 'EXPLICIT' : 'VALID'),
    attr.int('explicit_paddings', isPadded ? [0, 0, g.padTop, g.padBottom, g.padLeft, g.padRight, 0, 0] : []),
    attr.text('data_format', 'NHWC'),
    attr.int('dilations', [1, g.dilationHeight, g.dilationWidth, 1]),
  ];
}

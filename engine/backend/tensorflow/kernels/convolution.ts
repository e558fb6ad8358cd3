/** Convolutions by TensorFlow's own ops. Padding is explicit, as PyTorch has it. */
import type { Tensor4D, TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import { conv2dByTaps } from '../../ops/conv2d.ts';
import type { WindowGeometry } from '../../ops/window.ts';
import type { NativeAttribute } from '../binding.ts';
import type { NativeOps } from '../native-backend.ts';
import { composed } from './activation.ts';

export function convolutionKernels(ops: NativeOps): KernelTable {
  return {
    LabConv2d: (call) =>
      byGroup(ops, call, ['x', 'kernel'], ([x, kernel]) => ops.run('Conv2D', [x!, kernel!], windowAttributes(ops, geometryOf(call)))),
    LabConv2dInputGradient: (call) => {
      const g = geometryOf(call);
      if (isDilated(g)) {
        const groups = call.attrs.groups as number;
        return composed(ops, [input(call, 'dy'), input(call, 'kernel')], ([dy, kernel]) =>
          conv2dByTaps.inputGradient(dy as Tensor4D, kernel as Tensor4D, g, groups),
        );
      }
      return byGroup(ops, call, ['dy', 'kernel'], ([dy, kernel]) =>
        ops.withInts([g.batch, g.height, g.width, kernel!.shape[2]!], (sizes) =>
          ops.run('Conv2DBackpropInput', [sizes, kernel!, dy!], windowAttributes(ops, g)),
        ),
      );
    },
    LabConv2dKernelGradient: (call) => {
      const g = geometryOf(call);
      const { kernelShape, groups } = call.attrs as { readonly kernelShape: readonly number[]; readonly groups: number };
      if (isDilated(g)) {
        return composed(ops, [input(call, 'dy'), input(call, 'x')], ([dy, x]) =>
          conv2dByTaps.kernelGradient(dy as Tensor4D, x as Tensor4D, kernelShape as Tensor4D['shape'], g, groups),
        );
      }
      const sizesOfGroup = [...kernelShape.slice(0, 3), kernelShape[3]! / groups];
      return byGroup(ops, call, ['x', 'dy'], ([x, dy]) =>
        ops.withInts(sizesOfGroup, (sizes) => ops.run('Conv2DBackpropFilter', [x!, sizes, dy!], windowAttributes(ops, g))),
      );
    },
  };
}

/** TensorFlow has no such gradients on every CPU and in every mode. */
function isDilated(g: WindowGeometry): boolean {
  return g.dilationHeight > 1 || g.dilationWidth > 1;
}

export function geometryOf(call: KernelCall): WindowGeometry {
  return call.attrs.geometry as WindowGeometry;
}

/** Computes each group of channels on its own and joins the results along the channels. */
function byGroup(
  ops: NativeOps,
  call: KernelCall,
  names: readonly string[],
  compute: (parts: readonly TensorInfo[]) => TensorInfo,
): TensorInfo {
  const groups = call.attrs.groups as number;
  const tensors = names.map((name) => input(call, name));
  if (groups === 1) return compute(tensors);
  const parts = tensors.map((tensor) => splitLast(ops, tensor, groups));
  const results = Array.from({ length: groups }, (_, g) => compute(parts.map((list) => list[g]!)));
  const joined = joinLast(ops, results);
  ops.release(...parts.flat(), ...results);
  return joined;
}

/** Equal parts of the last axis. */
function splitLast(ops: NativeOps, x: TensorInfo, count: number): TensorInfo[] {
  const attributes = [ops.attr.int('num_split', count), ops.attr.type('T', ops.dtypeOf(x.dtype))];
  return ops.withInts([x.shape.length - 1], (axis) => ops.runAll('Split', [axis, x], attributes, count), []);
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

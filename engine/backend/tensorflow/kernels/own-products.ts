/** Dense convolutions and products of matrices by the addon's own ops: the same bits with any number of threads. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { Kernel, KernelCall, KernelTable } from '../../kernel-table.ts';
import type { NativeOps } from '../native-backend.ts';
import { convolutionKernels, geometryOf } from './convolution.ts';
import { matrixKernels } from './matrix.ts';
import { runOnWindows } from './own-window.ts';
import { isPointwise } from './pointwise.ts';

/** Products with shorter sums went faster in TensorFlow (18 and 72 terms), with the same bits on 1, 2 and 3 threads in seven sizes that were tried. */
const leastTerms = 96;

export function ownProductKernels(ops: NativeOps): KernelTable {
  return { ...convolutions(ops), ...products(ops) };
}

/** Grouped ones stay as they are composed elsewhere, 1x1 ones of few channels are TensorFlow's products. */
function convolutions(ops: NativeOps): KernelTable {
  const composed = convolutionKernels(ops);
  const own = (op: string, inputs: readonly string[], sizeOf: (call: KernelCall) => readonly [number, number]): Kernel => {
    return (call) => {
      const g = geometryOf(call);
      const isShort = op !== 'LabConv2dKernelGradient' && isPointwise(g) && input(call, inputs[0]!).shape[3]! < leastTerms;
      if (isShort || (call.attrs.groups as number) > 1) return composed[op]!(call);
      return runOnWindows(ops, call, op, inputs, sizeOf(call));
    };
  };
  return {
    LabConv2d: own('LabConv2d', ['x', 'kernel'], (call) => [geometryOf(call).outHeight, geometryOf(call).outWidth]),
    LabConv2dInputGradient: own('LabConv2dInputGradient', ['dy', 'kernel'], (call) => [geometryOf(call).height, geometryOf(call).width]),
    LabConv2dKernelGradient: own('LabConv2dKernelGradient', ['dy', 'x'], (call) => [
      geometryOf(call).kernelHeight,
      geometryOf(call).kernelWidth,
    ]),
  };
}

/** Stacks of matrices and products with short sums stay with TensorFlow. */
function products(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const others = matrixKernels(ops);
  const product = (a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo => {
    const size = [a.shape[transposeA ? 1 : 0]!, b.shape[transposeB ? 0 : 1]!] as const;
    const attributes = [attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)];
    return ops.withSize(size, (place) => ops.run('LabMatMul', [a, b, place], attributes));
  };
  const isOwn = (a: TensorInfo, b: TensorInfo, transposeA: boolean): boolean =>
    a.shape.length === 2 && b.shape.length === 2 && a.shape[transposeA ? 0 : 1]! >= leastTerms;
  return {
    LabMatMul: (call) => {
      const [a, b] = [input(call, 'a'), input(call, 'b')];
      if (!isOwn(a, b, call.attrs.transposeA === true)) return others.LabMatMul!(call);
      return product(a, b, call.attrs.transposeA === true, call.attrs.transposeB === true);
    },
    LabLinear: (call) => {
      const [x, weight] = [input(call, 'x'), input(call, 'weight')];
      if (!isOwn(x, weight, false)) return others.LabLinear!(call);
      const y = product(x, weight, false, false);
      const { bias } = call.inputs;
      if (!bias) return y;
      const sum = ops.run('BiasAdd', [y, bias], [attr.type('T', ops.dtypeOf('float32')), attr.text('data_format', 'NHWC')]);
      ops.release(y);
      return sum;
    },
  };
}

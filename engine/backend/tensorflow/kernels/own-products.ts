/**
 * Matrix products and dense convolutions by the addon's own ops: long sums are cut into blocks, so that any number of threads gives the same bits.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { Kernel, KernelCall, KernelTable } from '../../kernel-table.ts';
import type { NativeOps } from '../native-backend.ts';
import { convolutionKernels, geometryOf } from './convolution.ts';
import { matrixKernels } from './matrix.ts';

export function ownProductKernels(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const composed = { ...convolutionKernels(ops), ...matrixKernels(ops) };
  /** The addon's op where there is one group; else what TensorFlow's ops are composed to. */
  const convolution = (op: string, names: readonly string[], sizeOf: (call: KernelCall) => readonly [number, number]): Kernel => {
    return (call) => {
      if (call.attrs.groups !== 1) return composed[op]!(call);
      const g = geometryOf(call);
      // the op learns the size of its result from the shape of an empty tensor
      const size = ops.constant([], [...sizeOf(call), 0]);
      const result = ops.run(
        op,
        [...names.map((name) => input(call, name)), size],
        [
          attr.int('strides', [g.strideHeight, g.strideWidth]),
          attr.int('padding', [g.padTop, g.padBottom, g.padLeft, g.padRight]),
          attr.int('dilations', [g.dilationHeight, g.dilationWidth]),
        ],
      );
      ops.release(size);
      return result;
    };
  };
  const product = (a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo => {
    const size = ops.constant([], [a.shape[transposeA ? 1 : 0]!, b.shape[transposeB ? 0 : 1]!, 0]);
    const result = ops.run('LabMatMul', [a, b, size], [attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)]);
    ops.release(size);
    return result;
  };
  return {
    LabConv2d: convolution('LabConv2d', ['x', 'kernel'], (call) => [geometryOf(call).outHeight, geometryOf(call).outWidth]),
    LabConv2dInputGradient: convolution('LabConv2dInputGradient', ['dy', 'kernel'], (call) => [
      geometryOf(call).height,
      geometryOf(call).width,
    ]),
    LabConv2dKernelGradient: convolution('LabConv2dKernelGradient', ['dy', 'x'], (call) => [
      geometryOf(call).kernelHeight,
      geometryOf(call).kernelWidth,
    ]),
    LabMatMul: (call) => {
      const [a, b] = [input(call, 'a'), input(call, 'b')];
      const { transposeA, transposeB } = call.attrs as { readonly transposeA: boolean; readonly transposeB: boolean };
      return a.shape.length === 2 && b.shape.length === 2 ? product(a, b, transposeA, transposeB) : composed['LabMatMul']!(call);
    },
    LabLinear: (call) => {
      const y = product(input(call, 'x'), input(call, 'weight'), false, false);
      const { bias } = call.inputs;
      if (!bias) return y;
      const sum = ops.run('BiasAdd', [y, bias], [attr.type('T', ops.dtypeOf('float32')), attr.text('data_format', 'NHWC')]);
      ops.release(y);
      return sum;
    },
  };
}

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

/**
 * From so many multiplications on a stack is worth several threads: TensorFlow multiplies the matrices of a stack one by one on one (128 of 64x24
 * and 24x64 on two threads: 0.66 ms, ours 0.20).
 */
const leastOfStack = 2 ** 20;

/**
 * Where the result is small, TensorFlow cuts also shorter sums by the number of threads: where its longer side is below four a thread (here: of 16),
 * or its shorter one below eight (Eigen's rule for sharding a contraction by its inner dimension).
 */
const small = { longer: 64, shorter: 8, leastTerms: 16 } as const;

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

/** Matrices and stacks of them. */
function products(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const others = matrixKernels(ops);
  const run = (a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo => {
    const [rows, , columns] = sizesOf(a, b, transposeA, transposeB);
    const attributes = [attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)];
    return ops.withSize([...leadingAxes(a.shape, b.shape), rows, columns], (size) => ops.run('LabMatMul', [a, b, size], attributes));
  };
  const isOwn = (a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): boolean => {
    const sizes = sizesOf(a, b, transposeA, transposeB);
    return hasLongSums(sizes) || isLargeStack(a, b, sizes);
  };
  return {
    LabMatMul: (call) => {
      const [a, b] = [input(call, 'a'), input(call, 'b')];
      const [transposeA, transposeB] = [call.attrs.transposeA === true, call.attrs.transposeB === true];
      return isOwn(a, b, transposeA, transposeB) ? run(a, b, transposeA, transposeB) : others.LabMatMul!(call);
    },
    LabLinear: (call) => {
      const [x, weight] = [input(call, 'x'), input(call, 'weight')];
      if (!isOwn(x, weight, false, false)) return others.LabLinear!(call);
      const y = run(x, weight, false, false);
      const { bias } = call.inputs;
      if (!bias) return y;
      const sum = ops.run('BiasAdd', [y, bias], [attr.type('T', ops.dtypeOf('float32')), attr.text('data_format', 'NHWC')]);
      ops.release(y);
      return sum;
    },
  };
}

type ProductSizes = readonly [rows: number, terms: number, columns: number];

/** Of the last two axes. */
function sizesOf({ shape: a }: TensorInfo, { shape: b }: TensorInfo, transposeA: boolean, transposeB: boolean): ProductSizes {
  const [rows, terms] = transposeA ? [a.at(-1)!, a.at(-2)!] : [a.at(-2)!, a.at(-1)!];
  return [rows, terms, b.at(transposeB ? -2 : -1)!];
}

function isLargeStack({ shape: a }: TensorInfo, { shape: b }: TensorInfo, [rows, terms, columns]: ProductSizes): boolean {
  const matrices = leadingAxes(a, b).reduce((product, size) => product * size, 1);
  return matrices > 1 && matrices * rows * terms * columns >= leastOfStack;
}

function hasLongSums([rows, terms, columns]: ProductSizes): boolean {
  const isSmall = Math.max(rows, columns) < small.longer || Math.min(rows, columns) < small.shorter;
  return terms >= (isSmall ? small.leastTerms : leastTerms);
}

/** Axes before the last two of a product: those of the longer shape, repeated where one has 1. */
function leadingAxes(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank - 2 }, (_, i) => Math.max(a[a.length - rank + i] ?? 1, b[b.length - rank + i] ?? 1));
}

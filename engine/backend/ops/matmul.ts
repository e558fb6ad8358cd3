/** Matrix products: a linear layer and products of stacks of matrices. */
import { add, matMul, reshape, sum } from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** x [..., in] times weight [in, out] plus bias [out] -> [..., out]. */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D): T {
  const [inWidth, outWidth] = weight.shape;
  if (x.shape[x.rank - 1] !== inWidth || (bias && bias.size !== outWidth)) {
    throw new EngineError(
      'bad-shape',
      `linear: input [${x.shape.join(', ')}] does not fit weights [${weight.shape.join(', ')}]` +
        `${bias ? ` and bias [${bias.shape.join(', ')}]` : ''}.`,
    );
  }
  const rows = x.size / inWidth;
  const outShape = [...x.shape.slice(0, -1), outWidth];
  return differentiable('linear', bias ? [x, weight, bias] : [x, weight], () => {
    const flat = reshape(x, [rows, inWidth]);
    const product = hasKernel('LabLinear')
      ? runKernel<Tensor>('LabLinear', bias ? { x: flat, weight, bias } : { x: flat, weight }, {})
      : bias
        ? add(matMul(flat, weight), bias)
        : matMul(flat, weight);
    return {
      value: reshape(product, outShape) as T,
      save: [x, weight],
      gradient: (dy, [x, weight], needs) => {
        const flatDy = reshape(dy, [rows, outWidth]);
        return [
          needs[0] ? reshape(product2(flatDy, weight!, false, true), x!.shape) : undefined,
          needs[1] ? product2(reshape(x!, [rows, inWidth]), flatDy, true, false) : undefined,
          ...(bias ? [needs[2] ? columnSums(flatDy) : undefined] : []),
        ];
      },
    };
  });
}

/** A matrix product that records nothing. */
function product2(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  return hasKernel('LabMatMul')
    ? runKernel<Tensor>('LabMatMul', { a, b }, { transposeA, transposeB })
    : matMul(a, b, transposeA, transposeB);
}

/** [rows, columns] -> [columns] */
function columnSums(x: Tensor): Tensor {
  return hasKernel('LabColumnSums') ? runKernel<Tensor>('LabColumnSums', { x }, {}) : sum(x, 0);
}

export interface BatchMatMulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** a [..., m, k] times b [..., k, n] -> [..., m, n]; leading axes are equal, absent or 1 (broadcast). Transposes swap the last two axes first. */
export function batchMatMul<T extends Tensor>(a: Tensor, b: Tensor, options: BatchMatMulOptions = {}): T {
  const transposeA = options.transposeA ?? false;
  const transposeB = options.transposeB ?? false;
  checkProduct(a, b, transposeA, transposeB);
  return differentiable('batchMatMul', [a, b], () => ({
    value: product2(a, b, transposeA, transposeB) as T,
    save: [a, b],
    gradient: (dy, [a, b], needs) => [
      needs[0] ? reduceTo(transposeA ? product2(b!, dy, transposeB, true) : product2(dy, b!, false, !transposeB), a!.shape) : undefined,
      needs[1] ? reduceTo(transposeB ? product2(dy, a!, true, transposeA) : product2(a!, dy, !transposeA, false), b!.shape) : undefined,
    ],
  }));
}

function checkProduct(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): void {
  const innerA = a.shape[a.rank - (transposeA ? 2 : 1)];
  const innerB = b.shape[b.rank - (transposeB ? 1 : 2)];
  const fits =
    a.rank >= 2 &&
    b.rank >= 2 &&
    innerA === innerB &&
    Array.from({ length: Math.min(a.rank, b.rank) - 2 }, (_, i) => {
      const [da, db] = [a.shape[a.rank - 3 - i], b.shape[b.rank - 3 - i]];
      return da === db || da === 1 || db === 1;
    }).every(Boolean);
  if (!fits) {
    throw new EngineError(
      'bad-shape',
      `batchMatMul: [${a.shape.join(', ')}]${transposeA ? ' transposed' : ''} does not fit ` +
        `[${b.shape.join(', ')}]${transposeB ? ' transposed' : ''}.`,
    );
  }
}

/** Sums over the axes that were broadcast. */
function reduceTo(x: Tensor, shape: readonly number[]): Tensor {
  if (x.rank === shape.length && x.shape.every((size, i) => size === shape[i])) return x;
  const missing = x.rank - shape.length;
  const axes = x.shape.flatMap((size, i) => (i < missing || (shape[i - missing] === 1 && size !== 1) ? [i] : []));
  return reshape(sum(x, axes), shape as number[]);
}

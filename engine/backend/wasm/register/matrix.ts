/** Matrix products, sums over rows, softmax and layer normalisation. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmHeap } from '../heap.ts';
import { lastOf, sizeOf } from '../heap.ts';
import { input } from '../../kernel-table.ts';
import type { KernelTable } from '../../kernel-table.ts';

export function matrixKernels(heap: WasmHeap): KernelTable {
  const { kernels } = heap;
  return {
    LabLinear: (call) => linear(heap, input(call, 'x'), input(call, 'weight'), call.inputs.bias),
    LabMatMul: (call) => matMul(heap, input(call, 'a'), input(call, 'b'), call.attrs.transposeA === true, call.attrs.transposeB === true),
    LabColumnSums: (call) => {
      const x = input(call, 'x');
      const [rows, columns] = x.shape as [number, number];
      const sums = heap.create([columns]);
      kernels.columnSums(heap.at(x), heap.at(sums), rows, columns, 1);
      return sums;
    },
    LabSoftmax: (call) => {
      const x = input(call, 'x');
      const y = heap.create(x.shape);
      const n = lastOf(x.shape);
      kernels.softmax(heap.at(x), heap.at(y), sizeOf(x.shape) / n, n);
      return y;
    },
    LabSoftmaxGradient: (call) => {
      const y = input(call, 'y');
      const dx = heap.create(y.shape);
      const n = lastOf(y.shape);
      kernels.softmaxGradient(heap.at(input(call, 'dy')), heap.at(y), heap.at(dx), sizeOf(y.shape) / n, n);
      return dx;
    },
    LabLayerNorm: (call) => {
      const x = input(call, 'x');
      const width = lastOf(x.shape);
      const rows = sizeOf(x.shape) / width;
      const [y, means, inverses] = [heap.create(x.shape), heap.create([rows]), heap.create([rows])];
      kernels.layerNorm(
        heap.at(x),
        heap.at(input(call, 'gamma')),
        heap.at(input(call, 'beta')),
        heap.at(y),
        heap.at(means),
        heap.at(inverses),
        rows,
        width,
        call.attrs.epsilon as number,
      );
      return [y, means, inverses];
    },
    LabLayerNormGradient: (call) => {
      const x = input(call, 'x');
      const width = lastOf(x.shape);
      const [dx, dGamma, dBeta] = [heap.create(x.shape), heap.create([width]), heap.create([width])];
      const room = heap.room(8 * width + 32);
      kernels.layerNormGradient(
        heap.at(input(call, 'dy')),
        heap.at(x),
        heap.at(input(call, 'gamma')),
        heap.at(input(call, 'mean')),
        heap.at(input(call, 'inverse')),
        heap.at(dx),
        heap.at(dGamma),
        heap.at(dBeta),
        sizeOf(x.shape) / width,
        width,
        room,
      );
      return [dx, dGamma, dBeta];
    },
  };
}

function productRoom(heap: WasmHeap, n: number, k: number): number {
  return heap.room(256 + n * 4 + 48 + Math.ceil(n / 8) * k * 32);
}

function linear(heap: WasmHeap, x: TensorInfo, weight: TensorInfo, bias: TensorInfo | undefined): TensorInfo {
  const [rows, inWidth] = x.shape as [number, number];
  const outWidth = weight.shape[1]!;
  const y = heap.create([rows, outWidth]);
  const room = productRoom(heap, outWidth, inWidth);
  heap.kernels.product(
    heap.at(x),
    inWidth * 4,
    4,
    heap.at(weight),
    outWidth * 4,
    4,
    bias ? heap.at(bias) : 0,
    heap.at(y),
    rows,
    outWidth,
    inWidth,
    room,
  );
  return y;
}

/** a [..., m, k], b [..., k, n] (before transposing), leading axes equal, absent or 1. */
function matMul(heap: WasmHeap, a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const n = transposeB ? bRows : bColumns;
  const leading = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const c = heap.create([...leading, m, n]);
  // The longest axis is usually that of a sum over positions: it is cut into runs that stay in cache.
  const isLongSum = transposeA && !transposeB && k > 256;
  const room = isLongSum ? heap.room(heap.kernels.conv2dRoomBytes(m, n)) : productRoom(heap, n, k);
  const [strideA, stepA] = transposeA ? [4, aColumns * 4] : [aColumns * 4, 4];
  const [rowStrideB, columnStrideB] = transposeB ? [4, bColumns * 4] : [bColumns * 4, 4];
  const [atA, atB, atC] = [heap.at(a), heap.at(b), heap.at(c)];
  const batches = sizeOf(leading);
  const offsetsA = offsets(a.shape.slice(0, -2), leading, aRows * aColumns * 4);
  const offsetsB = offsets(b.shape.slice(0, -2), leading, bRows * bColumns * 4);
  for (let i = 0; i < batches; i++) {
    const [pa, pb, pc] = [atA + offsetsA(i), atB + offsetsB(i), atC + i * m * n * 4];
    if (isLongSum) heap.kernels.conv2dKernelGradient(pa, pb, pc, k, 1, 1, m, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, n, room);
    else heap.kernels.product(pa, strideA, stepA, pb, rowStrideB, columnStrideB, 0, pc, m, n, k, room);
  }
  return c;
}

function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => Math.max(a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1));
}

/** Byte offset of the matrix that the i-th product of the broadcast `leading` axes takes. */
function offsets(own: readonly number[], leading: readonly number[], matrixBytes: number): (i: number) => number {
  const size = sizeOf(own);
  if (size === sizeOf(leading)) return (i) => i * matrixBytes;
  if (size === 1) return () => 0;
  const missing = leading.length - own.length;
  return (i) => {
    let [rest, index, step] = [i, 0, 1];
    for (let axis = leading.length - 1; axis >= missing; axis--) {
      const extent = own[axis - missing]!;
      if (extent !== 1) index += (rest % leading[axis]!) * step;
      step *= extent;
      rest = Math.floor(rest / leading[axis]!);
    }
    return index * matrixBytes;
  };
}

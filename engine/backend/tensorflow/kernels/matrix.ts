/** Products, sums and joins by TensorFlow's ops. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelTable } from '../../kernel-table.ts';
import type { NativeOps } from '../native-backend.ts';
import { joinLast } from './convolution.ts';

export function matrixKernels(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const float = attr.type('T', ops.dtypeOf('float32'));
  const index = ops.dtypeOf('int32');
  const product = (a: TensorInfo, b: TensorInfo, transposeA: boolean, transposeB: boolean): TensorInfo =>
    a.shape.length === 2 && b.shape.length === 2
      ? ops.run('MatMul', [a, b], [float, attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)])
      : ops.run('BatchMatMulV2', [a, b], [float, attr.bool('adj_x', transposeA), attr.bool('adj_y', transposeB)]);
  const reduce = (op: 'Sum' | 'Mean', x: TensorInfo, axes: readonly number[]): TensorInfo =>
    ops.withInts(axes, (list) => ops.run(op, [x, list], [float, attr.type('Tidx', index), attr.bool('keep_dims', false)]));
  return {
    LabMatMul: (call) => product(input(call, 'a'), input(call, 'b'), call.attrs.transposeA as boolean, call.attrs.transposeB as boolean),
    LabLinear: (call) => {
      const y = product(input(call, 'x'), input(call, 'weight'), false, false);
      const { bias } = call.inputs;
      if (!bias) return y;
      const sum = ops.run('BiasAdd', [y, bias], [float, attr.text('data_format', 'NHWC')]);
      ops.release(y);
      return sum;
    },
    LabColumnSums: (call) => ops.run('BiasAddGrad', [input(call, 'x')], [float, attr.text('data_format', 'NHWC')]),
    LabAddN: (call) => sumInOrder(ops, Object.values(call.inputs)),
    LabConcat: (call) => joinLast(ops, Object.values(call.inputs)),
    LabSliceChannels: (call) => {
      const x = input(call, 'x');
      const { start, length } = call.attrs as { readonly start: number; readonly length: number };
      const begin = x.shape.map((_, i) => (i === x.shape.length - 1 ? start : 0));
      const size = [...x.shape.slice(0, -1), length];
      return ops.withInts(begin, (from) =>
        ops.withInts(size, (to) => ops.run('Slice', [x, from, to], [attr.type('T', ops.dtypeOf(x.dtype)), attr.type('Index', index)])),
      );
    },
    LabGlobalAveragePool: (call) => reduce('Mean', input(call, 'x'), [1, 2]),
    LabGlobalAveragePoolGradient: (call) => {
      const dy = input(call, 'dy');
      const [batch, channels] = dy.shape as [number, number];
      const { height, width } = call.attrs as { readonly height: number; readonly width: number };
      const count = ops.constant([1 / (height * width)], []);
      const share = ops.run('Mul', [dy, count], [float]);
      const row = ops.reshape(share, [batch, 1, 1, channels]);
      const dx = ops.withInts([batch, height, width, channels], (shape) =>
        ops.run('BroadcastTo', [row, shape], [float, attr.type('Tidx', index)]),
      );
      ops.release(count, share, row);
      return dx;
    },
    LabSoftmax: (call) => ops.run('Softmax', [input(call, 'x')], [float]),
    LabGatherGradient: (call) => gatherGradient(ops, input(call, 'dy'), input(call, 'indices'), call.attrs as unknown as GatherAttrs),
  };
}

/**
 * From left to right. TensorFlow's AddN begins with whichever of its inputs nobody else holds, so that its last bits differ between the same
 * ops one by one and in a function.
 */
export function sumInOrder(ops: NativeOps, list: readonly TensorInfo[]): TensorInfo {
  const attributes = [ops.attr.type('T', ops.dtypeOf(list[0]!.dtype))];
  let sum = ops.share(list[0]!);
  for (const term of list.slice(1)) {
    const next = ops.run('AddV2', [sum, term], attributes);
    ops.release(sum);
    sum = next;
  }
  return sum;
}

interface GatherAttrs {
  readonly axis: number;
  /** Of what was gathered from. */
  readonly shape: readonly number[];
}

/** Adds the entries of dy at their indices: as a product with the matrix that has a 1 where an entry goes, so that the order is fixed. */
function gatherGradient(ops: NativeOps, dy: TensorInfo, indices: TensorInfo, { axis, shape }: GatherAttrs): TensorInfo {
  const { attr } = ops;
  const float = attr.type('T', ops.dtypeOf('float32'));
  const length = shape[axis]!;
  const taken = dy.shape[axis]!;
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const [depth, one, zero] = [ops.constant([length], [], 'int32'), ops.constant([1], []), ops.constant([0], [])];
  const places = ops.run('OneHot', [indices, depth, one, zero], [float, attr.int('axis', 0), attr.type('TI', ops.dtypeOf('int32'))]); // [length, taken]
  const [stacked, matrix] = [ops.reshape(dy, [outer, taken, inner]), ops.reshape(places, [1, length, taken])];
  const sums = ops.run('BatchMatMulV2', [matrix, stacked], [float, attr.bool('adj_x', false), attr.bool('adj_y', false)]);
  const dx = ops.reshape(sums, shape);
  ops.release(depth, one, zero, places, stacked, matrix, sums);
  return dx;
}

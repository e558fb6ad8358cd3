/** 1x1 convolutions as the matrix products that they are: TensorFlow's gradient ops copy the map into columns first. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { WindowGeometry } from '../../ops/window.ts';
import type { NativeOps } from '../native-backend.ts';

export function isPointwise(g: WindowGeometry): boolean {
  const isPadded = g.padTop + g.padBottom + g.padLeft + g.padRight > 0;
  return g.kernelHeight === 1 && g.kernelWidth === 1 && g.strideHeight === 1 && g.strideWidth === 1 && !isPadded;
}

export const pointwise = {
  /** x [batch, height, width, in], kernel [1, 1, in, out] -> [batch, height, width, out] */
  forward(ops: NativeOps, x: TensorInfo, kernel: TensorInfo, g: WindowGeometry): TensorInfo {
    return product(ops, rows(ops, x), rows(ops, kernel), [false, false], [g.batch, g.height, g.width, kernel.shape[3]!]);
  },
  /** -> [batch, height, width, in] */
  inputGradient(ops: NativeOps, dy: TensorInfo, kernel: TensorInfo, g: WindowGeometry): TensorInfo {
    return product(ops, rows(ops, dy), rows(ops, kernel), [false, true], [g.batch, g.height, g.width, g.channels]);
  },
  /** -> [1, 1, in, out] */
  kernelGradient(ops: NativeOps, dy: TensorInfo, x: TensorInfo, shape: readonly number[]): TensorInfo {
    return product(ops, rows(ops, x), rows(ops, dy), [true, false], shape);
  },
} as const;

/** [..., channels] -> [rows, channels] */
function rows(ops: NativeOps, x: TensorInfo): TensorInfo {
  const channels = x.shape.at(-1)!;
  return ops.reshape(x, [x.shape.reduce((a, b) => a * b, 1) / channels, channels]);
}

/** Releases a and b. */
function product(
  ops: NativeOps,
  a: TensorInfo,
  b: TensorInfo,
  [transposeA, transposeB]: readonly [boolean, boolean],
  shape: readonly number[],
): TensorInfo {
  const { attr } = ops;
  const attributes = [attr.type('T', ops.dtypeOf('float32')), attr.bool('transpose_a', transposeA), attr.bool('transpose_b', transposeB)];
  const flat = ops.run('MatMul', [a, b], attributes);
  const shaped = ops.reshape(flat, shape);
  ops.release(a, b, flat);
  return shaped;
}

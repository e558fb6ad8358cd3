/** Geometry of windows (convolutions and pools) and the moves between a map and the values under one tap of the window. */
import { concat, pad, reshape, slice, stridedSlice, zeros } from '@tensorflow/tfjs';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';

export interface WindowOptions {
  /** [vertical, horizontal] */
  readonly stride: readonly [number, number];
  /** Pixels added [top, bottom, left, right]. */
  readonly padding: readonly [number, number, number, number];
  /** [vertical, horizontal], default 1. */
  readonly dilation?: readonly [number, number];
}

/** A window on a map, all sizes in pixels. */
export interface WindowGeometry {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padTop: number;
  readonly padBottom: number;
  readonly padLeft: number;
  readonly padRight: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The geometry of a kernel [height, width] over x [batch, height, width, channels]; refuses what does not fit, naming `op`. */
export function windowGeometry(op: string, x: Tensor, kernel: readonly [number, number], options: WindowOptions): WindowGeometry {
  if (x.rank !== 4) {
    throw new EngineError('bad-shape', `${op}: input must be [batch, height, width, channels]; got [${x.shape.join(', ')}].`);
  }
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kernelHeight, kernelWidth] = kernel;
  const [strideHeight, strideWidth] = options.stride;
  const [dilationHeight, dilationWidth] = options.dilation ?? [1, 1];
  const [padTop, padBottom, padLeft, padRight] = options.padding;
  for (const value of [kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth])
    checkWhole(op, 'kernel, stride and dilation', value, 1);
  for (const value of options.padding) checkWhole(op, 'padding', value, 0);
  const outHeight = Math.floor((height + padTop + padBottom - dilationHeight * (kernelHeight - 1) - 1) / strideHeight) + 1;
  const outWidth = Math.floor((width + padLeft + padRight - dilationWidth * (kernelWidth - 1) - 1) / strideWidth) + 1;
  if (outHeight < 1 || outWidth < 1) {
    throw new EngineError(
      'bad-shape',
      `${op}: a ${kernelHeight}x${kernelWidth} window with dilation ${dilationHeight}x${dilationWidth} does not fit the padded input ` +
        `${height + padTop + padBottom}x${width + padLeft + padRight}.`,
    );
  }
  return {
    batch,
    height,
    width,
    channels,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    padTop,
    padBottom,
    padLeft,
    padRight,
    outHeight,
    outWidth,
  };
}

function checkWhole(op: string, what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new EngineError('bad-option', `${op}: ${what} must be whole numbers of at least ${least}; got ${value}.`);
  }
}

/** The results of `f` for each tap (row, column) of the window, in row-major order. */
export function eachTap<T>(g: WindowGeometry, f: (i: number, j: number) => T): T[] {
  return Array.from({ length: g.kernelHeight * g.kernelWidth }, (_, tap) => f(Math.floor(tap / g.kernelWidth), tap % g.kernelWidth));
}

/** The map with the window's padding around it. */
export function padMap(x: Tensor4D, g: WindowGeometry, value = 0): Tensor4D {
  if (g.padTop + g.padBottom + g.padLeft + g.padRight === 0) return x;
  return pad(
    x,
    [
      [0, 0],
      [g.padTop, g.padBottom],
      [g.padLeft, g.padRight],
      [0, 0],
    ],
    value,
  );
}

/** The value under tap (i, j) for every position of the window: [batch, outHeight, outWidth, channels] of a padded map. */
export function tapOf(padded: Tensor4D, g: WindowGeometry, i: number, j: number): Tensor4D {
  const top = i * g.dilationHeight;
  const left = j * g.dilationWidth;
  const channels = padded.shape[3];
  const height = (g.outHeight - 1) * g.strideHeight + 1;
  const width = (g.outWidth - 1) * g.strideWidth + 1;
  if (g.strideHeight === 1 && g.strideWidth === 1) return slice(padded, [0, top, left, 0], [g.batch, height, width, channels]);
  return stridedSlice(
    padded,
    [0, top, left, 0],
    [g.batch, top + height, left + width, channels],
    [1, g.strideHeight, g.strideWidth, 1],
  ) as Tensor4D;
}

/** The transpose of `tapOf` and `padMap`: values at tap (i, j) put back to their places of the unpadded map, zeros elsewhere. */
export function untap(values: Tensor4D, g: WindowGeometry, i: number, j: number): Tensor4D {
  const channels = values.shape[3];
  const rows = spread(reshape(values, [g.batch, g.outHeight, g.outWidth * channels]), g.strideHeight); // [batch, spreadHeight, outWidth * channels]
  const spreadHeight = rows.shape[1]!;
  const columns = spread(reshape(rows, [g.batch * spreadHeight, g.outWidth, channels]), g.strideWidth);
  const spreadWidth = columns.shape[1]!;
  const map: Tensor4D = reshape(columns, [g.batch, spreadHeight, spreadWidth, channels]);
  const top = i * g.dilationHeight;
  const left = j * g.dilationWidth;
  const paddedHeight = g.height + g.padTop + g.padBottom;
  const paddedWidth = g.width + g.padLeft + g.padRight;
  const padded = pad(map, [
    [0, 0],
    [top, paddedHeight - top - spreadHeight],
    [left, paddedWidth - left - spreadWidth],
    [0, 0],
  ]);
  return slice(padded, [0, g.padTop, g.padLeft, 0], [g.batch, g.height, g.width, channels]);
}

/** Puts stride - 1 zeros between the entries of axis 1 of [n, length, rest]. */
function spread(x: Tensor, stride: number): Tensor {
  if (stride === 1) return x;
  const [n, length, rest] = x.shape as [number, number, number];
  const wide = concat([reshape(x, [n, length, 1, rest]), zeros([n, length, stride - 1, rest])], 2);
  return slice(reshape(wide, [n, length * stride, rest]), [0, 0, 0], [n, (length - 1) * stride + 1, rest]);
}

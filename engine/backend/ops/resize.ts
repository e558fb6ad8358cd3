/** Resizing of maps: products with constant interpolation matrices, whose transposes are the gradients. */
import { matMul, reshape, tensor2d } from '@tensorflow/tfjs';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** One output position as a mix of two input positions. */
export interface Mix {
  readonly low: number;
  readonly high: number;
  /** Share of `high`, 0..1. */
  readonly share: number;
}

/** How each of `to` positions mixes `from` positions, bilinear along one axis: half-pixel centres, or corners aligned. */
export function bilinearMix(from: number, to: number, alignCorners: boolean): Mix[] {
  return Array.from({ length: to }, (_, i) => {
    const aligned = to > 1 ? (i * (from - 1)) / (to - 1) : 0;
    const position = alignCorners ? aligned : Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(Math.floor(position), from - 1);
    return { low, high: Math.min(low + 1, from - 1), share: position - low };
  });
}

/** Nearest as PyTorch's `interpolate` defines it: position i takes floor(i * from / to). */
export function nearestMix(from: number, to: number): Mix[] {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.min(Math.floor((i * from) / to), from - 1);
    return { low: at, high: at, share: 0 };
  });
}

/** x [batch, height, width, channels] -> [batch, size[0], size[1], channels]; half-pixel centres unless corners are aligned; no antialiasing. */
export function resizeBilinear(x: Tensor4D, size: readonly [number, number], options: { readonly alignCorners?: boolean } = {}): Tensor4D {
  const alignCorners = options.alignCorners ?? false;
  return resize('resizeBilinear', x, size, (from, to) => bilinearMix(from, to, alignCorners));
}

/** x [batch, height, width, channels] -> [batch, size[0], size[1], channels]; see `nearestMix`. */
export function resizeNearest(x: Tensor4D, size: readonly [number, number]): Tensor4D {
  return resize('resizeNearest', x, size, nearestMix);
}

function resize(op: string, x: Tensor4D, size: readonly [number, number], mixOf: (from: number, to: number) => Mix[]): Tensor4D {
  if (x.rank !== 4 || size.some((value) => !Number.isInteger(value) || value < 1)) {
    throw new EngineError('bad-shape', `${op}: cannot resize [${x.shape.join(', ')}] to ${size.join('x')}.`);
  }
  const [batch, height, width, channels] = x.shape;
  const rows = mixOf(height, size[0]);
  const columns = mixOf(width, size[1]);
  return differentiable(op, [x], () => ({
    value: hasKernel('LabResize')
      ? runKernel<Tensor4D>('LabResize', { x }, { rows, columns })
      : mixAxes(x, [batch, height, width, channels], matrixOf(rows, height), matrixOf(columns, width), false),
    save: [],
    gradient: (dy) => [
      hasKernel('LabResizeGradient')
        ? runKernel<Tensor4D>('LabResizeGradient', { dy }, { rows, columns, height, width })
        : mixAxes(dy as Tensor4D, [batch, size[0], size[1], channels], matrixOf(rows, height), matrixOf(columns, width), true),
    ],
  }));
}

/** [to, from] */
function matrixOf(mix: readonly Mix[], from: number): Tensor2D {
  const values = new Float32Array(mix.length * from);
  mix.forEach(({ low, high, share }, i) => {
    values[i * from + low]! += 1 - share;
    values[i * from + high]! += share;
  });
  return tensor2d(values, [mix.length, from]);
}

function mixAxes(
  x: Tensor4D,
  shape: readonly [number, number, number, number],
  rows: Tensor2D,
  columns: Tensor2D,
  transposed: boolean,
): Tensor4D {
  const [batch, height, width, channels] = shape;
  const [newHeight, newWidth] = transposed ? [rows.shape[1], columns.shape[1]] : [rows.shape[0], columns.shape[0]];
  const asBatch = (matrix: Tensor2D): Tensor => reshape(matrix, [1, ...matrix.shape]);
  const tall = matMul(asBatch(rows), reshape(x, [batch, height, width * channels]), transposed, false);
  const wide = matMul(asBatch(columns), reshape(tall, [batch * newHeight, width, channels]), transposed, false);
  return reshape(wide, [batch, newHeight, newWidth, channels]);
}

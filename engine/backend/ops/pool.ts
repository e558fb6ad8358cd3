/** Average and maximum over windows, and over whole maps. */
import { addN, cast, div, equal, logicalAnd, logicalNot, maximum, mean, mul, onesLike, reshape, tensor4d, tile } from '@tensorflow/tfjs';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';
import { eachTap, padMap, tapOf, untap, windowGeometry } from './window.ts';
import type { WindowGeometry, WindowOptions } from './window.ts';

export interface PoolOptions extends WindowOptions {
  /** Height and width of the window. */
  readonly size: readonly [number, number];
}

export interface AvgPoolOptions extends PoolOptions {
  /** Whether padded zeros count in the divisor (PyTorch's default; TensorFlow's 'same' does not count them). */
  readonly countIncludePad: boolean;
}

/** x [batch, height, width, channels] -> [batch, outHeight, outWidth, channels] */
export function avgPool(x: Tensor4D, options: AvgPoolOptions): Tensor4D {
  const g = windowGeometry('avgPool', x, options.size, options);
  return differentiable('avgPool', [x], () => {
    const counts = windowCounts(g, options.countIncludePad); // [1, outHeight, outWidth, 1]
    const padded = padMap(x, g);
    return {
      value: div<Tensor4D>(addN(eachTap(g, (i, j) => tapOf(padded, g, i, j))), counts),
      save: [counts],
      gradient: (dy, [counts]) => {
        const share = div<Tensor4D>(dy, counts!);
        return [addN(eachTap(g, (i, j) => untap(share, g, i, j)))];
      },
    };
  });
}

function windowCounts(g: WindowGeometry, countIncludePad: boolean): Tensor4D {
  const along = (out: number, stride: number, dilation: number, kernel: number, before: number, size: number): number[] =>
    Array.from({ length: out }, (_, o) => {
      if (countIncludePad) return kernel;
      let count = 0;
      for (let tap = 0; tap < kernel; tap++) {
        const at = o * stride + tap * dilation - before;
        if (at >= 0 && at < size) count++;
      }
      return count;
    });
  const rows = along(g.outHeight, g.strideHeight, g.dilationHeight, g.kernelHeight, g.padTop, g.height);
  const columns = along(g.outWidth, g.strideWidth, g.dilationWidth, g.kernelWidth, g.padLeft, g.width);
  return tensor4d(
    rows.flatMap((row) => columns.map((column) => Math.max(1, row * column))),
    [1, g.outHeight, g.outWidth, 1],
  );
}

/** x [batch, height, width, channels] -> [batch, outHeight, outWidth, channels]; among equal values the first tap gets the gradient. */
export function maxPool(x: Tensor4D, options: PoolOptions): Tensor4D {
  const g = windowGeometry('maxPool', x, options.size, options);
  return differentiable('maxPool', [x], () => {
    const padded = padMap(x, g, -Infinity);
    const y = eachTap(g, (i, j) => tapOf(padded, g, i, j)).reduce((a, b) => maximum(a, b));
    return { value: y, save: [x, y], gradient: (dy, [x, y]) => [maxPoolGradient(dy as Tensor4D, x as Tensor4D, y as Tensor4D, g)] };
  });
}

function maxPoolGradient(dy: Tensor4D, x: Tensor4D, y: Tensor4D, g: WindowGeometry): Tensor4D {
  const padded = padMap(x, g, -Infinity);
  let isOpen: Tensor = cast(onesLike(y), 'bool'); // positions whose maximum was not found yet
  return addN(
    eachTap(g, (i, j) => {
      const isHere = logicalAnd(isOpen, equal(tapOf(padded, g, i, j), y));
      isOpen = logicalAnd(isOpen, logicalNot(isHere));
      return untap(mul(dy, cast(isHere, 'float32')), g, i, j);
    }),
  );
}

/** x [batch, height, width, channels] -> [batch, channels] */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return differentiable('globalAveragePool', [x], () => ({
    value: hasKernel('LabGlobalAveragePool') ? runKernel<Tensor2D>('LabGlobalAveragePool', { x }, {}) : mean<Tensor2D>(x, [1, 2]),
    save: [],
    gradient: (dy) => [
      hasKernel('LabGlobalAveragePoolGradient')
        ? runKernel<Tensor4D>('LabGlobalAveragePoolGradient', { dy }, { height, width })
        : tile(div(reshape(dy, [batch, 1, 1, channels]), height * width), [1, height, width, 1]),
    ],
  }));
}

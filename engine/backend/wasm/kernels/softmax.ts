/** Softmax over rows of [rows, n], and its gradient. */
import { exp4, fma, horizontalMax, horizontalSum, loadPart, splat, storePart } from './simd';

export function softmax(x: usize, y: usize, rows: i32, n: i32): void {
  const whole = <usize>(n & ~3) << 2;
  const part = n & 3;
  const rowBytes = <usize>n << 2;
  for (; rows > 0; rows--) {
    let largest = splat(-Infinity);
    for (let at: usize = 0; at < whole; at += 16) largest = f32x4.max(largest, v128.load(x + at));
    let top = horizontalMax(largest);
    for (let c = 0; c < part; c++) top = max(top, load<f32>(x + whole + (<usize>c << 2)));
    const shift = splat(top);
    let sum = splat(0.0);
    for (let at: usize = 0; at < whole; at += 16) {
      const e = exp4(f32x4.sub(v128.load(x + at), shift));
      v128.store(y + at, e);
      sum = f32x4.add(sum, e);
    }
    let total = horizontalSum(sum);
    if (part > 0) {
      storePart(y + whole, exp4(f32x4.sub(loadPart(x + whole, part), shift)), part);
      for (let c = 0; c < part; c++) total += load<f32>(y + whole + (<usize>c << 2));
    }
    const inverse: f32 = <f32>1.0 / total;
    const scale = splat(inverse);
    for (let at: usize = 0; at < whole; at += 16) v128.store(y + at, f32x4.mul(v128.load(y + at), scale));
    if (part > 0) storePart(y + whole, f32x4.mul(loadPart(y + whole, part), scale), part);
    x += rowBytes;
    y += rowBytes;
  }
}

/** dx = y * (dy - sum(dy * y)) by row. */
export function softmaxGradient(dy: usize, y: usize, dx: usize, rows: i32, n: i32): void {
  const whole = <usize>(n & ~3) << 2;
  const part = n & 3;
  const rowBytes = <usize>n << 2;
  for (; rows > 0; rows--) {
    let sum = splat(0.0);
    for (let at: usize = 0; at < whole; at += 16) sum = fma(v128.load(dy + at), v128.load(y + at), sum);
    if (part > 0) sum = fma(loadPart(dy + whole, part), loadPart(y + whole, part), sum);
    const total = splat(horizontalSum(sum));
    for (let at: usize = 0; at < whole; at += 16) v128.store(dx + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), total)));
    if (part > 0) storePart(dx + whole, f32x4.mul(loadPart(y + whole, part), f32x4.sub(loadPart(dy + whole, part), total)), part);
    dy += rowBytes;
    y += rowBytes;
    dx += rowBytes;
  }
}

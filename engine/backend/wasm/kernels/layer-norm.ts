/** Layer normalisation of [rows, width]. */
import { fma, horizontalSum, loadPart, splat, storePart, zeroFloats } from './simd';

/** Also writes the mean and 1 / sqrt(variance + epsilon) of each row. */
export function layerNorm(x: usize, gamma: usize, beta: usize, y: usize, means: usize, inverses: usize, rows: i32, width: i32, epsilon: f32): void {
  const whole = <usize>(width & ~3) << 2;
  const part = width & 3;
  const size = <f32>width;
  for (let i = 0; i < rows; i++) {
    let sum = splat(0.0);
    for (let at: usize = 0; at < whole; at += 16) sum = f32x4.add(sum, v128.load(x + at));
    if (part > 0) sum = f32x4.add(sum, loadPart(x + whole, part));
    const mean = horizontalSum(sum) / size;
    const m = splat(mean);
    let squares = splat(0.0);
    for (let at: usize = 0; at < whole; at += 16) {
      const d = f32x4.sub(v128.load(x + at), m);
      squares = fma(d, d, squares);
    }
    let total = horizontalSum(squares);
    for (let c = 0; c < part; c++) {
      const d = load<f32>(x + whole + (<usize>c << 2)) - mean;
      total += d * d;
    }
    const inverse = <f32>1.0 / Mathf.sqrt(total / size + epsilon);
    store<f32>(means + (<usize>i << 2), mean);
    store<f32>(inverses + (<usize>i << 2), inverse);
    const s = splat(inverse);
    for (let at: usize = 0; at < whole; at += 16) {
      const normalised = f32x4.mul(f32x4.sub(v128.load(x + at), m), s);
      v128.store(y + at, fma(normalised, v128.load(gamma + at), v128.load(beta + at)));
    }
    if (part > 0) {
      const normalised = f32x4.mul(f32x4.sub(loadPart(x + whole, part), m), s);
      storePart(y + whole, fma(normalised, loadPart(gamma + whole, part), loadPart(beta + whole, part)), part);
    }
    x += <usize>width << 2;
    y += <usize>width << 2;
  }
}

/** room: 8 bytes a column. Sums over rows run in blocks of 64. */
export function layerNormGradient(
  dy: usize, x: usize, gamma: usize, means: usize, inverses: usize, dx: usize, dGamma: usize, dBeta: usize, rows: i32, width: i32, room: usize,
): void {
  const blockGamma = room, blockBeta = room + (<usize>width << 2);
  zeroFloats(dGamma, width);
  zeroFloats(dBeta, width);
  for (let from = 0; from < rows; from += 64) {
    zeroFloats(blockGamma, width);
    zeroFloats(blockBeta, width);
    const end = min(rows, from + 64);
    for (let i = from; i < end; i++) {
      const offset = <usize>(i * width) << 2;
      const at = <usize>i << 2;
      rowGradient(dy + offset, x + offset, gamma, load<f32>(means + at), load<f32>(inverses + at), dx + offset, blockGamma, blockBeta, width);
    }
    addTo(dGamma, blockGamma, width);
    addTo(dBeta, blockBeta, width);
  }
}

function addTo(to: usize, from: usize, n: i32): void {
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 2;
    store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
  }
}

function rowGradient(
  dy: usize, x: usize, gamma: usize, mean: f32, inverse: f32, dx: usize, blockGamma: usize, blockBeta: usize, width: i32,
): void {
  const whole = <usize>(width & ~3) << 2;
  const part = width & 3;
  const m = splat(mean), s = splat(inverse);
  let sum = splat(0.0), product = splat(0.0);
  for (let at: usize = 0; at < whole; at += 16) {
    const g = v128.load(dy + at);
    const normalised = f32x4.mul(f32x4.sub(v128.load(x + at), m), s);
    const d = f32x4.mul(g, v128.load(gamma + at));
    sum = f32x4.add(sum, d);
    product = fma(d, normalised, product);
    v128.store(blockGamma + at, fma(g, normalised, v128.load(blockGamma + at)));
    v128.store(blockBeta + at, f32x4.add(v128.load(blockBeta + at), g));
  }
  if (part > 0) {
    const g = loadPart(dy + whole, part);
    const normalised = f32x4.mul(f32x4.sub(loadPart(x + whole, part), m), s);
    const d = f32x4.mul(g, loadPart(gamma + whole, part)); // zero beyond the row
    sum = f32x4.add(sum, d);
    product = fma(d, normalised, product);
    storePart(blockGamma + whole, fma(g, normalised, loadPart(blockGamma + whole, part)), part);
    storePart(blockBeta + whole, f32x4.add(loadPart(blockBeta + whole, part), g), part);
  }
  const a = splat(horizontalSum(sum) / <f32>width), b = splat(horizontalSum(product) / <f32>width);
  for (let at: usize = 0; at < whole; at += 16) {
    const normalised = f32x4.mul(f32x4.sub(v128.load(x + at), m), s);
    const d = f32x4.mul(v128.load(dy + at), v128.load(gamma + at));
    v128.store(dx + at, f32x4.mul(s, f32x4.sub(f32x4.sub(d, a), f32x4.mul(normalised, b))));
  }
  if (part > 0) {
    const normalised = f32x4.mul(f32x4.sub(loadPart(x + whole, part), m), s);
    const d = f32x4.mul(loadPart(dy + whole, part), loadPart(gamma + whole, part));
    storePart(dx + whole, f32x4.mul(s, f32x4.sub(f32x4.sub(d, a), f32x4.mul(normalised, b))), part);
  }
}

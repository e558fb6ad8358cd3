/**
 * Batch normalisation of [rows, channels] with the activation behind it. Sums run over blocks of 8 rows in float32, which are added up in
 * float64; statistics are those of x minus the first row, so that a large mean costs no digits.
 */
import { RELU, RELU6, activate4, activateGradient4 } from './activation';
import { fma, loadPart, splat, storePart, zeroFloats } from './simd';

const BLOCK: i32 = 8;

/** Adds the four lanes of a sum to float64 sums; lists of sums are as long as whole vectors of four. */
// @ts-ignore: decorator
@inline function foldLanes(sums: usize, x: v128): void {
  v128.store(sums, f64x2.add(v128.load(sums), f64x2.promote_low_f32x4(x)));
  v128.store(sums, f64x2.add(v128.load(sums, 16), f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3))), 16);
}

/** Bytes of a list of float64 sums. */
// @ts-ignore: decorator
@inline function sumBytes(channels: i32): usize {
  return <usize>((channels + 3) & ~3) << 3;
}

/** sums[c] = sum of x - first row, squares[c] = sum of its squares; float64, squares right behind sums. */
function sumShifted(x: usize, rows: i32, channels: i32, sums: usize, squares: usize): void {
  const rowBytes = <usize>channels << 2;
  const zero = splat(0.0);
  zeroFloats(sums, <i32>(sumBytes(channels) >> 1));
  for (let from = 0; from < rows; from += BLOCK) {
    const count = min(BLOCK, rows - from);
    const block = x + <usize>from * rowBytes;
    let c = 0;
    for (; c + 8 <= channels; c += 8) {
      const offset = <usize>c << 2;
      const k0 = v128.load(x + offset), k1 = v128.load(x + offset, 16);
      let at = block + offset;
      let s0 = zero, s1 = zero, q0 = zero, q1 = zero, t0 = zero, t1 = zero, r0 = zero, r1 = zero;
      let i = 0;
      for (; i + 2 <= count; i += 2) {
        const a = f32x4.sub(v128.load(at), k0), b = f32x4.sub(v128.load(at, 16), k1);
        s0 = f32x4.add(s0, a);
        s1 = f32x4.add(s1, b);
        q0 = fma(a, a, q0);
        q1 = fma(b, b, q1);
        at += rowBytes;
        const d = f32x4.sub(v128.load(at), k0), e = f32x4.sub(v128.load(at, 16), k1);
        t0 = f32x4.add(t0, d);
        t1 = f32x4.add(t1, e);
        r0 = fma(d, d, r0);
        r1 = fma(e, e, r1);
        at += rowBytes;
      }
      if (i < count) {
        const a = f32x4.sub(v128.load(at), k0), b = f32x4.sub(v128.load(at, 16), k1);
        s0 = f32x4.add(s0, a);
        s1 = f32x4.add(s1, b);
        q0 = fma(a, a, q0);
        q1 = fma(b, b, q1);
      }
      foldLanes(sums + (<usize>c << 3), f32x4.add(s0, t0));
      foldLanes(sums + (<usize>(c + 4) << 3), f32x4.add(s1, t1));
      foldLanes(squares + (<usize>c << 3), f32x4.add(q0, r0));
      foldLanes(squares + (<usize>(c + 4) << 3), f32x4.add(q1, r1));
    }
    for (; c < channels; c += 4) {
      const lanes = min(4, channels - c);
      const offset = <usize>c << 2;
      const k = lanes == 4 ? v128.load(x + offset) : loadPart(x + offset, lanes);
      let at = block + offset;
      let s = zero, q = zero;
      for (let i = 0; i < count; i++) {
        const a = f32x4.sub(lanes == 4 ? v128.load(at) : loadPart(at, lanes), k);
        s = f32x4.add(s, a);
        q = fma(a, a, q);
        at += rowBytes;
      }
      foldLanes(sums + (<usize>c << 3), s);
      foldLanes(squares + (<usize>c << 3), q);
    }
  }
}

/** scale = gamma / sqrt(variance + epsilon), shift = beta - mean * scale. */
function coefficients(mean: usize, variance: usize, gamma: usize, beta: usize, channels: i32, epsilon: f32, scale: usize, shift: usize): void {
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    const factor = <f32>(<f64>load<f32>(gamma + at) / Math.sqrt(<f64>load<f32>(variance + at) + <f64>epsilon));
    store<f32>(scale + at, factor);
    store<f32>(shift + at, <f32>(<f64>load<f32>(beta + at) - <f64>load<f32>(mean + at) * <f64>factor));
  }
}

/** y = activation(x * scale + shift) by channel; y is not x. The common activations have loops of their own, without a call inside. */
function scaleShiftActivate(x: usize, y: usize, scale: usize, shift: usize, rows: i32, channels: i32, kind: i32): void {
  if (kind == 0) scaleShiftWith(x, y, scale, shift, rows, channels, 0);
  else if (kind == RELU) scaleShiftWith(x, y, scale, shift, rows, channels, RELU);
  else if (kind == RELU6) scaleShiftWith(x, y, scale, shift, rows, channels, RELU6);
  else scaleShiftWith(x, y, scale, shift, rows, channels, kind);
}

// @ts-ignore: decorator
@inline function scaleShiftWith(x: usize, y: usize, scale: usize, shift: usize, rows: i32, channels: i32, kind: i32): void {
  const rowBytes = <usize>channels << 2;
  if (channels < 4) {
    for (; rows > 0; rows--) {
      storePart(y, activate4(fma(loadPart(x, channels), loadPart(scale, channels), loadPart(shift, channels)), kind), channels);
      x += rowBytes;
      y += rowBytes;
    }
  } else {
    const last = <usize>(channels - 4) << 2;
    for (; rows > 0; rows--) {
      for (let at: usize = 0; at < last; at += 16) {
        v128.store(y + at, activate4(fma(v128.load(x + at), v128.load(scale + at), v128.load(shift + at)), kind));
      }
      v128.store(y + last, activate4(fma(v128.load(x + last), v128.load(scale + last), v128.load(shift + last)), kind));
      x += rowBytes;
      y += rowBytes;
    }
  }
}

/** Training mode; also writes mean and (biased) variance. room: 24 bytes a channel and 48 more. */
export function batchNormTrain(
  x: usize, gamma: usize, beta: usize, y: usize, mean: usize, variance: usize, rows: i32, channels: i32, epsilon: f32, kind: i32, room: usize,
): void {
  const sums = room, squares = room + sumBytes(channels);
  sumShifted(x, rows, channels, sums, squares);
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    const shifted = load<f64>(sums + (<usize>c << 3)) / <f64>rows;
    store<f32>(mean + at, <f32>(shifted + <f64>load<f32>(x + at)));
    store<f32>(variance + at, <f32>Math.max(0.0, load<f64>(squares + (<usize>c << 3)) / <f64>rows - shifted * shifted));
  }
  const scale = room + (sumBytes(channels) << 1), shift = scale + (<usize>channels << 2);
  coefficients(mean, variance, gamma, beta, channels, epsilon, scale, shift);
  scaleShiftActivate(x, y, scale, shift, rows, channels, kind);
}

/** Inference mode. room: 8 bytes a channel. */
export function batchNormInference(
  x: usize, mean: usize, variance: usize, gamma: usize, beta: usize, y: usize, rows: i32, channels: i32, epsilon: f32, kind: i32, room: usize,
): void {
  const scale = room, shift = room + (<usize>channels << 2);
  coefficients(mean, variance, gamma, beta, channels, epsilon, scale, shift);
  scaleShiftActivate(x, y, scale, shift, rows, channels, kind);
}

/**
 * Gradients of training mode in x, gamma and beta. dz = dy * activation'(z) is computed again in the second pass when that is cheap, else it
 * goes through dx. room: 36 bytes a channel and 64 more.
 */
export function batchNormGradient(
  dy: usize, x: usize, gamma: usize, beta: usize, mean: usize, variance: usize, dx: usize, dGamma: usize, dBeta: usize,
  rows: i32, channels: i32, epsilon: f32, kind: i32, room: usize,
): void {
  const sums = room, products = room + sumBytes(channels);
  const scale = room + (sumBytes(channels) << 1), shift = scale + (<usize>channels << 2);
  coefficients(mean, variance, gamma, beta, channels, epsilon, scale, shift);
  sumGradients(dy, x, mean, scale, shift, dx, rows, channels, kind, sums, products);
  // dx = k0 dz + k1 x + k2
  const k0 = shift + (<usize>channels << 2), k1 = k0 + (<usize>channels << 2), k2 = k1 + (<usize>channels << 2);
  for (let c = 0; c < channels; c++) {
    const at = <usize>c << 2;
    const inverse = 1.0 / Math.sqrt(<f64>load<f32>(variance + at) + <f64>epsilon);
    const sum = load<f64>(sums + (<usize>c << 3));
    const product = load<f64>(products + (<usize>c << 3));
    const factor = <f64>load<f32>(gamma + at) * inverse;
    const slope = -factor * inverse * inverse * product / <f64>rows;
    store<f32>(dBeta + at, <f32>sum);
    store<f32>(dGamma + at, <f32>(product * inverse));
    store<f32>(k0 + at, <f32>factor);
    store<f32>(k1 + at, <f32>slope);
    store<f32>(k2 + at, <f32>(-factor * sum / <f64>rows - slope * <f64>load<f32>(mean + at)));
  }
  if (kind == 0) combineWith(dy, x, dx, k0, k1, k2, scale, shift, rows, channels, 0);
  else if (kind == RELU) combineWith(dy, x, dx, k0, k1, k2, scale, shift, rows, channels, RELU);
  else if (kind == RELU6) combineWith(dy, x, dx, k0, k1, k2, scale, shift, rows, channels, RELU6);
  else combineWith(dx, x, dx, k0, k1, k2, scale, shift, rows, channels, 0);
}

/** sums = sum of dz, products = sum of dz (x - mean), by channel; float64, products right behind sums. dz is kept where it is dear. */
function sumGradients(
  dy: usize, x: usize, mean: usize, scale: usize, shift: usize, dz: usize, rows: i32, channels: i32, kind: i32, sums: usize, products: usize,
): void {
  if (kind == 0) sumGradientsWith(dy, x, mean, scale, shift, dz, rows, channels, 0, sums, products);
  else if (kind == RELU) sumGradientsWith(dy, x, mean, scale, shift, dz, rows, channels, RELU, sums, products);
  else if (kind == RELU6) sumGradientsWith(dy, x, mean, scale, shift, dz, rows, channels, RELU6, sums, products);
  else sumGradientsWith(dy, x, mean, scale, shift, dz, rows, channels, kind, sums, products);
}

// @ts-ignore: decorator
@inline function sumGradientsWith(
  dy: usize, x: usize, mean: usize, scale: usize, shift: usize, dz: usize, rows: i32, channels: i32, kind: i32, sums: usize, products: usize,
): void {
  const rowBytes = <usize>channels << 2;
  const zero = splat(0.0);
  zeroFloats(sums, <i32>(sumBytes(channels) >> 1));
  for (let from = 0; from < rows; from += BLOCK) {
    const count = min(BLOCK, rows - from);
    const block = <usize>from * rowBytes;
    let c = 0;
    for (; c + 8 <= channels; c += 8) {
      const offset = <usize>c << 2;
      const m0 = v128.load(mean + offset), m1 = v128.load(mean + offset, 16);
      const a0 = v128.load(scale + offset), a1 = v128.load(scale + offset, 16);
      const d0 = v128.load(shift + offset), d1 = v128.load(shift + offset, 16);
      let at = block + offset;
      let s0 = zero, s1 = zero, p0 = zero, p1 = zero;
      for (let i = 0; i < count; i++) {
        const x0 = v128.load(x + at), x1 = v128.load(x + at, 16);
        let g0 = v128.load(dy + at), g1 = v128.load(dy + at, 16);
        if (kind != 0) {
          g0 = activateGradient4(g0, fma(x0, a0, d0), kind);
          g1 = activateGradient4(g1, fma(x1, a1, d1), kind);
          if (kind > RELU6) {
            v128.store(dz + at, g0);
            v128.store(dz + at, g1, 16);
          }
        }
        s0 = f32x4.add(s0, g0);
        s1 = f32x4.add(s1, g1);
        p0 = fma(g0, f32x4.sub(x0, m0), p0);
        p1 = fma(g1, f32x4.sub(x1, m1), p1);
        at += rowBytes;
      }
      foldLanes(sums + (<usize>c << 3), s0);
      foldLanes(sums + (<usize>(c + 4) << 3), s1);
      foldLanes(products + (<usize>c << 3), p0);
      foldLanes(products + (<usize>(c + 4) << 3), p1);
    }
    for (; c < channels; c += 4) {
      const lanes = min(4, channels - c);
      const offset = <usize>c << 2;
      const m = lanes == 4 ? v128.load(mean + offset) : loadPart(mean + offset, lanes);
      const a = lanes == 4 ? v128.load(scale + offset) : loadPart(scale + offset, lanes);
      const d = lanes == 4 ? v128.load(shift + offset) : loadPart(shift + offset, lanes);
      let at = block + offset;
      let s = zero, p = zero;
      for (let i = 0; i < count; i++) {
        const value = lanes == 4 ? v128.load(x + at) : loadPart(x + at, lanes);
        let g = lanes == 4 ? v128.load(dy + at) : loadPart(dy + at, lanes);
        if (kind != 0) {
          g = activateGradient4(g, fma(value, a, d), kind);
          if (kind > RELU6) {
            if (lanes == 4) v128.store(dz + at, g);
            else storePart(dz + at, g, lanes);
          }
        }
        s = f32x4.add(s, g);
        p = fma(g, f32x4.sub(value, m), p);
        at += rowBytes;
      }
      foldLanes(sums + (<usize>c << 3), s);
      foldLanes(products + (<usize>c << 3), p);
    }
  }
}

/** dx = k0 dz + k1 x + k2 by channel, dz = dy * activation'(x * scale + shift); dy may be dx. */
// @ts-ignore: decorator
@inline function combineWith(
  dy: usize, x: usize, dx: usize, k0: usize, k1: usize, k2: usize, scale: usize, shift: usize, rows: i32, channels: i32, kind: i32,
): void {
  const whole = <usize>(channels & ~3) << 2;
  const part = channels & 3;
  const rowBytes = <usize>channels << 2;
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < whole; at += 16) {
      const value = v128.load(x + at);
      const z = kind == 0 ? value : fma(value, v128.load(scale + at), v128.load(shift + at));
      const dz = activateGradient4(v128.load(dy + at), z, kind);
      v128.store(dx + at, fma(v128.load(k0 + at), dz, fma(v128.load(k1 + at), value, v128.load(k2 + at))));
    }
    if (part > 0) {
      const value = loadPart(x + whole, part);
      const z = kind == 0 ? value : fma(value, loadPart(scale + whole, part), loadPart(shift + whole, part));
      const dz = activateGradient4(loadPart(dy + whole, part), z, kind);
      storePart(dx + whole, fma(loadPart(k0 + whole, part), dz, fma(loadPart(k1 + whole, part), value, loadPart(k2 + whole, part))), part);
    }
    dy += rowBytes;
    x += rowBytes;
    dx += rowBytes;
  }
}

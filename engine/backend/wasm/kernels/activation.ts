/** Non-linearities and their derivatives; `kind` counts as `activations` in ops/activation.ts. */
import { erf4, exp4, fma, loadPart, sigmoid4, splat, storePart } from './simd';

export const RELU: i32 = 1;
export const RELU6: i32 = 2;
const SWISH: i32 = 3;
const SIGMOID: i32 = 4;
const HARD_SIGMOID: i32 = 5;
const HARD_SWISH: i32 = 6;
const GELU: i32 = 7;

// @ts-ignore: decorator
@inline export function activate4(x: v128, kind: i32): v128 {
  if (kind == 0) return x;
  const zero = splat(0.0);
  if (kind == RELU) return f32x4.max(x, zero);
  if (kind == RELU6) return f32x4.min(f32x4.max(x, zero), splat(6.0));
  return activateSlow(x, kind);
}

function activateSlow(x: v128, kind: i32): v128 {
  if (kind == SWISH) return f32x4.mul(x, sigmoid4(x));
  if (kind == SIGMOID) return sigmoid4(x);
  if (kind == HARD_SIGMOID) return hardSigmoid(x);
  if (kind == HARD_SWISH) return f32x4.mul(x, hardSigmoid(x));
  if (kind == GELU) return f32x4.mul(x, normalCdf(x));
  return tanh4(x);
}

/** dy times the derivative at x. */
// @ts-ignore: decorator
@inline export function activateGradient4(dy: v128, x: v128, kind: i32): v128 {
  if (kind == 0) return dy;
  const zero = splat(0.0);
  if (kind == RELU) return v128.and(dy, f32x4.gt(x, zero));
  if (kind == RELU6) return v128.and(dy, v128.and(f32x4.gt(x, zero), f32x4.lt(x, splat(6.0))));
  return activateGradientSlow(dy, x, kind);
}

function activateGradientSlow(dy: v128, x: v128, kind: i32): v128 {
  const one = splat(1.0);
  if (kind == SWISH) {
    const s = sigmoid4(x);
    return f32x4.mul(dy, fma(f32x4.mul(x, s), f32x4.sub(one, s), s));
  }
  if (kind == SIGMOID) {
    const s = sigmoid4(x);
    return f32x4.mul(dy, f32x4.mul(s, f32x4.sub(one, s)));
  }
  const inside = v128.and(f32x4.gt(x, splat(-3.0)), f32x4.lt(x, splat(3.0)));
  if (kind == HARD_SIGMOID) return v128.and(f32x4.div(dy, splat(6.0)), inside);
  if (kind == HARD_SWISH) {
    const slope = f32x4.div(fma(x, splat(2.0), splat(3.0)), splat(6.0));
    const derivative = v128.or(v128.and(slope, inside), v128.and(one, f32x4.ge(x, splat(3.0))));
    return f32x4.mul(dy, derivative);
  }
  if (kind == GELU) {
    const density = f32x4.mul(exp4(f32x4.mul(f32x4.mul(x, x), splat(-0.5))), splat(0.3989422804));
    return f32x4.mul(dy, fma(x, density, normalCdf(x)));
  }
  const t = tanh4(x);
  return f32x4.mul(dy, f32x4.sub(one, f32x4.mul(t, t)));
}

// @ts-ignore: decorator
@inline function hardSigmoid(x: v128): v128 {
  return f32x4.div(f32x4.min(f32x4.max(f32x4.add(x, splat(3.0)), splat(0.0)), splat(6.0)), splat(6.0));
}

// @ts-ignore: decorator
@inline function normalCdf(x: v128): v128 {
  return f32x4.mul(splat(0.5), f32x4.add(splat(1.0), erf4(f32x4.mul(x, splat(0.70710678)))));
}

// @ts-ignore: decorator
@inline function tanh4(x: v128): v128 {
  return f32x4.sub(f32x4.mul(splat(2.0), sigmoid4(f32x4.add(x, x))), splat(1.0));
}

/** y = activation of x, n values. */
export function activate(x: usize, y: usize, n: i32, kind: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(y, activate4(v128.load(x), kind));
    x += 16;
    y += 16;
  }
  if (n > 0) storePart(y, activate4(loadPart(x, n), kind), n);
}

/** dx = dy times the derivative at x, n values. */
export function activateGradient(dy: usize, x: usize, dx: usize, n: i32, kind: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(dx, activateGradient4(v128.load(dy), v128.load(x), kind));
    dy += 16;
    x += 16;
    dx += 16;
  }
  if (n > 0) storePart(dx, activateGradient4(loadPart(dy, n), loadPart(x, n), kind), n);
}

/**
 * Optimiser steps in place, with the exponential moving average of the weight in the same pass: shadow = 0 means none. The formulas are
 * those of ops/optimizers.ts. Four values at a time; the last one to three go through a vector as well. Each factor 1 - x is an argument of
 * its own ("rest"): in float32, 1 - 0.9999 is wrong by 2e-4 of itself.
 */
import { fma, loadPart, splat, storePart } from './simd';

// @ts-ignore: decorator
@inline function read(at: usize, n: i32): v128 {
  return n >= 4 ? v128.load(at) : loadPart(at, n);
}

// @ts-ignore: decorator
@inline function write(at: usize, x: v128, n: i32): void {
  if (n >= 4) v128.store(at, x);
  else storePart(at, x, n);
}

/** gradient + l2 * weight + l1 * sign(weight) */
// @ts-ignore: decorator
@inline function penalised(gradient: v128, weight: v128, l2: f32, l1: f32): v128 {
  let g = fma(weight, splat(l2), gradient);
  if (l1 != 0.0) {
    const zero = splat(0.0);
    const positive = v128.and(splat(l1), f32x4.gt(weight, zero));
    const negative = v128.and(splat(l1), f32x4.lt(weight, zero));
    g = f32x4.add(g, f32x4.sub(positive, negative));
  }
  return g;
}

// @ts-ignore: decorator
@inline function followShadow(shadow: usize, weight: v128, decay: f32, rest: f32, n: i32): void {
  if (shadow != 0) write(shadow, fma(read(shadow, n), splat(decay), f32x4.mul(weight, splat(rest))), n);
}

export function updateSgd(
  weight: usize, gradient: usize, velocity: usize, shadow: usize, n: i32, rate: f32, momentum: f32, isNesterov: i32, l2: f32, l1: f32, emaDecay: f32, emaRest: f32,
): void {
  const mu = splat(momentum), negativeRate = splat(-rate);
  for (let at: usize = 0; n > 0; n -= 4) {
    const w = read(weight + at, n);
    const g = penalised(read(gradient + at, n), w, l2, l1);
    const v = fma(read(velocity + at, n), mu, g);
    const next = fma(isNesterov != 0 ? fma(v, mu, g) : v, negativeRate, w);
    write(velocity + at, v, n);
    write(weight + at, next, n);
    followShadow(shadow == 0 ? 0 : shadow + at, next, emaDecay, emaRest, n);
    at += 16;
  }
}

export function updateRmsProp(
  weight: usize, gradient: usize, meanSquare: usize, velocity: usize, shadow: usize, n: i32, rate: f32, decay: f32, rest: f32, momentum: f32, epsilon: f32,
  isRateOnGradient: i32, l2: f32, l1: f32, emaDecay: f32, emaRest: f32,
): void {
  const alpha = splat(decay), share = splat(rest), mu = splat(momentum), e = splat(epsilon);
  const inner = splat(isRateOnGradient != 0 ? rate : <f32>1.0), outer = splat(isRateOnGradient != 0 ? <f32>-1.0 : -rate);
  for (let at: usize = 0; n > 0; n -= 4) {
    const w = read(weight + at, n);
    const g = penalised(read(gradient + at, n), w, l2, l1);
    const s = fma(f32x4.mul(g, g), share, f32x4.mul(read(meanSquare + at, n), alpha));
    const scaled = f32x4.div(g, f32x4.sqrt(f32x4.add(s, e)));
    const v = fma(read(velocity + at, n), mu, f32x4.mul(scaled, inner));
    const next = fma(v, outer, w);
    write(meanSquare + at, s, n);
    write(velocity + at, v, n);
    write(weight + at, next, n);
    followShadow(shadow == 0 ? 0 : shadow + at, next, emaDecay, emaRest, n);
    at += 16;
  }
}

/** firstScale = rate / (1 - beta1^t), secondScale = 1 / (1 - beta2^t), shrink = 1 - rate * decoupled decay. */
export function updateAdamW(
  weight: usize, gradient: usize, firstMoment: usize, secondMoment: usize, shadow: usize, n: i32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32,
  firstScale: f32, secondScale: f32, shrink: f32, l2: f32, l1: f32, emaDecay: f32, emaRest: f32,
): void {
  const b1 = splat(beta1), r1 = splat(rest1), b2 = splat(beta2), r2 = splat(rest2);
  const e = splat(epsilon), first = splat(firstScale), second = splat(secondScale), keep = splat(shrink);
  for (let at: usize = 0; n > 0; n -= 4) {
    const w = read(weight + at, n);
    const g = penalised(read(gradient + at, n), w, l2, l1);
    const m = fma(g, r1, f32x4.mul(read(firstMoment + at, n), b1));
    const v = fma(f32x4.mul(g, g), r2, f32x4.mul(read(secondMoment + at, n), b2));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, second)), e);
    const next = f32x4.sub(f32x4.mul(w, keep), f32x4.div(f32x4.mul(m, first), root));
    write(firstMoment + at, m, n);
    write(secondMoment + at, v, n);
    write(weight + at, next, n);
    followShadow(shadow == 0 ? 0 : shadow + at, next, emaDecay, emaRest, n);
    at += 16;
  }
}

export function updateEma(shadow: usize, value: usize, n: i32, decay: f32, rest: f32): void {
  for (; n > 0; n -= 4) {
    followShadow(shadow, read(value, n), decay, rest, n);
    shadow += 16;
    value += 16;
  }
}

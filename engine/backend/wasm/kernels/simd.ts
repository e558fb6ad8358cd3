/** Small vector functions. All are inlined. */

// Fused multiply-add where the processor has it (one rounding); the same within one machine, in the last bit different between kinds of machines.
// @ts-ignore: decorator
@inline export function fma(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

// @ts-ignore: decorator
@inline export function splat(value: f32): v128 {
  return f32x4.splat(value);
}

// @ts-ignore: decorator
@inline export function horizontalSum(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

// @ts-ignore: decorator
@inline export function horizontalMax(x: v128): f32 {
  return max(max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), max(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)));
}

/** e^x to about 2 units in the last place: x = n ln 2 + r, a polynomial in r (Cephes' expf coefficients), times 2^n. */
// @ts-ignore: decorator
@inline export function exp4(x: v128): v128 {
  const clamped = f32x4.min(f32x4.max(x, splat(-87.0)), splat(88.0));
  const n = f32x4.nearest(f32x4.mul(clamped, splat(1.44269504)));
  let r = f32x4.sub(clamped, f32x4.mul(n, splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, splat(2.12194440e-4)));
  let p = fma(splat(1.9875691500e-4), r, splat(1.3981999507e-3));
  p = fma(p, r, splat(8.3334519073e-3));
  p = fma(p, r, splat(4.1665795894e-2));
  p = fma(p, r, splat(1.6666665459e-1));
  p = fma(p, r, splat(5.0000001201e-1));
  p = f32x4.add(fma(f32x4.mul(p, r), r, r), splat(1.0));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

// @ts-ignore: decorator
@inline export function sigmoid4(x: v128): v128 {
  return f32x4.div(splat(1.0), f32x4.add(splat(1.0), exp4(f32x4.neg(x))));
}

/** Error function, absolute error below 2e-7 (Abramowitz and Stegun 7.1.26). */
// @ts-ignore: decorator
@inline export function erf4(x: v128): v128 {
  const a = f32x4.abs(x);
  const t = f32x4.div(splat(1.0), fma(splat(0.3275911), a, splat(1.0)));
  let p = fma(splat(1.061405429), t, splat(-1.453152027));
  p = fma(p, t, splat(1.421413741));
  p = fma(p, t, splat(-0.284496736));
  p = fma(p, t, splat(0.254829592));
  const y = f32x4.sub(splat(1.0), f32x4.mul(f32x4.mul(p, t), exp4(f32x4.neg(f32x4.mul(a, a)))));
  return v128.bitselect(f32x4.neg(y), y, f32x4.lt(x, splat(0.0)));
}

/** Natural logarithm of a positive normal number: exponent, and the series of artanh for the mantissa. */
export function log64(x: f64): f64 {
  let bits = reinterpret<u64>(x);
  let exponent = <i32>((bits >> 52) & 0x7ff) - 1023;
  bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
  let mantissa = reinterpret<f64>(bits);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent++;
  }
  const s = (mantissa - 1.0) / (mantissa + 1.0);
  const q = s * s;
  let series = 1.0 / 15.0;
  series = series * q + 1.0 / 13.0;
  series = series * q + 1.0 / 11.0;
  series = series * q + 1.0 / 9.0;
  series = series * q + 1.0 / 7.0;
  series = series * q + 1.0 / 5.0;
  series = series * q + 1.0 / 3.0;
  series = series * q + 1.0;
  return <f64>exponent * 0.6931471805599453 + 2.0 * s * series;
}

/** Loads n < 4 values, zeros in the other lanes. */
// @ts-ignore: decorator
@inline export function loadPart(at: usize, n: i32): v128 {
  let x = v128.load32_zero(at);
  if (n > 1) x = f32x4.replace_lane(x, 1, load<f32>(at, 4));
  if (n > 2) x = f32x4.replace_lane(x, 2, load<f32>(at, 8));
  return x;
}

/** Stores the first n < 4 lanes. */
// @ts-ignore: decorator
@inline export function storePart(at: usize, x: v128, n: i32): void {
  store<f32>(at, f32x4.extract_lane(x, 0));
  if (n > 1) store<f32>(at, f32x4.extract_lane(x, 1), 4);
  if (n > 2) store<f32>(at, f32x4.extract_lane(x, 2), 8);
}

/** Copies n floats. */
// @ts-ignore: decorator
@inline export function copyFloats(to: usize, from: usize, n: i32): void {
  while (n >= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
    n -= 4;
  }
  if (n > 0) {
    store<f32>(to, load<f32>(from));
    if (n > 1) store<f32>(to, load<f32>(from, 4), 4);
    if (n > 2) store<f32>(to, load<f32>(from, 8), 8);
  }
}

/** Sets n floats to zero. */
// @ts-ignore: decorator
@inline export function zeroFloats(to: usize, n: i32): void {
  const zero = splat(0.0);
  while (n >= 4) {
    v128.store(to, zero);
    to += 16;
    n -= 4;
  }
  while (n > 0) {
    store<f32>(to, 0.0);
    to += 4;
    n--;
  }
}

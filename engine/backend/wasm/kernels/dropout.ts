/** Dropout by a counter-based generator; the same bits as `randomBits` in ops/dropout.ts. */
import { loadPart, splat, storePart } from './simd';

/** y = x / (1 - rate) where the element's 32 random bits reach `limit`, else 0; n values. */
export function dropout(x: usize, y: usize, n: i32, seed: i32, limit: u32, factor: f32): void {
  const scale = splat(factor);
  const threshold = i32x4.splat(<i32>limit);
  let counter = i32x4.add(i32x4.mul(i32x4(0, 1, 2, 3), i32x4.splat(0x9e3779b9)), i32x4.splat(seed));
  const step = i32x4.splat(<i32>(4 * <u32>0x9e3779b9));
  while (n > 0) {
    let h = counter;
    h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b));
    h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35));
    h = v128.xor(h, i32x4.shr_u(h, 16));
    const isKept = i32x4.ge_u(h, threshold);
    if (n >= 4) v128.store(y, v128.and(f32x4.mul(v128.load(x), scale), isKept));
    else storePart(y, v128.and(f32x4.mul(loadPart(x, n), scale), isKept), n);
    counter = i32x4.add(counter, step);
    x += 16;
    y += 16;
    n -= 4;
  }
}

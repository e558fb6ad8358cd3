/** Noise of pictures that are drawn: whole numbers and sums, the same on every machine. */

/** A whole-number hash of a cell, in [0, 1). */
export function cellNoise(x: number, y: number, salt: number): number {
  let hash = Math.imul(x | 0, 0x27d4eb2d) ^ Math.imul(y | 0, 0x165667b1) ^ Math.imul(salt, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 8) / 16777216;
}

/** Cell noise, bilinear in between. */
export function smoothNoise(x: number, y: number, salt: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const fx = x - left;
  const fy = y - top;
  const upper = cellNoise(left, top, salt) * (1 - fx) + cellNoise(left + 1, top, salt) * fx;
  const lower = cellNoise(left, top + 1, salt) * (1 - fx) + cellNoise(left + 1, top + 1, salt) * fx;
  return upper * (1 - fy) + lower * fy;
}

/** Standard deviation of `byteSum`. */
export const BYTE_SUM_STD = 147.8;

/** 32 random bits as a whole number about 0 that is nearly normal: the sum of their bytes. */
export function byteSum(bits: number): number {
  return (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24) - 510;
}

/** Sums of maps, and copies of runs of columns. */
import { copyFloats } from './simd';

/** out = a + b, n values; out may be a. */
export function addPair(a: usize, b: usize, out: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    out += 16;
  }
  for (; n > 0; n--) {
    store<f32>(out, load<f32>(a) + load<f32>(b));
    a += 4;
    b += 4;
    out += 4;
  }
}

/** Copies `columns` floats of each row; strides in floats. */
export function copyColumns(from: usize, fromStride: i32, to: usize, toStride: i32, rows: i32, columns: i32): void {
  for (; rows > 0; rows--) {
    copyFloats(to, from, columns);
    from += <usize>fromStride << 2;
    to += <usize>toStride << 2;
  }
}

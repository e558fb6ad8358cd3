/** Sums over rows. */
import { loadPart, splat, storePart } from './simd';

/** out[c] = factor * sum over rows of x [rows, columns]; blocks of 64 rows, added in order. */
export function columnSums(x: usize, out: usize, rows: i32, columns: i32, factor: f32): void {
  const rowBytes = <usize>columns << 2;
  const scale = splat(factor);
  for (let c = 0; c < columns; c += 4) {
    const lanes = min(4, columns - c);
    const offset = <usize>c << 2;
    let total = splat(0.0);
    for (let from = 0; from < rows; from += 64) {
      const count = min(64, rows - from);
      let at = x + <usize>from * rowBytes + offset;
      let s = splat(0.0), t = splat(0.0);
      let i = 0;
      if (lanes == 4) {
        for (; i + 2 <= count; i += 2) {
          s = f32x4.add(s, v128.load(at));
          t = f32x4.add(t, v128.load(at + rowBytes));
          at += rowBytes << 1;
        }
        if (i < count) s = f32x4.add(s, v128.load(at));
      } else {
        for (; i < count; i++) {
          s = f32x4.add(s, loadPart(at, lanes));
          at += rowBytes;
        }
      }
      total = f32x4.add(total, f32x4.add(s, t));
    }
    total = f32x4.mul(total, scale);
    if (lanes == 4) v128.store(out + offset, total);
    else storePart(out + offset, total, lanes);
  }
}

/** y [batch, channels] = mean over the pixels of x [batch, pixels, channels]. */
export function globalAverage(x: usize, y: usize, batch: i32, pixels: i32, channels: i32): void {
  const factor: f32 = <f32>1.0 / <f32>pixels;
  for (let b = 0; b < batch; b++) {
    columnSums(x + (<usize>(b * pixels * channels) << 2), y + (<usize>(b * channels) << 2), pixels, channels, factor);
  }
}

/** dx [batch, pixels, channels] = dy [batch, channels] / pixels. */
export function globalAverageGradient(dy: usize, dx: usize, batch: i32, pixels: i32, channels: i32): void {
  const factor = splat(<f32>1.0 / <f32>pixels);
  for (let b = 0; b < batch; b++) {
    const row = dy + (<usize>(b * channels) << 2);
    for (let p = 0; p < pixels; p++) {
      let c = 0;
      for (; c + 4 <= channels; c += 4) {
        v128.store(dx, f32x4.mul(v128.load(row + (<usize>c << 2)), factor));
        dx += 16;
      }
      if (c < channels) {
        storePart(dx, f32x4.mul(loadPart(row + (<usize>c << 2), channels - c), factor), channels - c);
        dx += <usize>(channels - c) << 2;
      }
    }
  }
}

/**
 * Resizing of [batch, height, width, channels] as mixes of two rows and of two columns. A mix is 12 bytes: int32 low, int32 high,
 * float32 share of high.
 */
import { fma, loadPart, splat, storePart, zeroFloats } from './simd';

/** out = a + (b - a) * share, n floats. */
// @ts-ignore: decorator
@inline function mix(a: usize, b: usize, share: f32, out: usize, n: i32): void {
  const s = splat(share);
  for (; n >= 4; n -= 4) {
    const low = v128.load(a);
    v128.store(out, fma(f32x4.sub(v128.load(b), low), s, low));
    a += 16;
    b += 16;
    out += 16;
  }
  if (n > 0) {
    const low = loadPart(a, n);
    storePart(out, fma(f32x4.sub(loadPart(b, n), low), s, low), n);
  }
}

/** to += from * factor, n floats. */
// @ts-ignore: decorator
@inline function addScaled(to: usize, from: usize, factor: f32, n: i32): void {
  const f = splat(factor);
  for (; n >= 4; n -= 4) {
    v128.store(to, fma(v128.load(from), f, v128.load(to)));
    to += 16;
    from += 16;
  }
  if (n > 0) storePart(to, fma(loadPart(from, n), f, loadPart(to, n)), n);
}

/** room: one row of x. */
export function mixRows(
  x: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, rows: usize, columns: usize, room: usize,
): void {
  const rowFloats = width * channels;
  const rowBytes = <usize>rowFloats << 2;
  const pixelBytes = <usize>channels << 2;
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const r = rows + <usize>oy * 12;
      const low = load<i32>(r), high = load<i32>(r, 4);
      const share = load<f32>(r, 8);
      let line = x + <usize>low * rowBytes;
      if (share != 0.0) {
        mix(line, x + <usize>high * rowBytes, share, room, rowFloats);
        line = room;
      }
      for (let ox = 0; ox < outWidth; ox++) {
        const c = columns + <usize>ox * 12;
        mix(line + <usize>load<i32>(c) * pixelBytes, line + <usize>load<i32>(c, 4) * pixelBytes, load<f32>(c, 8), y, channels);
        y += pixelBytes;
      }
    }
    x += <usize>height * rowBytes;
  }
}

/** The transpose of `mixRows`. room: one row of dx. */
export function mixGradient(
  dy: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, rows: usize, columns: usize, room: usize,
): void {
  const rowFloats = width * channels;
  const rowBytes = <usize>rowFloats << 2;
  const pixelBytes = <usize>channels << 2;
  zeroFloats(dx, batch * height * rowFloats);
  for (let b = 0; b < batch; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      zeroFloats(room, rowFloats);
      for (let ox = 0; ox < outWidth; ox++) {
        const c = columns + <usize>ox * 12;
        const share = load<f32>(c, 8);
        addScaled(room + <usize>load<i32>(c) * pixelBytes, dy, <f32>1.0 - share, channels);
        if (share != 0.0) addScaled(room + <usize>load<i32>(c, 4) * pixelBytes, dy, share, channels);
        dy += pixelBytes;
      }
      const r = rows + <usize>oy * 12;
      const share = load<f32>(r, 8);
      addScaled(dx + <usize>load<i32>(r) * rowBytes, room, <f32>1.0 - share, rowFloats);
      if (share != 0.0) addScaled(dx + <usize>load<i32>(r, 4) * rowBytes, room, share, rowFloats);
    }
    dx += <usize>height * rowBytes;
  }
}

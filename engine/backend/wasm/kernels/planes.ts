/** Groups of four channels of an interleaved map as planes [height, width][4]. */
import { loadPart, storePart, zeroFloats } from './simd';

/** Channels whose planes are laid out together: a cache line of the interleaved map. */
export const GROUP: i32 = 16;

/**
 * Lays channels c .. c + 16 (as far as there are) of one image out as planes of planeHeight x planeWidth pixels of four floats, one after
 * another, zeros around and beyond the last channel. Pixel (y, x) of the image goes to (padTop + y * spread, padLeft + x * spread); pixels
 * outside of the plane are left out.
 */
export function layPlanes(
  image: usize, height: i32, width: i32, channels: i32, c: i32, spreadHeight: i32, spreadWidth: i32, padTop: i32, padLeft: i32,
  planeHeight: i32, planeWidth: i32, planes: usize,
): void {
  const count = (min(GROUP, channels - c) + 3) >> 2;
  const planeBytes = <usize>(planeHeight * planeWidth) << 4;
  const isDense = spreadWidth == 1 && spreadHeight == 1;
  if (!isDense) zeroFloats(planes, <i32>(planeBytes >> 2) * count);
  for (let py = 0; py < planeHeight; py++) {
    const line = planes + (<usize>(py * planeWidth) << 4);
    const fromTop = py - padTop;
    const y = fromTop / spreadHeight;
    if (fromTop < 0 || y >= height || fromTop % spreadHeight != 0) {
      for (let p = 0; p < count; p++) zeroFloats(line + <usize>p * planeBytes, planeWidth << 2);
      continue;
    }
    const first = padLeft < 0 ? (-padLeft + spreadWidth - 1) / spreadWidth : 0;
    const left = padLeft + first * spreadWidth;
    const source = image + (<usize>((y * width + first) * channels + c) << 2);
    const pixels = left >= planeWidth ? 0 : min(width - first, (planeWidth - left + spreadWidth - 1) / spreadWidth);
    if (isDense) {
      const end = left + pixels;
      for (let p = 0; p < count; p++) {
        zeroFloats(line + <usize>p * planeBytes, min(planeWidth, left) << 2);
        if (end < planeWidth) zeroFloats(line + <usize>p * planeBytes + (<usize>end << 4), (planeWidth - end) << 2);
      }
    }
    layPixels(source, <usize>channels << 2, pixels, channels - c, line + (<usize>left << 4), <usize>spreadWidth << 4, planeBytes);
  }
}

/** One row of pixels to up to four planes; `channels` are those that are left. */
function layPixels(source: usize, pixelBytes: usize, pixels: i32, channels: i32, to: usize, step: usize, planeBytes: usize): void {
  if (channels >= 16) {
    const to1 = planeBytes, to2 = planeBytes << 1, to3 = to1 + to2;
    for (; pixels > 0; pixels--) {
      v128.store(to, v128.load(source));
      v128.store(to + to1, v128.load(source, 16));
      v128.store(to + to2, v128.load(source, 32));
      v128.store(to + to3, v128.load(source, 48));
      source += pixelBytes;
      to += step;
    }
    return;
  }
  for (; channels > 0; channels -= 4) {
    let from = source, out = to;
    if (channels >= 4) {
      for (let i = 0; i < pixels; i++) {
        v128.store(out, v128.load(from));
        from += pixelBytes;
        out += step;
      }
    } else {
      for (let i = 0; i < pixels; i++) {
        v128.store(out, loadPart(from, channels));
        from += pixelBytes;
        out += step;
      }
    }
    source += 16;
    to += planeBytes;
  }
}

/** Writes one pixel of a plane, as many channels as there are, and gives the place of the next pixel. */
// @ts-ignore: decorator
@inline export function put(out: usize, value: v128, lanes: i32, pixelBytes: usize): usize {
  if (lanes == 4) v128.store(out, value);
  else storePart(out, value, lanes);
  return out + pixelBytes;
}

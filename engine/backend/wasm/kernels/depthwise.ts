/**
 * Depthwise convolution, four channels at a time: their plane of one image is laid out with its padding as [height, width][4], where every
 * tap is a load at a fixed distance. Four planes are laid out and written back together, since their pixels share a cache line of the
 * interleaved map.
 */
import { fma, loadPart, splat, storePart, zeroFloats } from './simd';

/** Channels whose planes are laid out together: a cache line of the interleaved map. */
const GROUP: i32 = 16;

/**
 * Lays channels c .. c + 16 (as far as there are) of one image out as planes of planeHeight x planeWidth pixels of four floats, one after
 * another, zeros around and beyond the last channel. Pixel (y, x) of the image goes to (padTop + y * spread, padLeft + x * spread); pixels
 * outside of the plane are left out.
 */
function layPlanes(
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

/** The weights of channels c .. c + 4, tap by tap, as vectors; in reverse order of taps when `isFlipped`. */
function layWeights(kernel: usize, taps: i32, channels: i32, c: i32, isFlipped: bool, to: usize): void {
  const lanes = min(4, channels - c);
  for (let tap = 0; tap < taps; tap++) {
    const from = kernel + (<usize>((isFlipped ? taps - 1 - tap : tap) * channels + c) << 2);
    v128.store(to + (<usize>tap << 4), lanes == 4 ? v128.load(from) : loadPart(from, lanes));
  }
}

/**
 * y [batch, outHeight, outWidth, channels]: pixel (oy, ox) sums kernel tap (i, j) times plane pixel (oy * stride + i * dilation, ...).
 * The plane is the input with `pad` around it and spread - 1 zeros between its pixels: spread > 1 and isFlipped give the input gradient.
 * room: 64 bytes a tap for weights, then four planes that reach as far as the last tap.
 */
export function depthwise(
  x: usize, kernel: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, spreadHeight: i32, spreadWidth: i32,
  outHeight: i32, outWidth: i32, isFlipped: i32, room: usize,
): void {
  const taps = kernelHeight * kernelWidth;
  const planeHeight = (outHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
  const planeWidth = (outWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1;
  const weightBytes = <usize>taps << 4;
  const planes = room + (weightBytes << 2);
  const planeBytes = <usize>(planeHeight * planeWidth) << 4;
  const imageBytes = <usize>(height * width * channels) << 2;
  const outRowBytes = <usize>(outWidth * channels) << 2;
  for (let c = 0; c < channels; c += GROUP) {
    const end = min(channels, c + GROUP);
    for (let d = c; d < end; d += 4) layWeights(kernel, taps, channels, d, isFlipped != 0, room + <usize>((d - c) >> 2) * weightBytes);
    for (let b = 0; b < batch; b++) {
      layPlanes(x + <usize>b * imageBytes, height, width, channels, c, spreadHeight, spreadWidth, padTop, padLeft, planeHeight, planeWidth, planes);
      for (let oy = 0; oy < outHeight; oy++) {
        const line = planes + (<usize>(oy * strideHeight * planeWidth) << 4);
        const out = y + <usize>(b * outHeight + oy) * outRowBytes;
        for (let d = c; d < end; d += 4) {
          const p = <usize>((d - c) >> 2);
          slideOverRow(line + p * planeBytes, planeWidth, room + p * weightBytes, kernelHeight, kernelWidth, strideWidth, dilationHeight, dilationWidth,
            out + (<usize>d << 2), outWidth, channels, min(4, channels - d));
        }
      }
    }
  }
}

/** One row of output pixels, eight, four or one at a time; `line` is the plane's row under the first tap. */
function slideOverRow(
  line: usize, planeWidth: i32, weights: usize, kernelHeight: i32, kernelWidth: i32, strideWidth: i32,
  dilationHeight: i32, dilationWidth: i32, out: usize, outWidth: i32, channels: i32, lanes: i32,
): void {
  const zero = splat(0.0);
  const pixelBytes = <usize>channels << 2;
  const tapBytes = <usize>dilationWidth << 4;
  const rowBytes = <usize>(planeWidth * dilationHeight) << 4;
  const step = <usize>strideWidth << 4;
  let ox = 0;
  for (; ox + 8 <= outWidth; ox += 8) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
    let w = weights;
    let row = line + <usize>ox * step;
    for (let i = 0; i < kernelHeight; i++) {
      let at = row;
      for (let j = 0; j < kernelWidth; j++) {
        const weight = v128.load(w);
        let p = at;
        s0 = fma(v128.load(p), weight, s0);
        p += step;
        s1 = fma(v128.load(p), weight, s1);
        p += step;
        s2 = fma(v128.load(p), weight, s2);
        p += step;
        s3 = fma(v128.load(p), weight, s3);
        p += step;
        s4 = fma(v128.load(p), weight, s4);
        p += step;
        s5 = fma(v128.load(p), weight, s5);
        p += step;
        s6 = fma(v128.load(p), weight, s6);
        p += step;
        s7 = fma(v128.load(p), weight, s7);
        w += 16;
        at += tapBytes;
      }
      row += rowBytes;
    }
    out = put(out, s0, lanes, pixelBytes);
    out = put(out, s1, lanes, pixelBytes);
    out = put(out, s2, lanes, pixelBytes);
    out = put(out, s3, lanes, pixelBytes);
    out = put(out, s4, lanes, pixelBytes);
    out = put(out, s5, lanes, pixelBytes);
    out = put(out, s6, lanes, pixelBytes);
    out = put(out, s7, lanes, pixelBytes);
  }
  for (; ox + 4 <= outWidth; ox += 4) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    let w = weights;
    let row = line + <usize>ox * step;
    for (let i = 0; i < kernelHeight; i++) {
      let at = row;
      for (let j = 0; j < kernelWidth; j++) {
        const weight = v128.load(w);
        let p = at;
        s0 = fma(v128.load(p), weight, s0);
        p += step;
        s1 = fma(v128.load(p), weight, s1);
        p += step;
        s2 = fma(v128.load(p), weight, s2);
        p += step;
        s3 = fma(v128.load(p), weight, s3);
        w += 16;
        at += tapBytes;
      }
      row += rowBytes;
    }
    out = put(out, s0, lanes, pixelBytes);
    out = put(out, s1, lanes, pixelBytes);
    out = put(out, s2, lanes, pixelBytes);
    out = put(out, s3, lanes, pixelBytes);
  }
  for (; ox < outWidth; ox++) {
    let s = zero;
    let w = weights;
    let row = line + <usize>ox * step;
    for (let i = 0; i < kernelHeight; i++) {
      let at = row;
      for (let j = 0; j < kernelWidth; j++) {
        s = fma(v128.load(at), v128.load(w), s);
        w += 16;
        at += tapBytes;
      }
      row += rowBytes;
    }
    out = put(out, s, lanes, pixelBytes);
  }
}

// @ts-ignore: decorator
@inline function put(out: usize, value: v128, lanes: i32, pixelBytes: usize): usize {
  if (lanes == 4) v128.store(out, value);
  else storePart(out, value, lanes);
  return out + pixelBytes;
}

/**
 * dw [kernelHeight, kernelWidth, channels]: tap (i, j) sums dy times the plane pixel under the tap over all positions and images.
 * room: 16 bytes a tap for the sums, four planes, then four planes of dy.
 */
export function depthwiseKernelGradient(
  x: usize, dy: usize, dw: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32, room: usize,
): void {
  const taps = kernelHeight * kernelWidth;
  const planeHeight = (outHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
  const planeWidth = (outWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1;
  const sumBytes = <usize>taps << 4;
  const planeBytes = <usize>(planeHeight * planeWidth) << 4;
  const gradientBytes = <usize>(outHeight * outWidth) << 4;
  const planes = room + (sumBytes << 2);
  const gradients = planes + (planeBytes << 2);
  const imageBytes = <usize>(height * width * channels) << 2;
  const outBytes = <usize>(outHeight * outWidth * channels) << 2;
  for (let c = 0; c < channels; c += GROUP) {
    const count = (min(GROUP, channels - c) + 3) >> 2;
    zeroFloats(room, (taps << 2) * count);
    for (let b = 0; b < batch; b++) {
      layPlanes(x + <usize>b * imageBytes, height, width, channels, c, 1, 1, padTop, padLeft, planeHeight, planeWidth, planes);
      layPlanes(dy + <usize>b * outBytes, outHeight, outWidth, channels, c, 1, 1, 0, 0, outHeight, outWidth, gradients);
      for (let p = 0; p < count; p++) {
        sumWindow(planes + <usize>p * planeBytes, planeWidth, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth,
          gradients + <usize>p * gradientBytes, outHeight, outWidth, room + <usize>p * sumBytes);
      }
    }
    for (let p = 0; p < count; p++) {
      const d = c + (p << 2);
      const sums = room + <usize>p * sumBytes;
      for (let tap = 0; tap < taps; tap++) put(dw + (<usize>(tap * channels + d) << 2), v128.load(sums + (<usize>tap << 4)), min(4, channels - d), 0);
    }
  }
}

/** Adds one image's part of the sums of all taps of one plane. */
function sumWindow(
  plane: usize, planeWidth: i32, kernelHeight: i32, kernelWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  gradients: usize, outHeight: i32, outWidth: i32, sums: usize,
): void {
  for (let i = 0; i < kernelHeight; i++) {
    const rows = plane + (<usize>(i * dilationHeight * planeWidth) << 4);
    let j = 0;
    while (j < kernelWidth) {
      const left = kernelWidth - j;
      const at = sums + (<usize>(i * kernelWidth + j) << 4);
      const offset = j * dilationWidth;
      if (left == 3 || left >= 5) {
        sumTaps3(rows, planeWidth, strideHeight, strideWidth, offset, dilationWidth, gradients, outHeight, outWidth, at);
        j += 3;
      } else if (left >= 2) {
        sumTaps2(rows, planeWidth, strideHeight, strideWidth, offset, dilationWidth, gradients, outHeight, outWidth, at);
        j += 2;
      } else {
        sumTaps1(rows, planeWidth, strideHeight, strideWidth, offset, gradients, outHeight, outWidth, at);
        j++;
      }
    }
  }
}

/** Three neighbouring taps of one row of the window, two positions at a time. */
function sumTaps3(
  rows: usize, planeWidth: i32, strideHeight: i32, strideWidth: i32, left: i32, dilationWidth: i32, gradients: usize, outHeight: i32, outWidth: i32, sums: usize,
): void {
  const zero = splat(0.0);
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32);
  let t0 = zero, t1 = zero, t2 = zero;
  const step = <usize>strideWidth << 4;
  const d1 = <usize>dilationWidth << 4, d2 = d1 << 1;
  let g = gradients;
  for (let oy = 0; oy < outHeight; oy++) {
    let at = rows + (<usize>(oy * strideHeight * planeWidth + left) << 4);
    let ox = 0;
    for (; ox + 2 <= outWidth; ox += 2) {
      const g0 = v128.load(g), g1 = v128.load(g, 16);
      s0 = fma(v128.load(at), g0, s0);
      s1 = fma(v128.load(at + d1), g0, s1);
      s2 = fma(v128.load(at + d2), g0, s2);
      at += step;
      t0 = fma(v128.load(at), g1, t0);
      t1 = fma(v128.load(at + d1), g1, t1);
      t2 = fma(v128.load(at + d2), g1, t2);
      at += step;
      g += 32;
    }
    if (ox < outWidth) {
      const g0 = v128.load(g);
      s0 = fma(v128.load(at), g0, s0);
      s1 = fma(v128.load(at + d1), g0, s1);
      s2 = fma(v128.load(at + d2), g0, s2);
      g += 16;
    }
  }
  v128.store(sums, f32x4.add(s0, t0));
  v128.store(sums, f32x4.add(s1, t1), 16);
  v128.store(sums, f32x4.add(s2, t2), 32);
}

function sumTaps2(
  rows: usize, planeWidth: i32, strideHeight: i32, strideWidth: i32, left: i32, dilationWidth: i32, gradients: usize, outHeight: i32, outWidth: i32, sums: usize,
): void {
  const zero = splat(0.0);
  let s0 = v128.load(sums), s1 = v128.load(sums, 16);
  let t0 = zero, t1 = zero;
  const step = <usize>strideWidth << 4;
  const d1 = <usize>dilationWidth << 4;
  let g = gradients;
  for (let oy = 0; oy < outHeight; oy++) {
    let at = rows + (<usize>(oy * strideHeight * planeWidth + left) << 4);
    let ox = 0;
    for (; ox + 2 <= outWidth; ox += 2) {
      const g0 = v128.load(g), g1 = v128.load(g, 16);
      s0 = fma(v128.load(at), g0, s0);
      s1 = fma(v128.load(at + d1), g0, s1);
      at += step;
      t0 = fma(v128.load(at), g1, t0);
      t1 = fma(v128.load(at + d1), g1, t1);
      at += step;
      g += 32;
    }
    if (ox < outWidth) {
      const g0 = v128.load(g);
      s0 = fma(v128.load(at), g0, s0);
      s1 = fma(v128.load(at + d1), g0, s1);
      g += 16;
    }
  }
  v128.store(sums, f32x4.add(s0, t0));
  v128.store(sums, f32x4.add(s1, t1), 16);
}

function sumTaps1(
  rows: usize, planeWidth: i32, strideHeight: i32, strideWidth: i32, left: i32, gradients: usize, outHeight: i32, outWidth: i32, sums: usize,
): void {
  let s0 = v128.load(sums), t0 = splat(0.0);
  const step = <usize>strideWidth << 4;
  let g = gradients;
  for (let oy = 0; oy < outHeight; oy++) {
    let at = rows + (<usize>(oy * strideHeight * planeWidth + left) << 4);
    let ox = 0;
    for (; ox + 2 <= outWidth; ox += 2) {
      s0 = fma(v128.load(at), v128.load(g), s0);
      t0 = fma(v128.load(at + step), v128.load(g, 16), t0);
      at += step << 1;
      g += 32;
    }
    if (ox < outWidth) {
      s0 = fma(v128.load(at), v128.load(g), s0);
      g += 16;
    }
  }
  v128.store(sums, f32x4.add(s0, t0));
}

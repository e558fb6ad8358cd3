/**
 * Depthwise convolution, four channels at a time: their plane of one image is laid out with its padding as [height, width][4], where every
 * tap is a load at a fixed distance. Four planes are laid out and written back together, since their pixels share a cache line of the
 * interleaved map.
 */
import { GROUP, layPlanes, put } from './planes';
import { fma, loadPart, splat } from './simd';

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
  if (strideWidth == 1) {
    for (; ox + 8 <= outWidth; ox += 8) {
      let s0 = zero, s1 = zero, s2 = zero, s3 = zero, s4 = zero, s5 = zero, s6 = zero, s7 = zero;
      let w = weights;
      let row = line + (<usize>ox << 4);
      for (let i = 0; i < kernelHeight; i++) {
        let at = row;
        for (let j = 0; j < kernelWidth; j++) {
          const weight = v128.load(w);
          s0 = fma(v128.load(at), weight, s0);
          s1 = fma(v128.load(at, 16), weight, s1);
          s2 = fma(v128.load(at, 32), weight, s2);
          s3 = fma(v128.load(at, 48), weight, s3);
          s4 = fma(v128.load(at, 64), weight, s4);
          s5 = fma(v128.load(at, 80), weight, s5);
          s6 = fma(v128.load(at, 96), weight, s6);
          s7 = fma(v128.load(at, 112), weight, s7);
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
  }
  const step2 = step << 1, step3 = step + step2;
  for (; ox + 4 <= outWidth; ox += 4) {
    let s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    let w = weights;
    let row = line + <usize>ox * step;
    for (let i = 0; i < kernelHeight; i++) {
      let at = row;
      for (let j = 0; j < kernelWidth; j++) {
        const weight = v128.load(w);
        s0 = fma(v128.load(at), weight, s0);
        s1 = fma(v128.load(at + step), weight, s1);
        s2 = fma(v128.load(at + step2), weight, s2);
        s3 = fma(v128.load(at + step3), weight, s3);
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

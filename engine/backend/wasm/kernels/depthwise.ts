/**
 * Depthwise convolution, four channels at a time: their plane of one image is laid out with its padding as [height, width][4], where every
 * tap is a load at a fixed distance, and written back into the interleaved map.
 */
import { fma, loadPart, splat, storePart, zeroFloats } from './simd';

/**
 * Lays channels c .. c + 4 of one image out as a plane of planeHeight x planeWidth pixels of four floats, zeros around and beyond the last
 * channel. Pixel (y, x) of the image goes to (padTop + y * spread, padLeft + x * spread); pixels outside of the plane are left out.
 */
function layPlane(
  image: usize, height: i32, width: i32, channels: i32, c: i32, spreadHeight: i32, spreadWidth: i32, padTop: i32, padLeft: i32,
  planeHeight: i32, planeWidth: i32, plane: usize,
): void {
  const lanes = min(4, channels - c);
  const pixelBytes = <usize>channels << 2;
  const isDense = spreadWidth == 1 && spreadHeight == 1;
  if (!isDense) zeroFloats(plane, (planeHeight * planeWidth) << 2);
  for (let py = 0; py < planeHeight; py++) {
    const line = plane + (<usize>(py * planeWidth) << 4);
    const fromTop = py - padTop;
    const y = fromTop / spreadHeight;
    if (fromTop < 0 || y >= height || fromTop % spreadHeight != 0) {
      zeroFloats(line, planeWidth << 2);
      continue;
    }
    let source = image + (<usize>(y * width * channels + c) << 2);
    let first = 0;
    if (padLeft < 0) {
      first = (-padLeft + spreadWidth - 1) / spreadWidth;
      source += <usize>first * pixelBytes;
    }
    let px = padLeft + first * spreadWidth;
    if (isDense) zeroFloats(line, min(planeWidth, px) << 2);
    let x = first;
    if (lanes == 4) {
      for (; x < width && px < planeWidth; x++) {
        v128.store(line + (<usize>px << 4), v128.load(source));
        source += pixelBytes;
        px += spreadWidth;
      }
    } else {
      for (; x < width && px < planeWidth; x++) {
        v128.store(line + (<usize>px << 4), loadPart(source, lanes));
        source += pixelBytes;
        px += spreadWidth;
      }
    }
    if (isDense && px < planeWidth) zeroFloats(line + (<usize>px << 4), (planeWidth - px) << 2);
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
 * room: 1,024 bytes a 64 taps for weights, then the plane with planeWidth = enough for the last tap, plus 512 bytes.
 */
export function depthwise(
  x: usize, kernel: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, spreadHeight: i32, spreadWidth: i32,
  outHeight: i32, outWidth: i32, isFlipped: i32, room: usize,
): void {
  const taps = kernelHeight * kernelWidth;
  const planeHeight = (outHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
  const planeWidth = (outWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1;
  const weights = room;
  const plane = room + (<usize>taps << 4);
  const imageBytes = <usize>(height * width * channels) << 2;
  const outBytes = <usize>(outHeight * outWidth * channels) << 2;
  for (let c = 0; c < channels; c += 4) {
    layWeights(kernel, taps, channels, c, isFlipped != 0, weights);
    for (let b = 0; b < batch; b++) {
      layPlane(x + <usize>b * imageBytes, height, width, channels, c, spreadHeight, spreadWidth, padTop, padLeft, planeHeight, planeWidth, plane);
      slideOverPlane(plane, planeWidth, weights, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth,
        y + <usize>b * outBytes + (<usize>c << 2), outHeight, outWidth, channels, min(4, channels - c));
    }
  }
}

/** Eight, four or one output pixels at a time. */
function slideOverPlane(
  plane: usize, planeWidth: i32, weights: usize, kernelHeight: i32, kernelWidth: i32, strideHeight: i32, strideWidth: i32,
  dilationHeight: i32, dilationWidth: i32, y: usize, outHeight: i32, outWidth: i32, channels: i32, lanes: i32,
): void {
  const zero = splat(0.0);
  const pixelBytes = <usize>channels << 2;
  const tapBytes = <usize>dilationWidth << 4;
  const rowBytes = <usize>(planeWidth * dilationHeight) << 4;
  const step = <usize>strideWidth << 4;
  for (let oy = 0; oy < outHeight; oy++) {
    const line = plane + (<usize>(oy * strideHeight * planeWidth) << 4);
    let out = y + <usize>(oy * outWidth) * pixelBytes;
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
}

// @ts-ignore: decorator
@inline function put(out: usize, value: v128, lanes: i32, pixelBytes: usize): usize {
  if (lanes == 4) v128.store(out, value);
  else storePart(out, value, lanes);
  return out + pixelBytes;
}

/**
 * dw [kernelHeight, kernelWidth, channels]: tap (i, j) sums dy times the plane pixel under the tap over all positions and images.
 * room: sums of the taps, the plane, then a plane of dy.
 */
export function depthwiseKernelGradient(
  x: usize, dy: usize, dw: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32, room: usize,
): void {
  const taps = kernelHeight * kernelWidth;
  const planeHeight = (outHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
  const planeWidth = (outWidth - 1) * strideWidth + (kernelWidth - 1) * dilationWidth + 1;
  const sums = room;
  const plane = room + (<usize>taps << 4);
  const gradients = plane + (<usize>(planeHeight * planeWidth) << 4);
  const imageBytes = <usize>(height * width * channels) << 2;
  const outBytes = <usize>(outHeight * outWidth * channels) << 2;
  for (let c = 0; c < channels; c += 4) {
    zeroFloats(sums, taps << 2);
    for (let b = 0; b < batch; b++) {
      layPlane(x + <usize>b * imageBytes, height, width, channels, c, 1, 1, padTop, padLeft, planeHeight, planeWidth, plane);
      layPlane(dy + <usize>b * outBytes, outHeight, outWidth, channels, c, 1, 1, 0, 0, outHeight, outWidth, gradients);
      for (let i = 0; i < kernelHeight; i++) {
        const rows = plane + (<usize>(i * dilationHeight * planeWidth) << 4);
        const rowSums = sums + (<usize>(i * kernelWidth) << 4);
        let j = 0;
        while (j < kernelWidth) {
          const left = kernelWidth - j;
          const at = rowSums + (<usize>j << 4);
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
    const lanes = min(4, channels - c);
    for (let tap = 0; tap < taps; tap++) put(dw + (<usize>(tap * channels + c) << 2), v128.load(sums + (<usize>tap << 4)), lanes, 0);
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

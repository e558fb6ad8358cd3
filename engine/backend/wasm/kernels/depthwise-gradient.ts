/** Gradient of the weights of a depthwise convolution, on planes of four channels. */
import { GROUP, layPlanes, put } from './planes';
import { fma, splat, zeroFloats } from './simd';

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
      if ((left == 3 || left >= 5) && strideWidth == 1 && dilationWidth == 1) {
        sumTaps3Plain(rows, planeWidth, strideHeight, j, gradients, outHeight, outWidth, at);
        j += 3;
      } else if (left == 3 || left >= 5) {
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

/** `sumTaps3` for stride 1 without dilation: neighbouring positions share what they load. */
function sumTaps3Plain(rows: usize, planeWidth: i32, strideHeight: i32, left: i32, gradients: usize, outHeight: i32, outWidth: i32, sums: usize): void {
  const zero = splat(0.0);
  let s0 = v128.load(sums), s1 = v128.load(sums, 16), s2 = v128.load(sums, 32);
  let t0 = zero, t1 = zero, t2 = zero;
  let g = gradients;
  for (let oy = 0; oy < outHeight; oy++) {
    let at = rows + (<usize>(oy * strideHeight * planeWidth + left) << 4);
    let ox = 0;
    for (; ox + 4 <= outWidth; ox += 4) {
      const x2 = v128.load(at, 32), x3 = v128.load(at, 48);
      let d = v128.load(g);
      s0 = fma(v128.load(at), d, s0);
      s1 = fma(v128.load(at, 16), d, s1);
      s2 = fma(x2, d, s2);
      d = v128.load(g, 16);
      t0 = fma(v128.load(at, 16), d, t0);
      t1 = fma(x2, d, t1);
      t2 = fma(x3, d, t2);
      d = v128.load(g, 32);
      s0 = fma(x2, d, s0);
      s1 = fma(x3, d, s1);
      s2 = fma(v128.load(at, 64), d, s2);
      d = v128.load(g, 48);
      t0 = fma(x3, d, t0);
      t1 = fma(v128.load(at, 64), d, t1);
      t2 = fma(v128.load(at, 80), d, t2);
      at += 64;
      g += 64;
    }
    for (; ox < outWidth; ox++) {
      const d = v128.load(g);
      s0 = fma(v128.load(at), d, s0);
      s1 = fma(v128.load(at, 16), d, s1);
      s2 = fma(v128.load(at, 32), d, s2);
      at += 16;
      g += 16;
    }
  }
  v128.store(sums, f32x4.add(s0, t0));
  v128.store(sums, f32x4.add(s1, t1), 16);
  v128.store(sums, f32x4.add(s2, t2), 32);
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

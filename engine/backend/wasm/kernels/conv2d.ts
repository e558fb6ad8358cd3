/**
 * Convolution as matrix products over runs of output positions: the patches of a run are laid out as rows (im2col) small enough to stay in
 * the second-level cache, and multiplied with the weights. A 1x1 convolution of stride 1 multiplies the map itself.
 *
 * Geometry: input [batch, height, width, channels]; position p of [batch, outHeight, outWidth]; window [kernelHeight, kernelWidth].
 */
import { copyFloats, zeroFloats } from './simd';
import { gemm, packPanels } from './gemm';

/** Bytes of patches that are laid out at a time: a fraction of a small second-level cache. */
const PATCH_BYTES: i32 = 98304;
/** Positions of one run of the weight gradient at most. */
const GRADIENT_RUN: i32 = 384;

/** Layout of the room of every function here: a tile, a row of zeros, a panel of one run, patches. See `conv2dRoomBytes`. */
// @ts-ignore: decorator
@inline function zerosIn(room: usize): usize {
  return room + 256;
}

// @ts-ignore: decorator
@inline function panelIn(room: usize, outChannels: i32): usize {
  return room + 256 + <usize>(((outChannels << 2) + 47) & ~15);
}

// @ts-ignore: decorator
@inline function patchesIn(room: usize, outChannels: i32): usize {
  return panelIn(room, outChannels) + (GRADIENT_RUN << 5);
}

/** Bytes of room for a convolution of `columns` = kernelHeight * kernelWidth * channels to outChannels. */
export function conv2dRoomBytes(columns: i32, outChannels: i32): i32 {
  return <i32>patchesIn(0, outChannels) + max(PATCH_BYTES, 48 * columns);
}

/** Positions in one run. */
// @ts-ignore: decorator
@inline function runLength(columns: i32): i32 {
  return max(12, (PATCH_BYTES / (columns << 2)) / 12 * 12);
}

/** Patches of positions from .. from + count as rows [kernelHeight, kernelWidth, channels]. */
function layPatches(
  x: usize, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32, strideHeight: i32, strideWidth: i32,
  dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32, from: i32, count: i32, to: usize,
): void {
  let ox = from % outWidth;
  let oy = (from / outWidth) % outHeight;
  let image = from / (outWidth * outHeight);
  const rowFloats = kernelWidth * channels;
  for (let p = 0; p < count; p++) {
    const left = ox * strideWidth - padLeft;
    const isWhole = dilationWidth == 1 && left >= 0 && left + kernelWidth <= width;
    for (let i = 0; i < kernelHeight; i++) {
      const y = oy * strideHeight - padTop + i * dilationHeight;
      if (y < 0 || y >= height) {
        zeroFloats(to, rowFloats);
      } else {
        const row = x + ((<usize>((image * height + y) * width) * <usize>channels) << 2);
        if (isWhole) {
          copyFloats(to, row + (<usize>(left * channels) << 2), rowFloats);
        } else {
          for (let j = 0; j < kernelWidth; j++) {
            const at = left + j * dilationWidth;
            const cell = to + (<usize>(j * channels) << 2);
            if (at < 0 || at >= width) zeroFloats(cell, channels);
            else copyFloats(cell, row + (<usize>(at * channels) << 2), channels);
          }
        }
      }
      to += <usize>rowFloats << 2;
    }
    if (++ox == outWidth) {
      ox = 0;
      if (++oy == outHeight) {
        oy = 0;
        image++;
      }
    }
  }
}

// @ts-ignore: decorator
@inline function isPlain(
  kernelHeight: i32, kernelWidth: i32, strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32, height: i32, width: i32, outHeight: i32, outWidth: i32,
): bool {
  return kernelHeight == 1 && kernelWidth == 1 && strideHeight == 1 && strideWidth == 1 && padTop == 0 && padLeft == 0 && outHeight == height && outWidth == width;
}

/**
 * y [positions, outChannels]. panels: the weights [kernelHeight * kernelWidth * channels, outChannels] packed by `packPanels`.
 */
export function conv2d(
  x: usize, panels: usize, y: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, room: usize,
): void {
  const positions = batch * outHeight * outWidth;
  const columns = kernelHeight * kernelWidth * channels;
  const panelStride = <usize>columns << 5;
  const tail = panels + <usize>(outChannels >> 3) * panelStride;
  const rowBytes = <usize>outChannels << 2;
  const columnBytes = <usize>columns << 2;
  const zeros = zerosIn(room);
  zeroFloats(zeros, outChannels + 8);
  if (isPlain(kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, height, width, outHeight, outWidth)) {
    gemm(x, columnBytes, 4, panels, 32, panelStride, tail, zeros, 0, y, rowBytes, positions, outChannels, columns, room);
    return;
  }
  const run = runLength(columns);
  const patches = patchesIn(room, outChannels);
  for (let from = 0; from < positions; from += run) {
    const count = min(run, positions - from);
    layPatches(x, height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft, outHeight, outWidth, from, count, patches);
    const out = y + <usize>from * rowBytes;
    gemm(patches, columnBytes, 4, panels, 32, panelStride, tail, zeros, 0, out, rowBytes, count, outChannels, columns, room);
  }
}

/**
 * Adds the gradient of the input into dx (zeroed by the caller): for each run of positions dy times the transposed weights gives the
 * gradients of the patches, which are added at their places. panels: the weights transposed, [outChannels, columns], packed.
 */
export function conv2dInputScatter(
  dy: usize, panels: usize, dx: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, room: usize,
): void {
  const positions = batch * outHeight * outWidth;
  const columns = kernelHeight * kernelWidth * channels;
  const panelStride = <usize>outChannels << 5;
  const tail = panels + <usize>(columns >> 3) * panelStride;
  const columnBytes = <usize>columns << 2;
  const rowBytes = <usize>outChannels << 2;
  const run = runLength(columns);
  const patches = patchesIn(room, outChannels);
  for (let from = 0; from < positions; from += run) {
    const count = min(run, positions - from);
    zeroFloats(patches, count * columns);
    gemm(dy + <usize>from * rowBytes, rowBytes, 4, panels, 32, panelStride, tail, patches, columnBytes, patches, columnBytes, count, columns, outChannels, room);
    addPatches(dx, height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft, outHeight, outWidth, from, count, patches);
  }
}

/** The transpose of `layPatches`. */
function addPatches(
  x: usize, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32, strideHeight: i32, strideWidth: i32,
  dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32, from: i32, count: i32, source: usize,
): void {
  let ox = from % outWidth;
  let oy = (from / outWidth) % outHeight;
  let image = from / (outWidth * outHeight);
  for (let p = 0; p < count; p++) {
    const left = ox * strideWidth - padLeft;
    for (let i = 0; i < kernelHeight; i++) {
      const y = oy * strideHeight - padTop + i * dilationHeight;
      if (y >= 0 && y < height) {
        const row = x + ((<usize>((image * height + y) * width) * <usize>channels) << 2);
        for (let j = 0; j < kernelWidth; j++) {
          const at = left + j * dilationWidth;
          if (at >= 0 && at < width) addFloats(row + (<usize>(at * channels) << 2), source + (<usize>(j * channels) << 2), channels);
        }
      }
      source += <usize>(kernelWidth * channels) << 2;
    }
    if (++ox == outWidth) {
      ox = 0;
      if (++oy == outHeight) {
        oy = 0;
        image++;
      }
    }
  }
}

// @ts-ignore: decorator
@inline function addFloats(to: usize, from: usize, n: i32): void {
  for (; n >= 4; n -= 4) {
    v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    to += 16;
    from += 16;
  }
  for (; n > 0; n--) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
    to += 4;
    from += 4;
  }
}

/** dw [columns, outChannels] = patches^T dy, summed run by run. */
export function conv2dKernelGradient(
  x: usize, dy: usize, dw: usize, batch: i32, height: i32, width: i32, channels: i32, kernelHeight: i32, kernelWidth: i32,
  strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32, padTop: i32, padLeft: i32, outHeight: i32, outWidth: i32,
  outChannels: i32, room: usize,
): void {
  const positions = batch * outHeight * outWidth;
  const columns = kernelHeight * kernelWidth * channels;
  const columnBytes = <usize>columns << 2;
  const rowBytes = <usize>outChannels << 2;
  const plain = isPlain(kernelHeight, kernelWidth, strideHeight, strideWidth, padTop, padLeft, height, width, outHeight, outWidth);
  const run = min(GRADIENT_RUN, runLength(columns));
  const tail = panelIn(room, outChannels);
  const patches = patchesIn(room, outChannels);
  const whole = outChannels & ~7;
  zeroFloats(dw, columns * outChannels);
  for (let from = 0; from < positions; from += run) {
    const count = min(run, positions - from);
    const rows = dy + <usize>from * rowBytes;
    let source = x + <usize>from * columnBytes;
    if (!plain) {
      layPatches(x, height, width, channels, kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, padTop, padLeft, outHeight, outWidth, from, count, patches);
      source = patches;
    }
    if (whole < outChannels) packPanels(rows + (<usize>whole << 2), rowBytes, 4, count, outChannels - whole, tail);
    gemm(source, 4, columnBytes, rows, rowBytes, 32, tail, dw, rowBytes, dw, rowBytes, columns, outChannels, count, room);
  }
}

/**
 * The weights [taps, channels, outChannels] turned round for the input gradient of stride 1, packed as panels:
 * row (tap, o), column c holds the weight of tap taps - 1 - tap from c to o.
 */
export function packTurned(kernel: usize, taps: i32, channels: i32, outChannels: i32, to: usize): void {
  for (let c = 0; c < channels; c += 8) {
    const columns = min(8, channels - c);
    for (let tap = taps - 1; tap >= 0; tap--) {
      const source = kernel + (<usize>((tap * channels + c) * outChannels) << 2);
      for (let o = 0; o < outChannels; o++) {
        for (let k = 0; k < 8; k++) {
          store<f32>(to, k < columns ? load<f32>(source + (<usize>(k * outChannels + o) << 2)) : 0.0);
          to += 4;
        }
      }
    }
  }
}

/** Weights of groups [taps, channels / groups, outChannels] as dense ones [taps, channels, outChannels], zeros between groups; or back. */
export function expandGroups(kernel: usize, dense: usize, taps: i32, groupChannels: i32, outChannels: i32, groups: i32): void {
  zeroFloats(dense, taps * groupChannels * groups * outChannels);
  moveGroups(kernel, dense, taps, groupChannels, outChannels, groups, true);
}

export function collectGroups(dense: usize, kernel: usize, taps: i32, groupChannels: i32, outChannels: i32, groups: i32): void {
  moveGroups(kernel, dense, taps, groupChannels, outChannels, groups, false);
}

function moveGroups(kernel: usize, dense: usize, taps: i32, groupChannels: i32, outChannels: i32, groups: i32, isExpanding: bool): void {
  const groupOut = outChannels / groups;
  for (let tap = 0; tap < taps; tap++) {
    for (let g = 0; g < groups; g++) {
      for (let i = 0; i < groupChannels; i++) {
        const small = kernel + (<usize>((tap * groupChannels + i) * outChannels + g * groupOut) << 2);
        const large = dense + (<usize>(((tap * groups + g) * groupChannels + i) * outChannels + g * groupOut) << 2);
        if (isExpanding) copyFloats(large, small, groupOut);
        else copyFloats(small, large, groupOut);
      }
    }
  }
}

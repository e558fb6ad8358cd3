/** A scale and a window of the scaled picture. Only the window is computed. */
export interface ScaledWindow {
  readonly sourceHeight: number;
  readonly sourceWidth: number;
  /** Size of the whole picture after scaling. */
  readonly scaledHeight: number;
  readonly scaledWidth: number;
  /** The window's top left corner in the scaled picture, and its size. */
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Bilinear, half-pixel centres, borders replicated, no low-pass when shrinking, rounded to 8 bits: what OpenCV's INTER_LINEAR does,
 * with which HR-NAS scales its images. [sourceHeight, sourceWidth, 3] -> [height, width, 3]
 */
export function scaleRgb(source: Uint8Array, window: ScaledWindow): Uint8Array {
  const { sourceHeight, sourceWidth, height, width } = window;
  const out = new Uint8Array(height * width * 3);
  const columns = linearTaps(window.left, width, sourceWidth, window.scaledWidth);
  const rows = linearTaps(window.top, height, sourceHeight, window.scaledHeight);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const upper = (rows.low[y] as number) * sourceWidth;
    const lower = (rows.high[y] as number) * sourceWidth;
    const fy = rows.fraction[y] as number;
    for (let x = 0; x < width; x++) {
      const left = columns.low[x] as number;
      const right = columns.high[x] as number;
      const fx = columns.fraction[x] as number;
      const upperLeft = 3 * (upper + left);
      const upperRight = 3 * (upper + right);
      const lowerLeft = 3 * (lower + left);
      const lowerRight = 3 * (lower + right);
      for (let c = 0; c < 3; c++) {
        const top = (source[upperLeft + c] as number) * (1 - fx) + (source[upperRight + c] as number) * fx;
        const bottom = (source[lowerLeft + c] as number) * (1 - fx) + (source[lowerRight + c] as number) * fx;
        out[at++] = top * (1 - fy) + bottom * fy + 0.5;
      }
    }
  }
  return out;
}

/** Nearest: pixel i takes floor(i * source / scaled), OpenCV's INTER_NEAREST. [sourceHeight, sourceWidth] -> [height, width] */
export function scaleLabels(source: Uint8Array, window: ScaledWindow): Uint8Array {
  const { sourceHeight, sourceWidth, height, width } = window;
  const out = new Uint8Array(height * width);
  const columns = nearestTaps(window.left, width, sourceWidth, window.scaledWidth);
  const rows = nearestTaps(window.top, height, sourceHeight, window.scaledHeight);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = (rows[y] as number) * sourceWidth;
    for (let x = 0; x < width; x++) out[at++] = source[row + (columns[x] as number)] as number;
  }
  return out;
}

interface LinearTaps {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly fraction: Float64Array;
}

function linearTaps(start: number, length: number, sourceLength: number, scaledLength: number): LinearTaps {
  const taps: LinearTaps = { low: new Int32Array(length), high: new Int32Array(length), fraction: new Float64Array(length) };
  for (let i = 0; i < length; i++) {
    const centre = ((start + i + 0.5) * sourceLength) / scaledLength - 0.5;
    const low = Math.floor(centre);
    taps.fraction[i] = centre - low;
    taps.low[i] = Math.min(Math.max(low, 0), sourceLength - 1);
    taps.high[i] = Math.min(Math.max(low + 1, 0), sourceLength - 1);
  }
  return taps;
}

function nearestTaps(start: number, length: number, sourceLength: number, scaledLength: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => Math.min(Math.floor(((start + i) * sourceLength) / scaledLength), sourceLength - 1));
}

/**
 * The size of a picture that is scaled, aspect kept, to fit into `base` [height, width] in either orientation; rounded half up (as
 * mmcv does).
 */
export function fitSize(
  height: number,
  width: number,
  baseHeight: number,
  baseWidth: number,
): { readonly height: number; readonly width: number } {
  const long = Math.max(baseHeight, baseWidth);
  const short = Math.min(baseHeight, baseWidth);
  const factor = Math.min(long / Math.max(height, width), short / Math.min(height, width));
  return { height: Math.max(1, Math.floor(height * factor + 0.5)), width: Math.max(1, Math.floor(width * factor + 0.5)) };
}

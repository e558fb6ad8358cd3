/** Per channel (R, G, B), in units of 0..255. */
export interface Normalization {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** The usual ImageNet constants times 255. */
export const imagenetNormalization: Normalization = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };

/** A window of pixels and where it lies in the output. */
export interface Placement {
  readonly height: number;
  readonly width: number;
  /** Width of one output row, >= width; what lies right of and below the window is left as it is (0). */
  readonly outWidth: number;
  readonly isFlipped: boolean;
}

/**
 * (value - mean) / std as float32, written to the top left of `out`; mirrored left to right when flipped. The padding stays 0, as in
 * HR-NAS, which pads after normalising. [height, width, 3] bytes -> [outHeight, outWidth, 3]
 */
export function normalizeInto(out: Float32Array, rgb: Uint8Array, placement: Placement, normalization: Normalization): void {
  const { height, width, outWidth, isFlipped } = placement;
  const [red, green, blue] = normalizationTables(normalization);
  let at = 0;
  for (let y = 0; y < height; y++) {
    let to = 3 * (y * outWidth + (isFlipped ? width - 1 : 0));
    const step = isFlipped ? -3 : 3;
    for (let x = 0; x < width; x++) {
      out[to] = red[rgb[at] as number] as number;
      out[to + 1] = green[rgb[at + 1] as number] as number;
      out[to + 2] = blue[rgb[at + 2] as number] as number;
      at += 3;
      to += step;
    }
  }
}

/** Labels to the top left of `out`, mirrored when flipped; the padding keeps what `out` was filled with. */
export function placeLabels(out: Uint8Array, labels: Uint8Array, placement: Placement): void {
  const { height, width, outWidth, isFlipped } = placement;
  for (let y = 0; y < height; y++) {
    const row = labels.subarray(y * width, (y + 1) * width);
    const to = out.subarray(y * outWidth, y * outWidth + width);
    to.set(row);
    if (isFlipped) to.reverse();
  }
}

/** The normalised value of each byte, by channel. */
export type NormalizationTables = readonly [Float32Array, Float32Array, Float32Array];

export function normalizationTables({ mean, std }: Normalization): NormalizationTables {
  const channel = (c: 0 | 1 | 2): Float32Array => Float32Array.from({ length: 256 }, (_, value) => (value - mean[c]) / std[c]);
  return [channel(0), channel(1), channel(2)];
}

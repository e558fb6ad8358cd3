import type { Affine } from './affine.ts';
import type { NormalizationTables } from './normalize.ts';

/** An RGB picture: [height, width, 3] bytes. */
export interface RgbPicture {
  readonly height: number;
  readonly width: number;
  readonly rgb: Uint8Array;
}

/**
 * Fills `out` [height, width, 3] with what `toPicture` finds in the picture at each of its pixels, bilinear, black outside, rounded to bytes and
 * normalised.
 */
export function warpInto(
  out: Float32Array,
  height: number,
  width: number,
  picture: RgbPicture,
  toPicture: Affine,
  tables: NormalizationTables,
): void {
  const { rgb } = picture;
  const { xx, yx } = toPicture;
  const [red, green, blue] = tables;
  const [lastX, lastY] = [picture.width - 1, picture.height - 1];
  const rowBytes = 3 * picture.width;
  let to = 0;
  for (let y = 0; y < height; y++) {
    const startX = toPicture.xy * y + toPicture.x0;
    const startY = toPicture.yy * y + toPicture.y0;
    for (let x = 0; x < width; x++, to += 3) {
      const fromX = xx * x + startX;
      const fromY = yx * x + startY;
      if (fromX >= 0 && fromY >= 0 && fromX < lastX && fromY < lastY) {
        const left = fromX | 0;
        const top = fromY | 0;
        const fx = fromX - left;
        const fy = fromY - top;
        const a = (1 - fx) * (1 - fy);
        const b = fx * (1 - fy);
        const c = (1 - fx) * fy;
        const d = fx * fy;
        const p = top * rowBytes + 3 * left;
        const q = p + rowBytes;
        out[to] = red[blend(rgb, p, q, a, b, c, d)] as number;
        out[to + 1] = green[blend(rgb, p + 1, q + 1, a, b, c, d)] as number;
        out[to + 2] = blue[blend(rgb, p + 2, q + 2, a, b, c, d)] as number;
      } else {
        const value = sampleAtBorder(picture, fromX, fromY);
        out[to] = red[value >> 16] as number;
        out[to + 1] = green[(value >> 8) & 255] as number;
        out[to + 2] = blue[value & 255] as number;
      }
    }
  }
}

/** One channel of four pixels, two in a row at `p` and the two below at `q`, weighted and rounded. */
function blend(rgb: Uint8Array, p: number, q: number, a: number, b: number, c: number, d: number): number {
  const upper = a * (rgb[p] as number) + b * (rgb[p + 3] as number);
  return (upper + c * (rgb[q] as number) + d * (rgb[q + 3] as number) + 0.5) | 0;
}

/** Red * 65536 + green * 256 + blue where some of the four pixels are outside and count as black; one number, since an array is slow. */
function sampleAtBorder({ rgb, height, width }: RgbPicture, x: number, y: number): number {
  if (!(x > -1 && y > -1 && x < width && y < height)) return 0;
  const left = Math.floor(x);
  const top = Math.floor(y);
  let value = 0;
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0.5;
    for (let row = Math.max(0, top); row <= Math.min(height - 1, top + 1); row++) {
      for (let column = Math.max(0, left); column <= Math.min(width - 1, left + 1); column++) {
        sum += (1 - Math.abs(x - column)) * (1 - Math.abs(y - row)) * (rgb[3 * (row * width + column) + channel] as number);
      }
    }
    value = value * 256 + Math.floor(sum);
  }
  return value;
}

/**
 * A mask as run lengths (COCO's maskApi.c): pixels column by column, runs of 0 and 1 in turn, the first one of 0 and possibly empty.
 */
export interface Rle {
  readonly height: number;
  readonly width: number;
  readonly counts: readonly number[];
}

/** Column-major bytes, 0 or 1. [width, height] */
export type MaskColumns = Uint8Array;

export function encodeMask(mask: MaskColumns, height: number, width: number): Rle {
  const counts: number[] = [];
  let value = 0;
  let run = 0;
  for (let i = 0; i < height * width; i++) {
    if ((mask[i] === 0 ? 0 : 1) !== value) {
      counts.push(run);
      run = 0;
      value = 1 - value;
    }
    run++;
  }
  counts.push(run);
  return { height, width, counts };
}

/** [width, height]; runs beyond the mask's end are cut. */
export function decodeMask({ height, width, counts }: Rle): MaskColumns {
  const mask = new Uint8Array(height * width);
  let at = 0;
  counts.forEach((count, i) => {
    if (i % 2 === 1) mask.fill(1, at, at + count);
    at += count;
  });
  return mask;
}

/** Square px. */
export function maskArea({ counts }: Rle): number {
  return counts.reduce((sum, count, i) => (i % 2 === 1 ? sum + count : sum), 0);
}

/** [x, y, width, height] of the pixels that are set; all 0 when none is. */
export function maskBox({ height, counts }: Rle): readonly [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  let at = 0;
  counts.forEach((count, i) => {
    const last = at + count - 1;
    if (i % 2 === 1 && count > 0) {
      const [firstColumn, lastColumn] = [Math.floor(at / height), Math.floor(last / height)];
      left = Math.min(left, firstColumn);
      right = Math.max(right, lastColumn);
      // A run over the foot of a column covers the head of the next one.
      top = Math.min(top, firstColumn === lastColumn ? at % height : 0);
      bottom = Math.max(bottom, firstColumn === lastColumn ? last % height : height - 1);
    }
    at += count;
  });
  return right < 0 ? [0, 0, 0, 0] : [left, top, right - left + 1, bottom - top + 1];
}

const SYMBOL_BASE = 48;
const MORE = 0x20;
const SIGN = 0x10;
const GROUP_BITS = 5;
/** From this count on the difference to the last but one is written. */
const FIRST_DIFFERENCE = 3;

/** Counts as text: groups of five bits, lowest first. */
export function packCounts(counts: readonly number[]): string {
  let text = '';
  counts.forEach((count, i) => {
    let rest = i < FIRST_DIFFERENCE ? count : count - (counts[i - 2] as number);
    for (;;) {
      const group = rest & 0x1f;
      rest >>= GROUP_BITS;
      const isLast = (group & SIGN) === 0 ? rest === 0 : rest === -1;
      text += String.fromCharCode(SYMBOL_BASE + (isLast ? group : group | MORE));
      if (isLast) break;
    }
  });
  return text;
}

/** Throws RangeError for text that ends inside of a number or has foreign letters. */
export function unpackCounts(text: string): readonly number[] {
  const counts: number[] = [];
  let at = 0;
  while (at < text.length) {
    let value = 0;
    let bits = 0;
    let symbol: number;
    do {
      symbol = text.charCodeAt(at++) - SYMBOL_BASE;
      if (!(symbol >= 0 && symbol < 64)) throw new RangeError(`run lengths end or break at letter ${at - 1}`);
      value += (symbol & 0x1f) * 2 ** bits;
      bits += GROUP_BITS;
    } while ((symbol & MORE) !== 0);
    if ((symbol & SIGN) !== 0) value -= 2 ** bits;
    counts.push(counts.length < FIRST_DIFFERENCE ? value : value + (counts[counts.length - 2] as number));
  }
  return counts;
}

/**
 * The mask of a crowd as annotation files have it: undefined when there is none (polygons, say), words when its runs do not fill
 * it. Counts are a list, or packed as text.
 */
export function readCrowdMask(segmentation: unknown): Rle | string | undefined {
  if (typeof segmentation !== 'object' || segmentation === null || Array.isArray(segmentation)) return undefined;
  const { size, counts: given } = segmentation as { readonly size?: unknown; readonly counts?: unknown };
  const [height, width] = Array.isArray(size) ? (size as readonly unknown[]) : [];
  if (typeof height !== 'number' || typeof width !== 'number') return 'a mask without a size';
  let counts: readonly number[];
  try {
    counts = typeof given === 'string' ? unpackCounts(given) : (given as readonly number[]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!Array.isArray(counts) || counts.some((count) => !Number.isInteger(count) || count < 0)) return 'run lengths that are no counts';
  const filled = counts.reduce((sum, count) => sum + count, 0);
  return filled === height * width ? { height, width, counts } : `runs of ${filled} px for ${height}x${width} (height x width)`;
}

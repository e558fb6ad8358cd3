import { expect, test } from 'vitest';
import { traceOutlines } from '../../../../datasets/coco-keypoints/synthesize/outlines.ts';
import { scanPolygon, type Point } from '../../../../datasets/cityscapes/rasterize.ts';
import { createRandom } from '../../../../datasets/random.ts';

function maskOf(rows: readonly string[]): { readonly mask: Uint8Array; readonly height: number; readonly width: number } {
  return { mask: Uint8Array.from(rows.join(''), (letter) => (letter === '#' ? 1 : 0)), height: rows.length, width: rows[0]?.length ?? 0 };
}

/** What the outlines enclose. */
function filled(outlines: readonly (readonly number[])[], height: number, width: number): Uint8Array {
  const mask = new Uint8Array(height * width);
  for (const outline of outlines) {
    const polygon = Array.from({ length: outline.length / 2 }, (_, i): Point => [outline[2 * i] as number, outline[2 * i + 1] as number]);
    scanPolygon(polygon, height, width, (y, start, end) => mask.fill(1, y * width + start, y * width + end));
  }
  return mask;
}

test('a pixel: its four corners, clockwise', () => {
  const { mask, height, width } = maskOf(['....', '.#..', '....']);
  expect(traceOutlines(mask, height, width, 0)).toEqual([[1, 1, 2, 1, 2, 2, 1, 2]]);
});

test('parts that touch at a corner stay apart; those that share a side are one', () => {
  const { mask, height, width } = maskOf(['#.##', '.#.#', '##..']);
  const outlines = traceOutlines(mask, height, width, 0);
  expect(outlines).toHaveLength(3);
  expect(filled(outlines, height, width)).toEqual(mask);
});

test('without tolerance the outlines of any mask without holes enclose exactly its pixels', () => {
  const random = createRandom(2);
  const [height, width] = [13, 17];
  for (let round = 0; round < 20; round++) {
    // Columns that stand on the bottom row have no holes.
    const mask = new Uint8Array(height * width);
    for (let x = 0; x < width; x++) for (let y = height - random.int(height); y < height; y++) mask[y * width + x] = 1;
    expect(filled(traceOutlines(mask, height, width, 0), height, width)).toEqual(mask);
  }
});

test('a hole is filled', () => {
  const { mask, height, width } = maskOf(['###', '#.#', '###']);
  expect(traceOutlines(mask, height, width, 0)).toEqual([[0, 0, 3, 0, 3, 3, 0, 3]]);
});

test('with tolerance a disc loses most corners and next to no pixels', () => {
  const [height, width] = [40, 40];
  const isInside = (x: number, y: number): boolean => (x - 19.5) ** 2 + (y - 19.5) ** 2 < 324;
  const mask = Uint8Array.from({ length: height * width }, (_, i) => Number(isInside(i % width, Math.floor(i / width))));
  const [exact] = traceOutlines(mask, height, width, 0) as [readonly number[]];
  const [rough] = traceOutlines(mask, height, width, 0.75) as [readonly number[]];
  expect(rough.length).toBeLessThan(exact.length / 2);
  const wrong = filled([rough], height, width).filter((value, i) => value !== mask[i]).length;
  expect(wrong / mask.filter((value) => value === 1).length).toBeLessThan(0.06);
});

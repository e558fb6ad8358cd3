import { describe, expect, test } from 'vitest';
import { polygonMask, polygonsMask } from '../../../datasets/coco-keypoints/polygon-mask.ts';
import {
  decodeMask,
  encodeMask,
  maskArea,
  maskBox,
  packCounts,
  readCrowdMask,
  unpackCounts,
} from '../../../datasets/coco-keypoints/rle.ts';
import { createRandom } from '../../../datasets/random.ts';

const square = Uint8Array.from({ length: 100 }, (_, i) => {
  const [column, row] = [Math.floor(i / 10), i % 10];
  return row >= 2 && row <= 5 && column >= 3 && column <= 6 ? 1 : 0;
});

/** Computed with the official library (datasets.md 2.2). */
const vectors = [
  {
    name: 'three columns of 3',
    height: 3,
    width: 4,
    mask: [0, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0],
    counts: [2, 3, 1, 1, 5],
    text: '231N4',
    box: [0, 0, 3, 3],
    area: 4,
  },
  { name: 'nothing set', height: 2, width: 3, mask: [0, 0, 0, 0, 0, 0], counts: [6], text: '6', box: [0, 0, 0, 0], area: 0 },
  { name: 'everything set', height: 2, width: 3, mask: [1, 1, 1, 1, 1, 1], counts: [0, 6], text: '06', box: [0, 0, 3, 2], area: 6 },
  {
    name: 'a square of 4',
    height: 10,
    width: 10,
    mask: [...square],
    counts: [32, 4, 6, 4, 6, 4, 6, 4, 34],
    text: 'P14600000l0',
    box: [3, 2, 4, 4],
    area: 16,
  },
] as const;

const polygons = [
  { name: 'a square', polygon: [1, 1, 1, 3, 3, 3, 3, 1], counts: [6, 2, 3, 2, 12], text: '62309', box: [1, 1, 2, 2], area: 4 },
  { name: 'a triangle', polygon: [0, 0, 4, 0, 0, 4], counts: [0, 3, 2, 2, 3, 1, 14], text: '032O1O;', box: [0, 0, 3, 3], area: 6 },
] as const;

describe('masks as run lengths', () => {
  test.each(vectors)('$name: runs, text, box and area are those of the official library', (vector) => {
    const { height, width, mask, counts, text, box, area } = vector;
    const rle = encodeMask(Uint8Array.from(mask), height, width);
    expect(rle).toEqual({ height, width, counts });
    expect([...decodeMask(rle)]).toEqual(mask);
    expect(packCounts(counts)).toBe(text);
    expect(unpackCounts(text)).toEqual(counts);
    expect(maskBox(rle)).toEqual(box);
    expect(maskArea(rle)).toBe(area);
  });

  test.each(polygons)('$name becomes the mask that the official library draws', ({ polygon, counts, text, box, area }) => {
    const rle = polygonMask(polygon, 5, 5);
    expect(rle.counts).toEqual(counts);
    expect(packCounts(rle.counts)).toBe(text);
    expect(maskBox(rle)).toEqual(box);
    expect(maskArea(rle)).toBe(area);
  });

  test('parts of an object are joined, a shared pixel counts once', () => {
    const [a, b] = [
      [0, 0, 0, 3, 3, 3, 3, 0],
      [2, 2, 2, 5, 5, 5, 5, 2],
    ];
    expect(maskArea(polygonMask(a, 7, 6))).toBe(9);
    expect(maskArea(polygonsMask([a, b], 7, 6))).toBe(17);
  });

  test('random masks: packing and unpacking give them back, also long runs; area and box agree with counting', () => {
    const random = createRandom(3);
    for (let round = 0; round < 30; round++) {
      const [height, width] = [1 + random.int(9), 1 + random.int(70)];
      const density = random.uniform();
      const mask = Uint8Array.from({ length: height * width }, () => (random.chance(density) ? 1 : 0));
      const rle = encodeMask(mask, height, width);
      expect(unpackCounts(packCounts(rle.counts))).toEqual(rle.counts);
      expect([...decodeMask(rle)]).toEqual([...mask]);
      const set = [...mask.keys()].filter((i) => mask[i] === 1);
      expect(maskArea(rle)).toBe(set.length);
      const [columns, rows] = [set.map((i) => Math.floor(i / height)), set.map((i) => i % height)];
      const extent = (values: readonly number[]): readonly [number, number] => {
        const least = Math.min(...values);
        return [least, Math.max(...values) - least + 1];
      };
      const [x, boxWidth] = extent(columns);
      const [y, boxHeight] = extent(rows);
      expect(maskBox(rle)).toEqual(set.length === 0 ? [0, 0, 0, 0] : [x, y, boxWidth, boxHeight]);
    }
    expect(unpackCounts(packCounts([100_000, 3, 7, 250_000, 1]))).toEqual([100_000, 3, 7, 250_000, 1]);
  });
});

describe('masks of crowds in annotation files', () => {
  test('counts as a list or as text give the same mask; polygons give none', () => {
    const expected = { height: 3, width: 4, counts: [2, 3, 1, 1, 5] };
    expect(readCrowdMask({ size: [3, 4], counts: [2, 3, 1, 1, 5] })).toEqual(expected);
    expect(readCrowdMask({ size: [3, 4], counts: '231N4' })).toEqual(expected);
    expect(readCrowdMask([[1, 2, 3, 4, 5, 6]])).toBeUndefined();
  });

  test.each([
    ['too few pixels', { size: [3, 4], counts: [2, 3] }, /5 px for 3x4/],
    ['text that is cut off', { size: [3, 4], counts: '231N4o' }, /letter 6/],
    ['foreign letters', { size: [3, 4], counts: '2 3' }, /letter 1/],
    ['negative runs', { size: [3, 4], counts: [-1, 13] }, /no counts/],
    ['no size', { counts: [12] }, /without a size/],
  ])('%s: told in words', (_, segmentation, words) => {
    expect(readCrowdMask(segmentation)).toMatch(words);
  });
});

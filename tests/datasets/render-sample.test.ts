import { describe, expect, test } from 'vitest';
import { CITYSCAPES_CLASSES } from '../../datasets/cityscapes/labels.ts';
import { decodePng } from '../../datasets/decode/png-decode.ts';
import { findSample, renderSegmentationSample } from '../../datasets/render-sample.ts';
import type { SegmentationSample } from '../../datasets/source.ts';

const height = 4;
const width = 6;
/** Grey 100 everywhere; road on the left half, ignored on the right. */
const sample: SegmentationSample = {
  kind: 'segmentation',
  key: 'k',
  height,
  width,
  rgb: new Uint8Array(height * width * 3).fill(100),
  labels: Uint8Array.from({ length: height * width }, (_, i) => (i % width < 3 ? 0 : 255)),
};
const pixelOf = (png: Buffer, x: number, y: number): number[] => [
  ...(decodePng(png).data8 as Uint8Array).slice(3 * (y * width + x), 3 * (y * width + x) + 3),
];

describe('renderSegmentationSample', () => {
  test('class colours at alpha .55 over the picture', () => {
    const png = renderSegmentationSample(sample, CITYSCAPES_CLASSES, { hasBorders: false });
    // 100 * .45 + (128, 64, 128) * .55
    expect(pixelOf(png, 0, 0)).toEqual([115, 80, 115]);
  });

  test('ignored pixels are striped dark, in no class colour', () => {
    const png = renderSegmentationSample(sample, CITYSCAPES_CLASSES, { hasBorders: false });
    expect(pixelOf(png, 3, 0)).toEqual([45, 45, 45]);
    expect(pixelOf(png, 4, 0)).toEqual([78, 78, 78]);
  });

  test('a border between classes is darker', () => {
    const png = renderSegmentationSample(sample, CITYSCAPES_CLASSES);
    expect(pixelOf(png, 2, 1)[0]).toBeLessThan(pixelOf(png, 1, 1)[0] as number);
  });

  test('without labels: the picture itself, and the sample is not changed', () => {
    const png = renderSegmentationSample({ ...sample, labels: new Uint8Array(0) }, CITYSCAPES_CLASSES);
    expect(pixelOf(png, 5, 3)).toEqual([100, 100, 100]);
    renderSegmentationSample(sample, CITYSCAPES_CLASSES);
    expect(new Set(sample.rgb)).toEqual(new Set([100]));
  });
});

test('findSample: by key, by number, or not at all; a key of digits is a key', () => {
  const keys = ['aachen_000000_000019', 'aachen_000001_000019'];
  const source = { size: () => keys.length, key: (_: string, i: number) => keys[i] as string };
  expect(findSample(source, 'train', 'aachen_000001_000019')).toBe(1);
  expect(findSample(source, 'train', '0')).toBe(0);
  expect(findSample(source, 'train', '2')).toBeUndefined();
  expect(findSample(source, 'train', 'bochum')).toBeUndefined();
  const numbered = { size: () => 3, key: (_: string, i: number) => String(2 - i) };
  expect(findSample(numbered, 'train', '0')).toBe(2);
});

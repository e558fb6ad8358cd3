import { describe, expect, test } from 'vitest';
import { measureClassShares } from '../../datasets/class-shares.ts';
import type { DatasetSource, SegmentationSample } from '../../datasets/source.ts';

/** Pictures of 1 x n labels. */
function sourceOf(maps: readonly (readonly number[])[]): DatasetSource<SegmentationSample> {
  const classes = [0, 1, 2].map((id) => ({ id, name: `class ${id}`, color: [0, 0, 0] as const, rawIds: [id] }));
  return {
    info: { kind: 'fake', task: 'segmentation', root: '/', classes, splits: { val: maps.length }, fingerprint: '', isSynthetic: false },
    size: () => maps.length,
    key: (_, index) => String(index),
    read: async (_, index) => {
      const labels = Uint8Array.from(maps[index] as readonly number[]);
      return { kind: 'segmentation', key: String(index), height: 1, width: labels.length, rgb: new Uint8Array(3 * labels.length), labels };
    },
    close: async () => {},
  };
}

describe('class shares', () => {
  test('shares are of the labelled pixels, ignored ones of all', async () => {
    const source = sourceOf([
      [0, 0, 0, 255],
      [1, 255, 255, 255],
    ]);
    expect(await measureClassShares(source, 'val', 10)).toEqual({ split: 'val', pictures: 2, shares: [0.75, 0.25, 0], ignored: 0.5 });
  });

  test('a sample is evenly spaced: pictures 0 and 2 of 4', async () => {
    const source = sourceOf([[0], [1], [2], [1]]);
    expect(await measureClassShares(source, 'val', 2)).toMatchObject({ pictures: 2, shares: [0.5, 0, 0.5] });
  });

  test('nothing labelled: zeros, no NaN', async () => {
    expect(await measureClassShares(sourceOf([[255, 255]]), 'val', 1)).toMatchObject({ shares: [0, 0, 0], ignored: 1 });
    expect(await measureClassShares(sourceOf([[]]), 'val', 1)).toMatchObject({ shares: [0, 0, 0], ignored: 0 });
  });
});

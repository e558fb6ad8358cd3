import { describe, expect, it } from 'vitest';
import {
  poolLength,
  rateMultiplier,
  receptiveFields,
  samePadding,
  scaledLength,
  tapShare,
} from '../../../../engine/spaces/dpc/geometry.ts';
import type { DpcCell } from '../../../../engine/spaces/dpc/cell.ts';
import { publishedCell } from './published-cell.ts';

describe('sizes (specification section 4, 12.7)', () => {
  it('lengths of maps at strides 4, 8, 16, 32', () => {
    expect([4, 8, 16, 32].map((stride) => scaledLength(513, stride))).toEqual([129, 65, 33, 17]);
    expect([4, 8, 16, 32].map((stride) => scaledLength(769, stride))).toEqual([193, 97, 49, 25]);
    expect([4, 8, 16, 32].map((stride) => scaledLength(2049, stride))).toEqual([513, 257, 129, 65]);
  });

  it.each([
    [513, 16, [33, 17, 9, 5]],
    [769, 16, [49, 25, 13, 7]],
    [1025, 16, [65, 33, 17, 9]],
    [2049, 16, [129, 65, 33, 17]],
    [513, 8, [65, 33, 17, 9]],
    [769, 8, [97, 49, 25, 13]],
    [1025, 8, [129, 65, 33, 17]],
    [2049, 8, [257, 129, 65, 33]],
    [257, 16, [17, 9, 5, 3]],
  ])('windows at crop %i, output stride %i for grids 1, 2, 4, 8', (crop, outputStride, expected) => {
    expect([1, 2, 4, 8].map((grid) => poolLength(scaledLength(crop, outputStride), grid))).toEqual(expected);
    // the official arithmetic goes from the crop at once
    expect([1, 2, 4, 8].map((grid) => Math.trunc((crop - 1) / (outputStride * grid) + 1))).toEqual(expected);
  });

  it('padding "same": both sides alike at stride 1, at the end alone on even sides at stride 2', () => {
    expect(samePadding(9, 3, 1, 1)).toEqual([1, 1]);
    expect(samePadding(9, 3, 1, 18)).toEqual([18, 18]);
    expect(samePadding(9, 3, 2, 1)).toEqual([1, 1]);
    expect(samePadding(8, 3, 2, 1)).toEqual([0, 1]);
    expect(samePadding(8, 1, 2, 1)).toEqual([0, 0]);
  });

  it('rates are doubled at output stride 8', () => {
    expect([16, 8].map(rateMultiplier)).toEqual([1, 2]);
  });

  it.each<[readonly [number, number], readonly number[]]>([
    [
      [65, 129],
      [0.959, 0.752, 0.924, 0.985, 0.837, 0.699],
    ],
    [
      [33, 33],
      [0.861, 0.444, 0.826, 0.96, 0.506, 0.331],
    ],
  ])('share of taps within a map of %j', (map, expected) => {
    const pairs = [
      [1, 6],
      [18, 15],
      [6, 3],
      [1, 1],
      [6, 21],
      [21, 21],
    ] as const;
    pairs.forEach((rate, i) => expect(tapShare(map, rate)).toBeCloseTo(expected[i]!, 3));
  });

  it('the share is that of counting', () => {
    const [height, width] = [7, 9];
    const [rateHeight, rateWidth] = [3, 6];
    let inside = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const dy of [-rateHeight, 0, rateHeight]) {
          for (const dx of [-rateWidth, 0, rateWidth]) inside += Number(y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width);
        }
      }
    }
    expect(tapShare([height, width], [rateHeight, rateWidth])).toBeCloseTo(inside / (9 * height * width), 12);
  });

  it('receptive fields of the published cell', () => {
    expect(receptiveFields(publishedCell('top1'), [65, 129])).toEqual([
      [3, 13],
      [39, 43],
      [51, 49],
      [5, 15],
      [15, 55],
    ]);
    const pooled: DpcCell = [
      { operation: { kind: 'conv' }, input: -1 },
      { operation: { kind: 'pool', grid: [2, 2] }, input: 0 },
    ];
    expect(receptiveFields(pooled, [7, 9])).toEqual([
      [1, 1],
      [7, 9],
    ]);
    expect(receptiveFields(publishedCell('top1'), [97, 97], 2)[0]).toEqual([5, 25]);
  });
});

import { describe, expect, it } from 'vitest';
import { networkSize, pictureRules } from '../../../electron/compute/picture-rules.ts';
import { findPublished } from '../../../engine/catalog.ts';

const top1 = findPublished('dpc:top1');
const atStride8 = { ...top1, settings: { ...top1.settings, outputStride: 8 } };
const cityscapes = { height: 1024, width: 2048 };

describe('how pictures are shown to a network', () => {
  it.each([
    ['DPC, own size: padded to 16 k + 1', top1, undefined, cityscapes, [1025, 2049]],
    ['DPC, the size at which a trial was ranked: the picture without its padding', top1, [513, 1025], cityscapes, [513, 1025]],
    ['DPC, a size of pictures', top1, [512, 1024], cityscapes, [513, 1025]],
    ['DPC, an odd size', top1, undefined, { height: 375, width: 500 }, [385, 513]],
    ['DPC at output stride 8', atStride8, undefined, { height: 375, width: 500 }, [377, 505]],
    ['HR-NAS: no padding', findPublished('hr-nas:cs2'), undefined, cityscapes, [1024, 2048]],
    ['HR-NAS, scaled', findPublished('hr-nas:cs2'), [512, 1024], cityscapes, [512, 1024]],
  ] as const)('%s', (_, arch, fit, picture, expected) => {
    expect(networkSize(pictureRules(arch, fit), picture)).toEqual(expected);
  });

  it('each has its normalisation and its way to enlarge outputs', () => {
    expect(pictureRules(top1, undefined)).toMatchObject({
      transform: { normalization: { mean: [127.5, 127.5, 127.5] } },
      options: { alignCorners: true },
    });
    expect(pictureRules(findPublished('hr-nas:cs2'), undefined)).toMatchObject({
      transform: { normalization: { mean: [123.675, 116.28, 103.53] } },
      options: { alignCorners: false },
    });
  });
});

import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../datasets/random.ts';
import type { SegmentationSample } from '../../../datasets/source.ts';
import { distortColors, defaultPhotometricOptions, packHsv } from '../../../datasets/transforms/photometric.ts';
import { fitSize, scaleLabels, scaleRgb } from '../../../datasets/transforms/resample.ts';
import {
  cityscapesEvaluation,
  cityscapesTraining,
  plusMinusOneNormalization,
  transformSegmentation,
  type SegmentationTraining,
} from '../../../datasets/transforms/segmentation.ts';
import { scriptedRandom } from '../scripted-random.ts';

const height = 6;
const width = 10;

/** Every pixel and label tells its place; label 0 on the left, 1 on the right half. */
function sampleOf(h = height, w = width, label = (_y: number, x: number): number => (x < w / 2 ? 0 : 1)): SegmentationSample {
  const rgb = Uint8Array.from({ length: h * w * 3 }, (_, i) => (Math.floor(i / 3 / w) * 20 + (Math.floor(i / 3) % w) * 3 + (i % 3)) % 256);
  const labels = Uint8Array.from({ length: h * w }, (_, i) => label(Math.floor(i / w), i % w));
  return { kind: 'segmentation', key: 'k', height: h, width: w, rgb, labels };
}

const plain: SegmentationTraining = {
  ...cityscapesTraining,
  scale: [1, 1],
  flipProbability: 0,
  photometric: false,
  base: [height, width],
  crop: [height, width],
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
};

describe('training', () => {
  test('a scale in steps: each of 0.5, 0.75, ... 2 as likely as the others, nothing between them', () => {
    const steps = { ...plain, base: [8, 8], crop: [16, 16], scale: [0.5, 2], scaleStep: 0.25 } as const;
    const scales = Array.from({ length: 7 }, (_, i) => {
      const input = transformSegmentation(sampleOf(8, 8), steps, scriptedRandom([(i + 0.5) / 7, 0, 0, 0.9]));
      return input.labels.subarray(0, 16).filter((label) => label !== 255).length / 8; // labelled columns
    });
    expect(scales).toEqual([0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]);
  });

  test('scale 1, crop of the whole, no flip: the picture itself', () => {
    const sample = sampleOf();
    const input = transformSegmentation(sample, plain, createRandom(0));
    expect([...input.image]).toEqual([...sample.rgb]);
    expect(input.labels).toEqual(sample.labels);
  });

  test('flip mirrors image and labels together', () => {
    const sample = sampleOf();
    const input = transformSegmentation(sample, { ...plain, flipProbability: 1 }, createRandom(0));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const mirrored = y * width + (width - 1 - x);
        expect(input.labels[y * width + x]).toBe(sample.labels[mirrored]);
        expect(input.image[3 * (y * width + x) + 1]).toBe(sample.rgb[3 * mirrored + 1]);
      }
    }
  });

  test('crop: image and labels from the same place', () => {
    const sample = sampleOf();
    // scale, top: floor(.5 * 4) = 2, left: floor(.5 * 6) = 3, then the flip.
    const input = transformSegmentation(sample, { ...plain, crop: [3, 5] }, scriptedRandom([0, 0.5, 0.5, 0.9]));
    expect([...input.labels]).toEqual([0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1]);
    expect(input.image[0]).toBe(sample.rgb[3 * (2 * width + 3)]);
    expect(input.image[3 * (2 * 5 + 4) + 2]).toBe(sample.rgb[3 * (4 * width + 7) + 2]);
  });

  test('normalised: (value - mean) / std by channel', () => {
    const sample = sampleOf();
    const input = transformSegmentation(sample, { ...plain, normalization: { mean: [10, 20, 30], std: [2, 4, 8] } }, createRandom(0));
    for (let i = 0; i < input.image.length; i++) {
      expect(input.image[i]).toBe(Math.fround(((sample.rgb[i] as number) - [10, 20, 30][i % 3]!) / [2, 4, 8][i % 3]!));
    }
  });

  test('a crop larger than the picture is padded right and below: image 0 after normalising, label 255', () => {
    const sample = sampleOf();
    const input = transformSegmentation(
      sample,
      { ...plain, crop: [8, 13], normalization: { mean: [9, 9, 9], std: [1, 1, 1] } },
      createRandom(0),
    );
    expect(input).toMatchObject({ height: 8, width: 13 });
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 13; x++) {
        const isInside = y < height && x < width;
        expect(input.labels[y * 13 + x]).toBe(isInside ? sample.labels[y * width + x] : 255);
        expect(input.image[3 * (y * 13 + x)]).toBe(isInside ? (sample.rgb[3 * (y * width + x)] as number) - 9 : 0);
      }
    }
  });

  test('75 % rule: a crop of one class is drawn again until two are seen', () => {
    const rule = { ...plain, crop: [height, 4], maxClassShare: 0.75, cropRetries: 10 } as const;
    // left 0 (one class), left 6 (one class), left 3 (two of four columns each): three tops and lefts, then the flip.
    const input = transformSegmentation(sampleOf(), rule, scriptedRandom([0, 0, 0, 0, 0.95, 0, 0.45, 0.9]));
    expect([...input.labels.slice(0, 4)]).toEqual([0, 0, 1, 1]);
  });

  test('75 % rule: exactly 75 % is drawn again, ignored pixels do not count', () => {
    const rule = { ...plain, crop: [1, 5], maxClassShare: 0.75, cropRetries: 1 } as const;
    const labels = [0, 0, 0, 1, 255, 0, 0, 1, 1, 255];
    const sample = sampleOf(1, 10, (_, x) => labels[x] as number);
    const input = transformSegmentation(sample, { ...rule, base: [1, 10] }, scriptedRandom([0, 0, 0, 0, 0.99, 0.9]));
    expect([...input.labels]).toEqual(labels.slice(5));
  });

  test('75 % rule: after the last retry the crop is taken as it is', () => {
    const rule = { ...plain, crop: [height, 4], maxClassShare: 0.75, cropRetries: 10 } as const;
    const input = transformSegmentation(
      sampleOf(height, width, () => 4),
      rule,
      scriptedRandom([0, ...Array.from({ length: 22 }, () => 0.3), 0.9]),
    );
    expect(new Set(input.labels)).toEqual(new Set([4]));
  });

  test('published settings on 40x80: sizes, finite values, labels of the picture or 255', () => {
    const sample = sampleOf(40, 80);
    const transform = { ...cityscapesTraining, base: [40, 80], crop: [20, 40] } as const;
    for (let seed = 0; seed < 20; seed++) {
      const input = transformSegmentation(sample, transform, createRandom(seed));
      expect(input.image).toHaveLength(20 * 40 * 3);
      expect(input.image.every((value) => Math.abs(value) < 3)).toBe(true);
      expect(input.labels.every((label) => label === 0 || label === 1 || label === 255)).toBe(true);
    }
  });

  test('the sample itself is never changed', () => {
    const sample = sampleOf(40, 80);
    const [rgb, labels] = [Uint8Array.from(sample.rgb), Uint8Array.from(sample.labels)];
    transformSegmentation(sample, { ...cityscapesTraining, base: [40, 80], crop: [40, 80] }, createRandom(3));
    expect(sample.rgb).toEqual(rgb);
    expect(sample.labels).toEqual(labels);
  });
});

describe('evaluation', () => {
  test('without a size: the whole picture, labels as they are', () => {
    const input = transformSegmentation(sampleOf(), { ...cityscapesEvaluation, normalization: plain.normalization }, createRandom(0));
    expect([...input.image]).toEqual([...sampleOf().rgb]);
    expect(input.labels).toEqual(sampleOf().labels);
  });

  test('with a size: the image is scaled, the labels keep their size', () => {
    const input = transformSegmentation(sampleOf(), { ...cityscapesEvaluation, size: [3, 5] }, createRandom(0));
    expect(input).toMatchObject({ height: 3, width: 5, labelHeight: 6, labelWidth: 10 });
    expect(input.image).toHaveLength(45);
  });
});

describe('evaluation with padding (DeepLab)', () => {
  const deepLab = { ...cityscapesEvaluation, normalization: plusMinusOneNormalization } as const;

  test('bytes become -1 to 1; the picture lies at the top left, right of and below it the image is 0, labels are left alone', () => {
    const input = transformSegmentation(sampleOf(), { ...deepLab, pad: [7, 11] }, createRandom(0));
    expect(input).toMatchObject({ height: 7, width: 11, picture: [6, 10], labelHeight: 6, labelWidth: 10 });
    for (let y = 0; y < 7; y++) {
      for (let x = 0; x < 11; x++) {
        const byte = y < 6 && x < 10 ? (sampleOf().rgb[3 * (y * width + x)] as number) : 127.5;
        expect(input.image[3 * (y * 11 + x)]).toBeCloseTo((byte * 2) / 255 - 1, 6);
      }
    }
  });

  test('scaled first, then padded', () => {
    expect(transformSegmentation(sampleOf(), { ...deepLab, size: [3, 5], pad: [4, 6] }, createRandom(0))).toMatchObject({
      height: 4,
      width: 6,
      picture: [3, 5],
    });
  });

  test('a picture that does not fit is refused with both sizes', () => {
    expect(() => transformSegmentation(sampleOf(), { ...deepLab, pad: [7, 9] }, createRandom(0))).toThrow(/6x10, .* 7x9/);
  });
});

describe('scaling', () => {
  const whole = (h: number, w: number, toH: number, toW: number) => ({
    sourceHeight: h,
    sourceWidth: w,
    scaledHeight: toH,
    scaledWidth: toW,
    top: 0,
    left: 0,
    height: toH,
    width: toW,
  });

  test('bilinear, half-pixel centres: 1x2 to 1x4', () => {
    // Centres fall on -0.25, 0.25, 0.75, 1.25: 0, 25, 75, 100 between 0 and 100.
    const out = scaleRgb(Uint8Array.of(0, 0, 0, 100, 100, 100), whole(1, 2, 1, 4));
    expect([...out].filter((_, i) => i % 3 === 0)).toEqual([0, 25, 75, 100]);
  });

  test('nearest takes floor(i * source / scaled): 1x4 to 1x3', () => {
    expect([...scaleLabels(Uint8Array.of(10, 11, 12, 13), whole(1, 4, 1, 3))]).toEqual([10, 11, 12]);
  });

  test('a window equals the same part of the whole scaled picture', () => {
    const sample = sampleOf(7, 9);
    const full = { ...whole(7, 9, 11, 14) };
    const part = { ...full, top: 3, left: 5, height: 4, width: 6 };
    const [rgb, labels] = [scaleRgb(sample.rgb, full), scaleLabels(sample.labels, full)];
    const [partRgb, partLabels] = [scaleRgb(sample.rgb, part), scaleLabels(sample.labels, part)];
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 6; x++) {
        const from = (y + 3) * 14 + x + 5;
        expect(partLabels[y * 6 + x]).toBe(labels[from]);
        expect([...partRgb.slice(3 * (y * 6 + x), 3 * (y * 6 + x) + 3)]).toEqual([...rgb.slice(3 * from, 3 * from + 3)]);
      }
    }
  });

  test.each([
    [1024, 2048, 512, 1024, 512, 1024],
    [480, 640, 1024, 2048, 1024, 1365],
    [640, 480, 1024, 2048, 1365, 1024],
    [7, 9, 1, 2, 1, 1],
  ])('%ix%i fits into %ix%i as %ix%i', (h, w, baseH, baseW, height_, width_) => {
    expect(fitSize(h, w, baseH, baseW)).toEqual({ height: height_, width: width_ });
  });
});

describe('colours', () => {
  // Chances below .5 happen: brightness, contrast first, contrast, saturation, hue (and contrast last).
  test('nothing happens when every coin says no', () => {
    const rgb = Uint8Array.of(10, 120, 250);
    distortColors(rgb, defaultPhotometricOptions, scriptedRandom([0.9, 0.9, 0.9, 0.9, 0.9]));
    expect([...rgb]).toEqual([10, 120, 250]);
  });

  test('brightness +32, then contrast x1.5 first; cut to whole numbers 0..255', () => {
    const rgb = Uint8Array.of(10, 101, 250);
    distortColors(rgb, defaultPhotometricOptions, scriptedRandom([0, 1, 0, 0, 1, 0.9, 0.9]));
    // 42, 133, 255 -> 63, 199.5, 382.5
    expect([...rgb]).toEqual([63, 199, 255]);
  });

  test('saturation 0.5 and no other: half as far from the largest channel', () => {
    const rgb = Uint8Array.of(200, 100, 100);
    distortColors(rgb, defaultPhotometricOptions, scriptedRandom([0.9, 0.9, 0, 0, 0.9, 0.9]));
    // S = 128 of 255 -> 64; low = 200 * (1 - 64 / 255) = 149.8
    expect([...rgb]).toEqual([200, 150, 150]);
  });

  test('hue shifts by at most 18 of 180, red by +15 becomes orange', () => {
    const rgb = Uint8Array.of(255, 0, 0);
    distortColors(rgb, defaultPhotometricOptions, scriptedRandom([0.9, 0.9, 0.9, 0, 33 / 36, 0.9]));
    // (33 - 18) of 180 = 30 degrees: green at half.
    expect([...rgb]).toEqual([255, 128, 0]);
  });

  test('HSV of pure colours: hue in half degrees', () => {
    for (const [red, green, blue, hue, saturation, value] of [
      [255, 0, 0, 0, 255, 255],
      [0, 255, 0, 60, 255, 255],
      [0, 0, 255, 120, 255, 255],
      [255, 0, 1, 0, 255, 255],
      [200, 100, 150, 165, 128, 200],
      [90, 90, 90, 0, 0, 90],
      [0, 0, 0, 0, 0, 0],
    ] as const) {
      expect(packHsv(red, green, blue)).toBe(hue * 65536 + saturation * 256 + value);
    }
  });
});

import { describe, expect, test } from 'vitest';
import { CITYSCAPES_CLASSES } from '../../datasets/cityscapes/labels.ts';
import { blend, classLayer, errorColors, errorLayer, layerSize, resizeLabels } from '../../datasets/picture-layers.ts';

const [road, sky, ignored] = [0, 10, 255];
const picture = (labels: readonly number[], width = labels.length) => ({
  height: labels.length / width,
  width,
  labels: Uint8Array.from(labels),
});
const pixel = (data: Uint8Array, i: number) => [...data.subarray(4 * i, 4 * i + 4)];

describe('layers of a sample', () => {
  test('size: never larger than the picture, aspect kept, at least one row', () => {
    expect(layerSize({ height: 512, width: 1024 }, 256)).toEqual({ height: 128, width: 256 });
    expect(layerSize({ height: 7, width: 9 }, 400)).toEqual({ height: 7, width: 9 });
    expect(layerSize({ height: 3, width: 1000 }, 10)).toEqual({ height: 1, width: 10 });
  });

  test('smaller labels are labels of the picture, never a mean of two', () => {
    const small = resizeLabels(picture([road, sky, road, sky, road, sky], 6), { height: 1, width: 3 });
    expect([...small.labels]).toEqual([road, road, road]);
  });

  test('classes in their colours, ignored ones half transparent and striped, an id of no class not at all', () => {
    const layer = classLayer(picture([road, sky, ignored, 99]), CITYSCAPES_CLASSES);
    expect(pixel(layer, 0)).toEqual([128, 64, 128, 255]);
    expect(pixel(layer, 1)).toEqual([70, 130, 180, 255]);
    expect(pixel(layer, 2)[3]).toBeGreaterThan(0);
    expect(pixel(layer, 3)).toEqual([0, 0, 0, 0]);
  });

  test('errors: wrong pixels only, none where the truth is ignored', () => {
    const layer = errorLayer(picture([road, road, ignored]), picture([road, sky, sky]));
    expect([0, 1, 2].map((i) => pixel(layer, i)[3])).toEqual([0, 255, 0]);
  });

  test('errors of one class: its hits, what was missed, what was invented; other mistakes stay out', () => {
    const truth = picture([sky, sky, road, road, ignored]);
    const layer = errorLayer(truth, picture([sky, road, sky, 2, sky]), sky);
    expect(pixel(layer, 0)).toEqual([...errorColors.hit, 255]);
    expect(pixel(layer, 1)).toEqual([...errorColors.missed, 255]);
    expect(pixel(layer, 2)).toEqual([...errorColors.invented, 255]);
    expect([3, 4].map((i) => pixel(layer, i)[3])).toEqual([0, 0]);
  });

  test('blending weighs by opacity and by the layer itself', () => {
    const rgb = Uint8Array.of(100, 100, 100, 50, 50, 50);
    blend(rgb, Uint8Array.of(200, 0, 100, 255, 200, 0, 100, 0), 0.5);
    expect([...rgb]).toEqual([150, 50, 100, 50, 50, 50]);
  });
});

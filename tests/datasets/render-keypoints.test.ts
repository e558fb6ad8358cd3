import { describe, expect, test } from 'vitest';
import { decodePng } from '../../datasets/decode/png-decode.ts';
import { keypointsLayer, renderKeypoints, skeletonColors } from '../../datasets/render-keypoints.ts';
import type { KeypointsSample, PersonLabel } from '../../datasets/source.ts';

const height = 70;
const width = 90;

function person(joints: Readonly<Record<number, readonly [number, number, number]>>, changes: Partial<PersonLabel> = {}): PersonLabel {
  const keypoints = new Array<number>(51).fill(0);
  for (const [joint, values] of Object.entries(joints)) values.forEach((value, i) => (keypoints[3 * Number(joint) + i] = value));
  return { id: 1, box: [5, 5, 60, 50], keypoints, areaPx2: 900, isCrowd: false, labelledJoints: 1, score: 1, ...changes };
}

function sampleOf(persons: readonly PersonLabel[]): KeypointsSample {
  return { kind: 'keypoints', key: 'k', height, width, rgb: new Uint8Array(height * width * 3).fill(100), imageId: 1, persons };
}

const at = (layer: Uint8Array, x: number, y: number, layerWidth = width): number[] => {
  const start = 4 * (y * layerWidth + x);
  return [...layer.slice(start, start + 4)];
};
const layerOf = (persons: readonly PersonLabel[], options: Parameters<typeof keypointsLayer>[2] = {}): Uint8Array =>
  keypointsLayer(sampleOf(persons), { height, width }, { hasBoxes: false, ...options });
const { labels, predictions, crowd, box } = skeletonColors;
const leftShoulder = 5;
const rightShoulder = 6;
const leftElbow = 7;
const nose = 0;

describe('skeletons', () => {
  test("joints in the colour of the person's own side: visible filled, hidden hollow, not labelled left out", () => {
    const layer = layerOf([person({ [leftShoulder]: [20, 30, 2], [rightShoulder]: [50, 40, 1], [nose]: [70, 10, 0] })]);
    expect(at(layer, 20, 30)).toEqual([...labels.left, 255]);
    expect(at(layer, 52, 40).slice(0, 3)).toEqual([...labels.right]);
    expect(at(layer, 70, 10)).toEqual([0, 0, 0, 0]);
  });

  test('a hollow joint shows the picture in its middle', () => {
    const layer = layerOf([person({ [nose]: [40, 40, 1] })]);
    expect(at(layer, 40, 40)[3]).toBe(0);
    expect(at(layer, 42, 40)[3]).toBeGreaterThan(100);
  });

  test('limbs join labelled joints only, in the colour of their side; between both sides in neither', () => {
    const layer = layerOf([person({ [leftShoulder]: [20, 30, 2], [leftElbow]: [20, 60, 2], [rightShoulder]: [60, 30, 2] })]);
    expect(at(layer, 20, 45)).toEqual([...labels.left, 255]);
    expect(at(layer, 40, 30)).toEqual([...labels.middle, 255]);
    const without = layerOf([person({ [leftShoulder]: [20, 30, 2], [leftElbow]: [20, 60, 0] })]);
    expect(at(without, 20, 45)[3]).toBe(0);
  });

  test('a smaller layer has everything in its place', () => {
    const layer = keypointsLayer(sampleOf([person({ [leftShoulder]: [60, 40, 2] })]), { height: 35, width: 45 }, { hasBoxes: false });
    expect(layer).toHaveLength(35 * 45 * 4);
    // Centre of pixel 60 is 60.5 of 90, hence 30.25 of 45: inside of pixel 30.
    expect(at(layer, 30, 20, 45)).toEqual([...labels.left, 255]);
  });

  test('predictions beside labels or alone, joints by their score', () => {
    const predicted = person({ [leftShoulder]: [20, 30, 0.9], [leftElbow]: [20, 60, 0.1] }).keypoints;
    const options = { predictions: [{ keypoints: predicted, score: 0.5 }] };
    const alone = layerOf([person({ [nose]: [60, 20, 2] })], { ...options, hasLabels: false });
    expect(at(alone, 20, 30)).toEqual([...predictions.left, 255]);
    expect(at(alone, 20, 60)[3]).toBe(0);
    expect(at(alone, 60, 20)[3]).toBe(0);
    expect(at(layerOf([person({ [nose]: [60, 20, 2] })], options), 60, 20)).toEqual([...labels.middle, 255]);
  });
});

test('boxes are framed, and can be left out', () => {
  const framed = layerOf([person({})], { hasBoxes: true });
  expect(at(framed, 30, 5).slice(0, 3)).toEqual([...box]);
  expect(at(framed, 30, 30)[3]).toBe(0);
  expect(layerOf([person({})]).every((value) => value === 0)).toBe(true);
});

test('crowds are striped where their mask is, without a mask where their box is; no skeleton', () => {
  const rest = height * width - 10 * height - 20;
  // Columns from the top: 20 px of column 10.
  const mask = { height, width, counts: [10 * height, 20, rest] };
  const joints = { [nose]: [60, 40, 2] } as const;
  const masked = layerOf([person(joints, { isCrowd: true, mask })]);
  expect(at(masked, 10, 6).slice(0, 3)).toEqual([...crowd]);
  expect(new Set([4, 5, 6, 7, 8, 9, 10, 11].map((y) => at(masked, 10, y)[3])).size).toBe(2);
  expect(at(masked, 10, 20)[3]).toBe(0);
  expect(at(masked, 11, 5)[3]).toBe(0);
  expect(at(masked, 60, 40)[3]).toBe(0);
  const boxed = layerOf([person(joints, { isCrowd: true })]);
  expect(at(boxed, 64, 54)[3]).toBeGreaterThan(0);
  expect(at(boxed, 66, 54)[3]).toBe(0);
});

test('renderKeypoints: a PNG of the picture under its persons; the sample is not changed', () => {
  const sample = sampleOf([person({ [leftShoulder]: [20, 30, 2] })]);
  const { data8, ...size } = decodePng(renderKeypoints(sample));
  expect(size).toMatchObject({ height, width });
  expect([...(data8 as Uint8Array).slice(3 * (30 * width + 20), 3 * (30 * width + 20) + 3)]).toEqual([...labels.left]);
  expect([...(data8 as Uint8Array).slice(0, 3)]).toEqual([100, 100, 100]);
  expect(new Set(sample.rgb)).toEqual(new Set([100]));
});

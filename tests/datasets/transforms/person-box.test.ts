import { expect, test } from 'vitest';
import { createRandom } from '../../../datasets/random.ts';
import { cropOfBox, jitterBox, type Box } from '../../../datasets/transforms/person-box.ts';
import { scriptedRandom } from '../scripted-random.ts';

const aspect = 192 / 256;

test('a narrow box is widened: 10, 20, 100, 200 has its middle at 60, 120 and becomes 187.5 x 250 px', () => {
  expect(cropOfBox([10, 20, 100, 200], aspect)).toEqual({ centre: [60, 120], scale: [0.9375, 1.25] });
});

test('a wide box is heightened', () => {
  const { centre, scale } = cropOfBox([0, 10, 300, 100], aspect);
  expect(centre).toEqual([150, 60]);
  expect(scale[0] * 200).toBeCloseTo(375, 10);
  expect(scale[1] * 200).toBeCloseTo(500, 10);
});

test('a box without extent still has a crop', () => {
  const { centre, scale } = cropOfBox([7, 9, 0, 0], aspect);
  expect(centre).toEqual([7, 9]);
  expect(scale[0]).toBeGreaterThan(0);
  expect(scale[1]).toBeCloseTo(scale[0] / aspect, 12);
});

test('the middle moves by up to a share of the sides, the extent stays', () => {
  const box: Box = [10, 20, 100, 200];
  expect(jitterBox(box, { probability: 0.3, share: 0.25 }, scriptedRandom([0.3]))).toEqual(box);
  expect(jitterBox(box, { probability: 0.3, share: 0.25 }, scriptedRandom([0.29, 0, 0.75]))).toEqual([-15, 45, 100, 200]);
});

test('three boxes in ten are moved', () => {
  const random = createRandom(5);
  const moved = Array.from({ length: 2000 }, () => jitterBox([0, 0, 10, 10], { probability: 0.3, share: 0.2 }, random)[0] !== 0);
  expect(moved.filter(Boolean).length / 2000).toBeCloseTo(0.3, 1);
});

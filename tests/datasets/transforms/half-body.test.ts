import { expect, test } from 'vitest';
import { createRandom } from '../../../datasets/random.ts';
import type { Crop } from '../../../datasets/transforms/affine.ts';
import { cropHalfBody } from '../../../datasets/transforms/half-body.ts';
import type { Joint } from '../../../datasets/transforms/joints.ts';
import { scriptedRandom } from '../scripted-random.ts';

const whole: Crop = { centre: [1, 2], scale: [3, 4] };
const options = { probability: 0.3, minJoints: 8 };
const aspect = 0.75;
/** The two uniform numbers behind the normal numbers 0 and 2.15. */
const zero = [0, 0];
const large = [0.9, 0];
const isUpper = (joint: number): boolean => joint < 11;

/** Joint i at 10 i, 20 i + 100. */
function jointsWith(isLabelled: (joint: number) => boolean): readonly Joint[] {
  return Array.from({ length: 17 }, (_, i) => ({ x: 10 * i, y: 20 * i + 100, isLabelled: isLabelled(i) }));
}

function cut(isLabelled: (joint: number) => boolean, values: readonly number[]): { readonly crop: Crop; readonly left: number } {
  const random = scriptedRandom(values);
  return { crop: cropHalfBody(whole, jointsWith(isLabelled), isUpper, aspect, options, random), left: random.left() };
}

test('8 labelled joints are not more than 8: nothing is drawn', () => {
  expect(cut((joint) => joint < 8, [])).toEqual({ crop: whole, left: 0 });
});

test('seven in ten persons stay whole', () => {
  expect(cut(() => true, [0.3])).toEqual({ crop: whole, left: 0 });
});

test('a normal number below 0.5: the upper joints, about their mean, 1.5 times their extent', () => {
  // joints 0..10: x 0..100, y 100..300 -> 150 x 200 by the aspect -> times 1.5, in units of 200 px
  const { crop } = cut(() => true, [0.2, ...zero]);
  expect(crop.centre).toEqual([50, 200]);
  expect(crop.scale[0]).toBeCloseTo(1.125, 12);
  expect(crop.scale[1]).toBeCloseTo(1.5, 12);
});

test('else the lower ones', () => {
  const { crop } = cut(() => true, [0.2, ...large]);
  expect(crop.centre).toEqual([135, 370]);
  expect(crop.scale[1]).toBeCloseTo((100 * 1.5) / 200, 12);
});

test('two joints below are too few: the upper ones; two above: the lower ones', () => {
  expect(cut((joint) => joint < 13, [0.2, ...large]).crop.centre).toEqual([50, 200]);
  const fewAbove = { ...options, minJoints: 6 };
  const joints = jointsWith((joint) => joint >= 9);
  expect(cropHalfBody(whole, joints, isUpper, aspect, fewAbove, scriptedRandom([0.2, ...zero])).centre).toEqual([135, 370]);
});

test('the mean is of labelled joints alone', () => {
  expect(cut((joint) => joint !== 10, [0.2, ...zero]).crop.centre).toEqual([45, 190]);
});

test('the upper half is taken in 69 % of the cases', () => {
  const random = createRandom(1);
  const always = { probability: 1, minJoints: 8 };
  const joints = jointsWith(() => true);
  const upper = Array.from({ length: 4000 }, () => cropHalfBody(whole, joints, isUpper, aspect, always, random).centre[0] === 50);
  expect(Math.abs(upper.filter(Boolean).length / 4000 - 0.6915)).toBeLessThan(0.03);
});

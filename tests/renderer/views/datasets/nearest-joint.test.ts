import { expect, test } from 'vitest';
import { nearestJoint } from '../../../../renderer/views/datasets/nearest-joint.ts';

const joints = ['nose', 'left_eye'];
const person = (keypoints: readonly number[], isPredicted = false) => ({
  box: [0, 0, 10, 10] as const,
  keypoints,
  isPredicted,
  isCrowd: false,
});

test('the nearest joint within reach is named with its person and visibility', () => {
  const persons = [person([10, 10, 2, 14, 10, 1]), person([40, 40, 1, 0, 0, 0])];
  expect(nearestJoint(persons, joints, { x: 13, y: 10 }, 5)).toBe('left eye of person 1, hidden');
  expect(nearestJoint(persons, joints, { x: 11, y: 10 }, 5)).toBe('nose of person 1, visible');
  expect(nearestJoint(persons, joints, { x: 41, y: 41 }, 5)).toBe('nose of person 2, hidden');
});

test('nothing beyond reach, and no joint that is not labelled', () => {
  expect(nearestJoint([person([10, 10, 2, 0, 0, 0])], joints, { x: 1, y: 1 }, 5)).toBeUndefined();
  expect(nearestJoint([], joints, { x: 1, y: 1 }, 5)).toBeUndefined();
});

test('a predicted joint has its confidence, however low', () => {
  expect(nearestJoint([person([10, 10, 0.04, 0, 0, 0], true)], joints, { x: 10, y: 11 }, 5)).toBe('nose of person 1, confidence 0.04');
});

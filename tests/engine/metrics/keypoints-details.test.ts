import { expect, it } from 'vitest';
import { keypointsDetails } from '../../../engine/metrics/keypoints-details.ts';
import { scoredPictures } from '../../../engine/metrics/keypoints-results.ts';
import type { TruePerson } from '../../../engine/metrics/keypoints-truth.ts';

const at = (x: number, v: number): number[] => Array.from({ length: 17 }, (_, joint) => (joint < 2 ? [x, 10, v] : [0, 0, 0])).flat();
const person = (id: number, imageId: number, x: number, rest: Partial<TruePerson> = {}): TruePerson => ({
  id,
  imageId,
  box: [0, 0, 100, 100],
  areaPx2: 10000,
  isCrowd: false,
  labelledJoints: 2,
  keypoints: at(x, 2),
  ...rest,
});

it('by joint and picture: found persons by their similarity, others as 0, crowds not at all', () => {
  const truth = {
    imageIds: [1, 2, 3],
    persons: [
      person(1, 1, 100),
      person(2, 1, 4000),
      person(3, 2, 50),
      person(4, 3, 0, { labelledJoints: 0, keypoints: at(0, 0), isCrowd: true }),
    ],
  };
  // the noses 6 px off: e = 36 / (.005408 x 10000); the eyes are right
  const keypoints = at(100, 1).map((value, i) => (i === 0 ? value + 6 : value));
  const results = [
    { imageId: 1, score: 1, keypoints },
    { imageId: 2, score: 1, keypoints: at(50, 1) },
  ];
  const { joints, pictures } = keypointsDetails(scoredPictures(truth, results));
  const nose = Math.exp(-36 / 54.08);
  expect(joints.labelled.slice(0, 3)).toEqual([3, 3, 0]);
  expect(joints.similarity[0]).toBeCloseTo((nose + 1) / 3, 12);
  expect(joints.similarity.slice(1, 3)).toEqual([2 / 3, null]);
  expect(joints.found.slice(0, 3)).toEqual([2 / 3, 2 / 3, null]);
  expect(pictures.map(({ imageId }) => imageId)).toEqual([1, 2, 3]);
  expect(pictures[0]!.similarity).toBeCloseTo((nose + 1) / 4, 12);
  expect(pictures.slice(1).map(({ similarity }) => similarity)).toEqual([1, null]);
});

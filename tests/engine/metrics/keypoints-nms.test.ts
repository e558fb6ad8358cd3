import { describe, expect, it } from 'vitest';
import { cropAreaPx2, personScore, suppressAlike, suppressAlikeByPicture } from '../../../engine/metrics/keypoints-nms.ts';
import { similarityOfPredictions } from '../../../engine/metrics/keypoints-oks.ts';

const joints = (shift: number): number[] => Array.from({ length: 17 }, (_, i) => [10 * i + shift, 5 * i, 0.9]).flat();
const pose = (shift: number, score: number, imageId = 1, areaPx2 = 20000) => ({ imageId, score, keypoints: joints(shift), areaPx2 });

describe('persons that are too alike', () => {
  it.each([
    [2, 0.990422],
    [8, 0.868539],
    [12, 0.752459],
  ])('moved by %i px on 20000 and 30000 px2: similarity %d', (shift, expected) => {
    expect(similarityOfPredictions(joints(0), 20000, joints(shift), 30000)).toBeCloseTo(expected, 6);
  });

  it('2 px: the worse one is dropped, 8 px: both stay, best first', () => {
    const [best, near, far] = [pose(0, 0.9), pose(2, 0.8, 1, 30000), pose(8, 0.7, 1, 30000)];
    expect(suppressAlike([far, near, best], 0.9)).toEqual([best, far]);
  });

  it('a dropped one drops nobody; the threshold itself stays', () => {
    const [a, b, c] = [pose(0, 0.9), pose(5, 0.8), pose(10, 0.7)];
    const likeness = similarityOfPredictions(a.keypoints, 20000, b.keypoints, 20000);
    expect(suppressAlike([a, b, c], likeness - 1e-9)).toEqual([a, c]);
    expect(suppressAlike([a, b, c], likeness)).toEqual([a, b, c]);
  });

  it('the same place in two pictures: both stay', () => {
    const poses = [pose(0, 0.5, 3), pose(0, 0.9, 2)];
    expect(suppressAlikeByPicture(poses, 0.9)).toEqual(poses);
  });
});

describe('score of a person', () => {
  it('the box times the mean of the joints above the threshold', () => {
    expect(personScore(0.5, [0, 0, 0.2, 0, 0, 0.6, 0, 0, 0.8], 0.2)).toBeCloseTo(0.35, 12);
  });

  it('no joint above it: 0', () => {
    expect(personScore(1, [0, 0, 0.1, 0, 0, -3], 0.2)).toBe(0);
  });

  it('the area is that of the crop', () => {
    expect(cropAreaPx2([0.9375, 1.25])).toBe(187.5 * 250);
  });
});

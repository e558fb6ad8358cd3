import { describe, expect, it } from 'vitest';
import { jointSimilarities, objectKeypointSimilarity } from '../../../engine/metrics/keypoints-oks.ts';
import type { TruePerson } from '../../../engine/metrics/keypoints-truth.ts';

const labelled = (areaPx2: number, joints: Readonly<Record<number, readonly [number, number]>>): TruePerson => ({
  id: 1,
  imageId: 1,
  box: [400, 400, 50, 60],
  areaPx2,
  isCrowd: false,
  labelledJoints: Object.keys(joints).length,
  keypoints: Array.from({ length: 17 }, (_, joint) => (joints[joint] === undefined ? [0, 0, 0] : [...joints[joint], 1])).flat(),
});
const predicted = (joints: Readonly<Record<number, readonly [number, number]>>, elsewhere: readonly [number, number] = [7, 7]): number[] =>
  Array.from({ length: 17 }, (_, joint) => [...(joints[joint] ?? elsewhere), 1]).flat();

describe('similarity of key points', () => {
  it('nose off by (3, 4), a shoulder by (10, 0), a hip exact on 10000 px2: the mean of the three terms', () => {
    const truth = labelled(10000, { 0: [50, 50], 5: [80, 90], 11: [60, 150] });
    const seen = predicted({ 0: [53, 54], 5: [90, 90], 11: [60, 150] });
    const terms = jointSimilarities(truth, seen);
    // e = 25 / (.005408 x 10000), 100 / (.049928 x 10000)
    expect(terms[0]).toBeCloseTo(0.629847, 6);
    expect(terms[5]).toBeCloseTo(0.818495, 6);
    expect(objectKeypointSimilarity(truth, seen)).toBeCloseTo(0.8161139, 7);
  });

  it('one nose off by 3 px on 5000 px2', () => {
    expect(objectKeypointSimilarity(labelled(5000, { 0: [300, 300] }), predicted({ 0: [303, 300] }))).toBeCloseTo(0.716885, 6);
  });

  it('a person with itself: 1', () => {
    const truth = labelled(1, { 3: [1, 2], 9: [5, 6] });
    expect(objectKeypointSimilarity(truth, truth.keypoints)).toBe(1);
  });

  it('without labels: 1 anywhere in the box grown threefold, less beyond it', () => {
    const truth = labelled(2500, {});
    expect(objectKeypointSimilarity(truth, predicted({}, [350, 520]))).toBe(1);
    expect(objectKeypointSimilarity(truth, predicted({}, [500, 340]))).toBe(1);
    // one joint of 17 lies 3 px left of it: e = 9 / (.005408 x 2500)
    expect(objectKeypointSimilarity(truth, predicted({ 0: [347, 400] }, [400, 400]))).toBeCloseTo(
      (16 + Math.exp(-9 / (0.005408 * 2500))) / 17,
      12,
    );
    expect(objectKeypointSimilarity(truth, predicted({ 0: [400, 523] }, [400, 400]))).toBeCloseTo(
      (16 + Math.exp(-9 / (0.005408 * 2500))) / 17,
      12,
    );
  });
});

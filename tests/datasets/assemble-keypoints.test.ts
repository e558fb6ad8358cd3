import { expect, test } from 'vitest';
import { assembleKeypoints } from '../../datasets/assemble-keypoints.ts';
import type { KeypointsSample, PersonLabel, Sample } from '../../datasets/source.ts';
import { cocoEvaluation, cocoTraining, type KeypointsTraining } from '../../datasets/transforms/keypoints.ts';

const evaluation = { ...cocoEvaluation, inputSize: [32, 24], sigma: 1 } as const;
const jitterOnly: KeypointsTraining = {
  ...cocoTraining,
  ...evaluation,
  kind: 'train',
  flipProbability: 0,
  halfBody: { probability: 0, minJoints: 8 },
  scaleFactor: 0,
  rotationProbability: 0,
  centreJitter: { probability: 1, share: 0.2 },
};

function personOf(id: number): PersonLabel {
  const keypoints = Array.from({ length: 17 }, (_, joint) => [10 + joint, 12 + joint, 2]).flat();
  return { id, box: [8, 10, 20, 20], keypoints, areaPx2: 100, isCrowd: false, labelledJoints: 17, score: 0.5 + id / 100 };
}

function sampleOf(id: number, persons: readonly PersonLabel[] = [personOf(id)]): KeypointsSample {
  return { kind: 'keypoints', key: `k${id}`, height: 40, width: 50, rgb: new Uint8Array(40 * 50 * 3).fill(id), imageId: 100 + id, persons };
}

const at = (index: number, epoch = 0) => ({ split: 'train', index, epoch });

test('persons lie one after another, with where they were cut out', () => {
  const both = assembleKeypoints(4, [at(0), at(1)], [sampleOf(3), sampleOf(9)], evaluation, 1);
  const second = assembleKeypoints(4, [at(1)], [sampleOf(9)], evaluation, 1);
  expect(both).toMatchObject({ kind: 'keypoints', step: 4, size: 2, height: 32, width: 24, heatHeight: 8, heatWidth: 6, joints: 17 });
  expect([both.images.length, both.targets.length, both.targetWeights.length]).toEqual([2 * 32 * 24 * 3, 2 * 8 * 6 * 17, 2 * 17]);
  expect(both.images.subarray(32 * 24 * 3)).toEqual(second.images);
  expect(both.targets.subarray(8 * 6 * 17)).toEqual(second.targets);
  expect(both.keys).toEqual(['k3', 'k9']);
  expect(both.persons[1]).toEqual({ imageId: 109, centre: [18, 20], scale: second.persons[0]?.scale, score: 0.59 });
});

test('the middle of the box is moved once for each person: the same in every epoch and place, others for others and other seeds', () => {
  const centre = (id: number, place: ReturnType<typeof at>, seed = 1) =>
    assembleKeypoints(0, [place], [sampleOf(id)], jitterOnly, seed).persons[0]?.centre;
  expect(centre(3, at(0, 5))).toEqual(centre(3, at(0, 0)));
  expect(centre(3, at(8, 1))).toEqual(centre(3, at(0, 0)));
  expect(centre(4, at(0, 0))).not.toEqual(centre(3, at(0, 0)));
  expect(centre(3, at(0, 0), 2)).not.toEqual(centre(3, at(0, 0)));
  expect(Math.abs((centre(3, at(0))?.[0] ?? NaN) - 18)).toBeLessThanOrEqual(4);
});

test('other changes are new in every epoch and equal for equal seeds', () => {
  const images = (epoch: number) =>
    assembleKeypoints(0, [at(0, epoch)], [sampleOf(3)], { ...cocoTraining, inputSize: [32, 24] }, 1).persons[0]?.scale;
  expect(images(0)).toEqual(images(0));
  expect(images(1)).not.toEqual(images(0));
});

test.each([
  ['a picture without persons', 'one-person', sampleOf(1, [])],
  ['a picture with two persons', 'one-person', sampleOf(1, [personOf(1), personOf(2)])],
  ['a person with 3 joints', 'joint-count', sampleOf(1, [{ ...personOf(1), keypoints: [1, 2, 2, 3, 4, 2, 5, 6, 2] }])],
  [
    'a sample of another kind',
    'sample-kind',
    { kind: 'segmentation', key: 's', height: 1, width: 1, rgb: new Uint8Array(3), labels: new Uint8Array(1) } satisfies Sample,
  ],
])('%s is refused: %s', (_case, code, sample) => {
  expect(() => assembleKeypoints(0, [at(0)], [sample], evaluation, 1)).toThrow(expect.objectContaining({ code }));
});

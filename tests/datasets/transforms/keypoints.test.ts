import { describe, expect, test } from 'vitest';
import { MIRROR_OF } from '../../../datasets/coco-keypoints/joints.ts';
import { createRandom, type Random } from '../../../datasets/random.ts';
import type { KeypointsSample, PersonLabel } from '../../../datasets/source.ts';
import type { Crop } from '../../../datasets/transforms/affine.ts';
import {
  cocoEvaluation,
  cocoTraining,
  transformKeypoints,
  type KeypointsTraining,
  type KeypointsTransform,
} from '../../../datasets/transforms/keypoints.ts';
import { scriptedRandom } from '../scripted-random.ts';

const imageWidth = 90;
const imageHeight = 70;
const [height, width] = [64, 48];
const noise = createRandom(3);
const rgb = Uint8Array.from({ length: imageHeight * imageWidth * 3 }, () => noise.int(256));

/** 17 joints in and around the box, hidden and visible ones. */
function personWith(change: (joint: number) => readonly [number, number, number]): PersonLabel {
  const keypoints = Array.from({ length: 17 }, (_, joint) => change(joint)).flat();
  return { id: 7, box: [20, 10, 30, 48], keypoints, areaPx2: 900, isCrowd: false, labelledJoints: 17, score: 1 };
}

const person = personWith((joint) => [22 + ((joint * 7) % 27) + 0.3, 12 + ((joint * 11) % 44) + 0.4, 1 + (joint % 2)]);
const plain: KeypointsTraining = {
  ...cocoTraining,
  inputSize: [height, width],
  sigma: 1,
  flipProbability: 0,
  halfBody: { probability: 0, minJoints: 8 },
  scaleFactor: 0,
  rotationDegrees: 0,
  rotationProbability: 0,
  centreJitter: { probability: 0, share: 0 },
};
const evaluation = { ...cocoEvaluation, inputSize: [height, width], sigma: 1 } as const;

function run(transform: KeypointsTransform, of: PersonLabel = person, augment: Random = createRandom(0)) {
  const sample: KeypointsSample = { kind: 'keypoints', key: 'k', height: imageHeight, width: imageWidth, rgb, imageId: 1, persons: [of] };
  const input = {
    image: new Float32Array(height * width * 3),
    height: height / 4,
    width: width / 4,
    targets: new Float32Array((height * width * 17) / 16),
    weights: new Float32Array(17),
  };
  const crop: Crop = transformKeypoints(sample, of, transform, { augment, person: createRandom(9) }, input);
  const peak = (joint: number): readonly [number, number] => {
    const map = input.targets.filter((_, i) => i % 17 === joint);
    const at = map.indexOf(1);
    return [at % input.width, Math.floor(at / input.width)];
  };
  return { ...input, crop, peak };
}

describe('as the box says', () => {
  test('training without any change is what evaluation sees', () => {
    const [train, rank] = [run(plain), run(evaluation)];
    expect(train.crop).toEqual(rank.crop);
    expect(train.image).toEqual(rank.image);
    expect(train.targets).toEqual(rank.targets);
    expect([...train.weights]).toEqual(new Array<number>(17).fill(1));
  });

  test('the middle of the box is the middle of the crop; joints land where the crop shows them', () => {
    const middle = run(evaluation, personWith(() => [35, 34, 2]));
    expect(middle.crop.centre).toEqual([35, 34]);
    // 45 x 60 px of the picture are 48 x 64 of the crop: joint 24, 32 -> heat map 6.5, 8.5 cut
    expect(middle.peak(0)).toEqual([6, 8]);
  });

  test('hidden joints are targets like visible ones', () => {
    const hidden = run(evaluation, { ...person, keypoints: person.keypoints.map((value, i) => (i % 3 === 2 ? 1 : value)) });
    expect(hidden.targets).toEqual(run(evaluation).targets);
  });
});

describe('mirrored', () => {
  const flipped = run({ ...plain, flipProbability: 1 });
  const straight = run(plain);

  test('column j is column width - j of the crop that is not mirrored', () => {
    let most = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 1; x < width; x++) {
        for (let c = 0; c < 3; c++) {
          const mirrored = straight.image[3 * (y * width + width - x) + c] as number;
          most = Math.max(most, Math.abs((flipped.image[3 * (y * width + x) + c] as number) - mirrored));
        }
      }
    }
    expect(most).toBeLessThan(0.02); // one byte is 0.017
  });

  test('heat maps are mirrored and swapped, shifted right by the one pixel that the flip test shifts by', () => {
    for (let joint = 0; joint < 17; joint++) {
      const [x, y] = straight.peak(MIRROR_OF[joint] as number);
      expect(flipped.peak(joint)).toEqual([width / 4 - 1 - x + 1, y]);
    }
  });
});

describe('changed at random', () => {
  const all: KeypointsTraining = { ...cocoTraining, inputSize: [height, width], sigma: 1, centreJitter: { probability: 0, share: 0 } };
  /** Behind the normal numbers 0, 2.15 and -4.29. */
  const [zero, large, small] = [[0, 0], [0.9, 0], [0.9999, 0.5]] as const;

  test('flip-first: flip, half body, factor, turn; a factor and a turn are cut', () => {
    const random = scriptedRandom([0.4, 0.2, ...zero, ...large, ...small, 0.7]);
    const { crop } = run(all, person, random);
    expect(random.left()).toBe(0);
    const cut = { ...plain, halfBody: { probability: 1, minJoints: 8 } };
    const upper = run(cut, person, scriptedRandom([0.9, 0.2, ...zero, ...zero, ...zero, 0.9]));
    expect(crop.centre[0]).toBeCloseTo(imageWidth - 1 - upper.crop.centre[0], 9);
    expect(crop.scale[1]).toBeCloseTo(1.25 * upper.crop.scale[1], 9);
  });

  test('flip-last: half body, factor, turn, flip', () => {
    const random = scriptedRandom([0.9, ...small, ...zero, 0.7, 0.4]);
    const { crop } = run({ ...all, order: 'flip-last' }, person, random);
    expect(random.left()).toBe(0);
    const straight = run(plain);
    expect(crop.centre[0]).toBeCloseTo(imageWidth - 1 - straight.crop.centre[0], 9);
    expect(crop.scale[1]).toBeCloseTo(0.75 * straight.crop.scale[1], 9);
  });

  test('a turn of 60 degrees (cut at two deviations) about the middle of the crop: what was right of it is above', () => {
    const turned = { ...plain, rotationDegrees: 30, rotationProbability: 0.6, scaleFactor: 0 };
    const beside = personWith(() => [35 + 15, 34, 2]);
    const { peak } = run(turned, beside, scriptedRandom([0.9, 0.9, ...zero, ...large, 0.59]));
    // 2.15 * 30 is cut to 60: 16 px of the crop to the right become 8 to the right and 13.9 up
    expect(peak(0)).toEqual([8, 5]);
    expect(run(turned, beside, scriptedRandom([0.9, 0.9, ...zero, ...large, 0.6])).peak(0)).toEqual([10, 8]);
  });

  test('equal streams give equal crops, other streams others', () => {
    const first = run(all, person, createRandom(5));
    expect(run(all, person, createRandom(5)).image).toEqual(first.image);
    expect(run(all, person, createRandom(6)).crop).not.toEqual(first.crop);
  });
});

describe('bad cases', () => {
  test('joints outside of the crop: no weight, nothing drawn', () => {
    const { weights, targets } = run(evaluation, personWith((joint) => [joint % 2 === 0 ? 500 : -500, 34, 2]));
    expect([...weights]).toEqual(new Array<number>(17).fill(0));
    expect(targets.every((value) => value === 0)).toBe(true);
  });

  test('no labelled joint: trained on with weights of 0 alone', () => {
    const { weights, targets, image } = run({ ...cocoTraining, inputSize: [height, width], sigma: 1 }, personWith(() => [0, 0, 0]));
    expect([...weights]).toEqual(new Array<number>(17).fill(0));
    expect(targets.every((value) => value === 0)).toBe(true);
    expect(image.some((value) => value !== image[0])).toBe(true);
  });

  test('a box beside the picture: a black crop', () => {
    const { image } = run(evaluation, { ...person, box: [5000, 5000, 30, 48] });
    expect(new Set(image).size).toBe(3);
    expect(image[0]).toBeCloseTo(-0.485 / 0.229, 5);
  });

  test('a box of no extent: finite numbers', () => {
    const { image, targets } = run(evaluation, { ...person, box: [20, 10, 0, 0] });
    expect(image.every(Number.isFinite) && targets.every(Number.isFinite)).toBe(true);
  });

  test('a detected box has no labels: ranked on with weights of 0, refused for training', () => {
    const detected: PersonLabel = { ...person, id: 0, keypoints: [], score: 0.4 };
    expect([...run(evaluation, detected).weights]).toEqual(new Array<number>(17).fill(0));
    expect(() => run(plain, detected)).toThrow(expect.objectContaining({ code: 'label-missing' }));
  });
});

import { FIRST_LOWER_JOINT, MIRROR_OF } from '../coco-keypoints/joints.ts';
import { drawNormal, type Random } from '../random.ts';
import { DatasetError, type KeypointsSample, type PersonLabel } from '../source.ts';
import { apply, cropToPicture, invert, thenMirror, type Affine, type Crop } from './affine.ts';
import { cropHalfBody, type HalfBody } from './half-body.ts';
import { drawHeatMaps, type HeatMaps } from './heat-maps.ts';
import { jointsOf, mirrorJoints, type Joint } from './joints.ts';
import { imagenetNormalization, normalizationTables, type Normalization } from './normalize.ts';
import { cropOfBox, jitterBox, type CentreJitter } from './person-box.ts';
import { warpInto } from './warp.ts';

/** Sides of the heat maps are a quarter of the crop's. */
export const HEAT_STRIDE = 4;

interface PersonCrop {
  readonly task: 'keypoints';
  /** [height, width] px; multiples of 4. */
  readonly inputSize: readonly [height: number, width: number];
  /** Of the Gaussians, px of the heat maps. */
  readonly sigma: number;
  readonly normalization: Normalization;
}

/** A person's crop changed at random: Lite-HRNet (mmpose) or HRNet, by the options. */
export interface KeypointsTraining extends PersonCrop {
  readonly kind: 'train';
  /** flip -> half body -> scale and rotation (mmpose), or half body -> scale and rotation -> flip (HRNet). */
  readonly order: 'flip-first' | 'flip-last';
  readonly flipProbability: number;
  readonly halfBody: HalfBody;
  /** The crop's size is multiplied by a normal number about 1 with this deviation, cut at one deviation. */
  readonly scaleFactor: number;
  /** Deviation of the turn, which is cut at two. */
  readonly rotationDegrees: number;
  readonly rotationProbability: number;
  readonly centreJitter: CentreJitter;
}

/** A person's crop as its box says. */
export interface KeypointsEvaluation extends PersonCrop {
  readonly kind: 'evaluation';
}

/** How a person is cut out of its picture. */
export type KeypointsTransform = KeypointsTraining | KeypointsEvaluation;

/** Lite-HRNet's published settings for COCO. */
export const cocoTraining: KeypointsTraining = {
  task: 'keypoints',
  kind: 'train',
  inputSize: [256, 192],
  sigma: 2,
  order: 'flip-first',
  flipProbability: 0.5,
  halfBody: { probability: 0.3, minJoints: 8 },
  scaleFactor: 0.25,
  rotationDegrees: 30,
  rotationProbability: 0.6,
  centreJitter: { probability: 0.3, share: 0.2 },
  normalization: imagenetNormalization,
};

export const cocoEvaluation: KeypointsEvaluation = {
  task: 'keypoints',
  kind: 'evaluation',
  inputSize: [256, 192],
  sigma: 2,
  normalization: imagenetNormalization,
};

/** Where a batch keeps one person: the picture [height, width, 3] and its heat maps. */
export interface PersonInput extends HeatMaps {
  readonly image: Float32Array;
}

/** What the random changes of a person follow from. */
export interface KeypointsRandom {
  /** Of this epoch. */
  readonly augment: Random;
  /** The same in every epoch. */
  readonly person: Random;
}

/**
 * Cuts a person of the sample out, into `input`, and returns where the crop lies. Without labels (a detected box) all weights stay 0. A pure
 * function of its arguments. Throws DatasetError 'label-missing' when a person without labels is trained on.
 */
export function transformKeypoints(
  sample: KeypointsSample,
  person: PersonLabel,
  transform: KeypointsTransform,
  random: KeypointsRandom,
  input: PersonInput,
): Crop {
  const labelled = jointsOf(person.keypoints);
  const [height, width] = transform.inputSize;
  const { crop, joints, degrees, isFlipped } =
    transform.kind === 'train'
      ? augment(sample, person, labelled, transform, random)
      : { crop: cropOfBox(person.box, width / height), joints: labelled, degrees: 0, isFlipped: false };
  const toMaybeMirrored = cropToPicture(crop, degrees, height, width);
  const toPicture = isFlipped ? thenMirror(toMaybeMirrored, sample.width) : toMaybeMirrored;
  warpInto(input.image, height, width, sample, toPicture, normalizationTables(transform.normalization));
  drawHeatMaps(input, moved(joints, invert(toMaybeMirrored)), HEAT_STRIDE, transform.sigma);
  return crop;
}

/** A crop in a picture that may be mirrored, and the joints there. */
interface Augmented {
  readonly crop: Crop;
  readonly joints: readonly Joint[];
  readonly degrees: number;
  readonly isFlipped: boolean;
}

function augment(
  { key, width }: KeypointsSample,
  person: PersonLabel,
  labelled: readonly Joint[],
  transform: KeypointsTraining,
  random: KeypointsRandom,
): Augmented {
  if (labelled.length === 0) {
    throw new DatasetError('label-missing', `a person in ${key} has no labelled joints; expected a labelled person for training`, {
      tip: 'Train on the split train or search-train.',
    });
  }
  const aspect = transform.inputSize[1] / transform.inputSize[0];
  const { augment: draw } = random;
  const whole: Augmented = {
    crop: cropOfBox(jitterBox(person.box, transform.centreJitter, random.person), aspect),
    joints: labelled,
    degrees: 0,
    isFlipped: false,
  };
  const flip = (before: Augmented): Augmented => (draw.chance(transform.flipProbability) ? mirrored(before, width) : before);
  const cut = (before: Augmented): Augmented => ({
    ...before,
    crop: cropHalfBody(before.crop, before.joints, (joint) => joint < FIRST_LOWER_JOINT, aspect, transform.halfBody, draw),
  });
  const turn = (before: Augmented): Augmented => scaledAndTurned(before, transform, draw);
  return transform.order === 'flip-first' ? turn(cut(flip(whole))) : flip(turn(cut(whole)));
}

function mirrored({ crop, joints, degrees }: Augmented, width: number): Augmented {
  const { centre, scale } = crop;
  // The turn stays as it is: it is drawn for the picture that is cut.
  return {
    crop: { centre: [width - 1 - centre[0], centre[1]], scale },
    joints: mirrorJoints(joints, width, MIRROR_OF),
    degrees,
    isFlipped: true,
  };
}

function scaledAndTurned(before: Augmented, transform: KeypointsTraining, random: Random): Augmented {
  const { scaleFactor, rotationDegrees, rotationProbability } = transform;
  const factor = clip(1 + scaleFactor * drawNormal(random), 1 - scaleFactor, 1 + scaleFactor);
  const turn = clip(rotationDegrees * drawNormal(random), -2 * rotationDegrees, 2 * rotationDegrees);
  const { centre, scale } = before.crop;
  return {
    ...before,
    crop: { centre, scale: [scale[0] * factor, scale[1] * factor] },
    degrees: random.chance(rotationProbability) ? turn : 0,
  };
}

function clip(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function moved(joints: readonly Joint[], toCrop: Affine): readonly Joint[] {
  return joints.map(({ x, y, isLabelled }) => {
    const [cropX, cropY] = apply(toCrop, x, y);
    return { x: cropX, y: cropY, isLabelled };
  });
}

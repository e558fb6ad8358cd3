import type { BatchItem, CroppedPerson, KeypointsBatch } from './batch.ts';
import { COCO_JOINTS } from './coco-keypoints/joints.ts';
import { createRandom, hash32, itemSeed } from './random.ts';
import { DatasetError, type KeypointsSample, type PersonLabel, type Sample } from './source.ts';
import { HEAT_STRIDE, transformKeypoints, type KeypointsTransform } from './transforms/keypoints.ts';

/**
 * Cuts the person of each sample out and draws its heat maps. Throws DatasetError 'sample-kind', 'one-person' when a sample has none or several,
 * 'joint-count' and what the transform throws.
 */
export function assembleKeypoints(
  step: number,
  items: readonly BatchItem[],
  samples: readonly Sample[],
  transform: KeypointsTransform,
  seed: number,
): KeypointsBatch {
  const size = samples.length;
  const joints = COCO_JOINTS.length;
  const [height, width] = transform.inputSize;
  const heatHeight = height / HEAT_STRIDE;
  const heatWidth = width / HEAT_STRIDE;
  const images = new Float32Array(size * height * width * 3);
  const targets = new Float32Array(size * heatHeight * heatWidth * joints);
  const targetWeights = new Float32Array(size * joints);
  const part = (values: Float32Array, i: number): Float32Array =>
    values.subarray((i * values.length) / size, ((i + 1) * values.length) / size);
  const persons = samples.map((each, i): CroppedPerson => {
    const sample = asKeypoints(each);
    const { split, index, epoch } = items[i] as BatchItem;
    const person = onlyPerson(sample, joints);
    const random = {
      augment: createRandom(itemSeed(seed, split, index, `augment/${epoch}`)),
      person: createRandom(hash32(`${seed}/person/${person.id}`)),
    };
    const input = {
      image: part(images, i),
      height: heatHeight,
      width: heatWidth,
      targets: part(targets, i),
      weights: part(targetWeights, i),
    };
    const { centre, scale } = transformKeypoints(sample, person, transform, random, input);
    return { imageId: sample.imageId, centre, scale, score: person.score };
  });
  const keys = samples.map(({ key }) => key);
  return { kind: 'keypoints', step, size, height, width, images, heatHeight, heatWidth, joints, targets, targetWeights, keys, persons };
}

export function asKeypoints(sample: Sample): KeypointsSample {
  if (sample.kind === 'keypoints') return sample;
  throw new DatasetError('sample-kind', `sample ${sample.key} is of kind '${sample.kind}'; expected a picture with key points`);
}

function onlyPerson({ key, persons }: KeypointsSample, joints: number): PersonLabel {
  const [person] = persons;
  if (person === undefined || persons.length > 1) {
    throw new DatasetError('one-person', `cutting a person out of ${key}: the sample has ${persons.length} persons; expected the one to cut out`);
  }
  const values = person.keypoints.length;
  if (values === 0 || values === 3 * joints) return person;
  throw new DatasetError('joint-count', `a person in ${key} has ${values} key point values; expected ${3 * joints} (${joints} joints)`);
}

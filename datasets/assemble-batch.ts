import { assembleKeypoints } from './assemble-keypoints.ts';
import type { BatchItem, SegmentationBatch } from './batch.ts';
import { createRandom, itemSeed } from './random.ts';
import { DatasetError, type Sample, type SegmentationSample } from './source.ts';
import { transformSegmentation, type SegmentationInput, type SegmentationTransform } from './transforms/segmentation.ts';
import type { BatchOf, Transform } from './transforms/transform.ts';

/** Transforms and stacks. Throws DatasetError 'sample-kind' when a sample is of another kind than the transform. */
export function assembleBatch<T extends Transform>(
  step: number,
  items: readonly BatchItem[],
  samples: readonly Sample[],
  transform: T,
  seed: number,
): BatchOf<T> {
  if (transform.task === 'keypoints') return assembleKeypoints(step, items, samples, transform, seed) as BatchOf<T>;
  return assembleSegmentation(step, items, samples.map(asSegmentation), transform, seed) as BatchOf<T>;
}

export function asSegmentation(sample: Sample): SegmentationSample {
  if (sample.kind !== 'segmentation') {
    throw new DatasetError('sample-kind', `sample ${sample.key} is of kind '${sample.kind}'; expected a segmentation sample`);
  }
  return sample;
}

/** Throws DatasetError 'batch-sizes' when whole pictures of unequal sizes meet. */
function assembleSegmentation(
  step: number,
  items: readonly BatchItem[],
  samples: readonly SegmentationSample[],
  transform: SegmentationTransform,
  seed: number,
): SegmentationBatch {
  const inputs = samples.map((sample, i) => {
    const { split, index, epoch } = items[i] as BatchItem;
    return transformSegmentation(sample, transform, createRandom(itemSeed(seed, split, index, `augment/${variantOf(transform, epoch)}`)));
  });
  const first = inputs[0];
  if (first === undefined) throw new RangeError('a batch needs at least one sample');
  const odd = inputs.findIndex((input) => sizesOf(input) !== sizesOf(first));
  if (odd >= 0) {
    throw new DatasetError(
      'batch-sizes',
      `a batch of whole pictures: ${samples[0]?.key} is ${sizesOf(first)}, ${samples[odd]?.key} is ${sizesOf(inputs[odd] as SegmentationInput)} (height x width); expected equal sizes`,
      { tip: 'Use a batch size of 1 for pictures of different sizes.' },
    );
  }
  const { height, width, labelHeight, labelWidth, picture } = first;
  const imageLength = height * width * 3;
  const labelLength = labelHeight * labelWidth;
  const images = new Float32Array(inputs.length * imageLength);
  const hasLabels = inputs.some((input) => input.labels.length > 0);
  const labels = new Uint8Array(hasLabels ? inputs.length * labelLength : 0).fill(255);
  inputs.forEach((input, i) => {
    images.set(input.image, i * imageLength);
    if (hasLabels) labels.set(input.labels, i * labelLength);
  });
  const keys = samples.map((sample) => sample.key);
  const sizes = { height, width, labelHeight, labelWidth, ...(picture !== undefined && { picture }) };
  return { kind: 'segmentation', step, size: inputs.length, ...sizes, images, labels, keys };
}

/** Which of a sample's random changes an epoch shows. */
export function variantOf(transform: SegmentationTransform, epoch: number): number {
  if (transform.kind === 'evaluation') return 0;
  return transform.variants === undefined ? epoch : epoch % transform.variants;
}

function sizesOf(input: SegmentationInput): string {
  const own = (input.picture ?? [input.height, input.width]).join('x');
  const label = `${input.labelHeight}x${input.labelWidth}`;
  return own === label ? own : `${own} from ${label}`;
}

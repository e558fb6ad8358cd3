import { createRandom, itemSeed } from './random.ts';
import { DatasetError, type SegmentationSample } from './source.ts';
import { transformSegmentation, type SegmentationInput, type SegmentationTransform } from './transforms/segmentation.ts';

/** Samples as one training or evaluation step takes them. */
export interface SegmentationBatch {
  readonly kind: 'segmentation';
  readonly step: number;
  /** Number of samples; the last batch of a sequential pass may be smaller. */
  readonly size: number;
  readonly height: number;
  readonly width: number;
  /** [size, height, width, 3], normalised. */
  readonly images: Float32Array;
  readonly labelHeight: number;
  readonly labelWidth: number;
  /** Train ids [size, labelHeight, labelWidth], 255 = ignored; empty when no sample has labels. */
  readonly labels: Uint8Array;
  readonly keys: readonly string[];
}

/** Where a sample stands in the order; its random changes follow from it. */
export interface BatchItem {
  readonly split: string;
  readonly index: number;
  readonly epoch: number;
}

/** Transforms and stacks. Throws DatasetError 'batch-sizes' when whole pictures of unequal sizes meet. */
export function assembleBatch(
  step: number,
  items: readonly BatchItem[],
  samples: readonly SegmentationSample[],
  transform: SegmentationTransform,
  seed: number,
): SegmentationBatch {
  const inputs = samples.map((sample, i) => {
    const { split, index, epoch } = items[i] as BatchItem;
    return transformSegmentation(sample, transform, createRandom(itemSeed(seed, split, index, `augment/${epoch}`)));
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
  const { height, width, labelHeight, labelWidth } = first;
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
  return { kind: 'segmentation', step, size: inputs.length, height, width, images, labelHeight, labelWidth, labels, keys };
}

function sizesOf(input: SegmentationInput): string {
  const own = `${input.height}x${input.width}`;
  const label = `${input.labelHeight}x${input.labelWidth}`;
  return own === label ? own : `${own} from ${label}`;
}

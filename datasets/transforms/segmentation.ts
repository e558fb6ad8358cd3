import { DatasetError, type SegmentationSample } from '../source.ts';
import type { Random } from '../random.ts';
import { imagenetNormalization, normalizeInto, placeLabels, type Normalization } from './normalize.ts';
import { defaultPhotometricOptions, distortColors, type PhotometricOptions } from './photometric.ts';
import { fitSize, scaleLabels, scaleRgb, type ScaledWindow } from './resample.ts';

type Size = readonly [height: number, width: number];

/**
 * Random scale, random crop, flip, colours, normalise, pad: HR-NAS (Ding et al., CVPR 2021), mmseg/seg_dataflow.py; with steps of the scale and
 * without colours and the 75 % rule DeepLab (tensorflow/models, research/deeplab/input_preprocess.py).
 */
export interface SegmentationTraining {
  readonly task: 'segmentation';
  readonly kind: 'train';
  /** The size that a scale of 1 fits a picture into. */
  readonly base: Size;
  readonly crop: Size;
  /** Uniform factor of `base`. */
  readonly scale: readonly [low: number, high: number];
  /** The factors are `low`, `low + scaleStep`, ... up to `high`, equally likely; 0: any factor between them. */
  readonly scaleStep: number;
  /**
   * A crop is drawn again while one class covers at least this share of its labelled pixels, or only one class is seen. 1 turns the
   * rule off.
   */
  readonly maxClassShare: number;
  readonly cropRetries: number;
  readonly flipProbability: number;
  /** False turns the colour changes off. */
  readonly photometric: PhotometricOptions | false;
  readonly normalization: Normalization;
  /** Random changes of a sample are the same again after so many epochs; left out: never. */
  readonly variants?: number;
}

/**
 * The whole picture, scaled (aspect kept) to fit `size` when that is given, and padded right and below to `pad` when that is given; labels
 * keep their own size.
 */
export interface SegmentationEvaluation {
  readonly task: 'segmentation';
  readonly kind: 'evaluation';
  readonly size?: Size;
  /** A size, or the next multiple of `stride` plus 1 above each picture's own, where corners align. */
  readonly pad?: Size | { readonly stride: number };
  readonly normalization: Normalization;
}

export type SegmentationTransform = SegmentationTraining | SegmentationEvaluation;

/** The published settings for Cityscapes. */
export const cityscapesTraining: SegmentationTraining = {
  task: 'segmentation',
  kind: 'train',
  base: [1024, 2048],
  crop: [512, 1024],
  scale: [0.5, 2],
  scaleStep: 0,
  maxClassShare: 0.75,
  cropRetries: 10,
  flipProbability: 0.5,
  photometric: defaultPhotometricOptions,
  normalization: imagenetNormalization,
};

export const cityscapesEvaluation: SegmentationEvaluation = {
  task: 'segmentation',
  kind: 'evaluation',
  normalization: imagenetNormalization,
};

/** x / 127.5 - 1: DeepLab, whose padding of 127.5 becomes 0. */
export const plusMinusOneNormalization: Normalization = { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] };

/** One sample as a network takes it. Ignored and padded pixels have label 255. */
export interface SegmentationInput {
  readonly height: number;
  readonly width: number;
  /** [height, width, 3] */
  readonly image: Float32Array;
  /** [height, width] of the picture at the top left of `image`, where the rest is padding that is not judged. */
  readonly picture?: Size;
  readonly labelHeight: number;
  readonly labelWidth: number;
  /** [labelHeight, labelWidth]; empty when the sample has no labels. */
  readonly labels: Uint8Array;
}

const IGNORED = 255;

/** A pure function of its arguments: equal samples, transforms and random streams give equal results. */
export function transformSegmentation(sample: SegmentationSample, transform: SegmentationTransform, random: Random): SegmentationInput {
  return transform.kind === 'train' ? trainingInput(sample, transform, random) : evaluationInput(sample, transform);
}

function trainingInput(sample: SegmentationSample, transform: SegmentationTraining, random: Random): SegmentationInput {
  if (sample.labels.length === 0) {
    throw new DatasetError('label-missing', `picture ${sample.key} has no labels; expected a labelled split for training`, {
      tip: 'Train on the split train or search-train.',
    });
  }
  const [cropHeight, cropWidth] = transform.crop;
  const factor = drawScale(transform, random);
  // Whole numbers first, as mmcv's sampled scale is cut before the picture is fitted into it.
  const scaled = fitSize(
    sample.height,
    sample.width,
    Math.max(1, Math.floor(transform.base[0] * factor)),
    Math.max(1, Math.floor(transform.base[1] * factor)),
  );
  const { window, labels } = chooseCrop(sample, transform, scaled, random);
  const rgb = scaleRgb(sample.rgb, window);
  const isFlipped = random.chance(transform.flipProbability);
  if (transform.photometric !== false) distortColors(rgb, transform.photometric, random);

  const placement = { height: window.height, width: window.width, outWidth: cropWidth, isFlipped };
  const image = new Float32Array(cropHeight * cropWidth * 3);
  normalizeInto(image, rgb, placement, transform.normalization);
  const outLabels = new Uint8Array(cropHeight * cropWidth).fill(IGNORED);
  placeLabels(outLabels, labels, placement);
  return { height: cropHeight, width: cropWidth, image, labelHeight: cropHeight, labelWidth: cropWidth, labels: outLabels };
}

function drawScale({ scale: [low, high], scaleStep }: SegmentationTraining, random: Random): number {
  if (scaleStep === 0) return random.between(low, high);
  // a step that does not divide the range by a rounding error still reaches its end
  return low + scaleStep * random.int(Math.floor((high - low) / scaleStep + 1e-6) + 1);
}

function chooseCrop(
  sample: SegmentationSample,
  transform: SegmentationTraining,
  scaled: { readonly height: number; readonly width: number },
  random: Random,
): { readonly window: ScaledWindow; readonly labels: Uint8Array } {
  const height = Math.min(transform.crop[0], scaled.height);
  const width = Math.min(transform.crop[1], scaled.width);
  const draw = (): ScaledWindow => ({
    sourceHeight: sample.height,
    sourceWidth: sample.width,
    scaledHeight: scaled.height,
    scaledWidth: scaled.width,
    top: random.int(scaled.height - height + 1),
    left: random.int(scaled.width - width + 1),
    height,
    width,
  });
  let window = draw();
  let labels = scaleLabels(sample.labels, window);
  for (let retry = 0; retry < transform.cropRetries && transform.maxClassShare < 1; retry++) {
    if (isMixed(labels, transform.maxClassShare)) break;
    window = draw();
    labels = scaleLabels(sample.labels, window);
  }
  return { window, labels };
}

/** More than one class, and none with `maxShare` or more of the labelled pixels. */
function isMixed(labels: Uint8Array, maxShare: number): boolean {
  const counts = new Uint32Array(256);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    counts[label] = (counts[label] as number) + 1;
  }
  counts[IGNORED] = 0;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const seen = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0);
  return seen > 1 && Math.max(...counts) / total < maxShare;
}

function evaluationInput(sample: SegmentationSample, transform: SegmentationEvaluation): SegmentationInput {
  const own = { height: sample.height, width: sample.width };
  const { height, width } = transform.size === undefined ? own : fitSize(own.height, own.width, ...transform.size);
  const isScaled = height !== own.height || width !== own.width;
  const rgb = isScaled
    ? scaleRgb(sample.rgb, {
        sourceHeight: own.height,
        sourceWidth: own.width,
        scaledHeight: height,
        scaledWidth: width,
        top: 0,
        left: 0,
        height,
        width,
      })
    : sample.rgb;
  const [outHeight, outWidth] = paddedSize([height, width], transform.pad);
  if (height > outHeight || width > outWidth) {
    throw new DatasetError(
      'picture-too-large',
      `picture ${sample.key} is ${height}x${width}, which does not fit into ${outHeight}x${outWidth}`,
      { tip: 'Use a larger size for the evaluation, or scale the pictures down first.' },
    );
  }
  const image = new Float32Array(outHeight * outWidth * 3);
  normalizeInto(image, rgb, { height, width, outWidth, isFlipped: false }, transform.normalization);
  const labels = { labelHeight: own.height, labelWidth: own.width, labels: sample.labels };
  return { height: outHeight, width: outWidth, image, ...labels, ...(transform.pad !== undefined && { picture: [height, width] }) };
}

/** [height, width] of a picture of this size with its padding. */
export function paddedSize(size: Size, pad: SegmentationEvaluation['pad']): Size {
  if (pad === undefined) return size;
  if (!('stride' in pad)) return pad;
  const [height, width] = size.map((side) => Math.ceil((side - 1) / pad.stride) * pad.stride + 1);
  return [height ?? 0, width ?? 0];
}

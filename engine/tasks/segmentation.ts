import { EngineError } from '../error.ts';
import { argMax, dispose, reshape, resizeBilinear, slice, softmaxCrossEntropy, tensor3d, tensor4d, tidy } from '../backend/tf.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '../backend/tf.ts';
import { ConfusionMatrix } from '../metrics/segmentation-confusion.ts';
import type { CollatedBatch, Evaluator, SegmentationBatch, Task } from './task.ts';

export const ignoredLabel = 255;

export interface SegmentationOptions {
  readonly classes: number;
  /** How logits are enlarged to the labels: with aligned corners (DeepLab) or half-pixel centres (mmseg). */
  readonly alignCorners: boolean;
  /** What the loss is averaged over: all pixels (mmseg), or the labelled ones (DeepLab). */
  readonly mean: 'all' | 'labelled';
}

/** As HR-NAS trains and scores. */
export const hrNasSegmentation = { alignCorners: false, mean: 'all' } as const;

/** As DeepLab does. */
export const deepLabSegmentation = { alignCorners: true, mean: 'labelled' } as const;

/**
 * Semantic segmentation as HR-NAS (spec 5.2, 6.2) or DeepLab (DPC spec 8) trains and scores it: logits are resized bilinearly to the labels,
 * cross entropy is 0 at ignored pixels.
 */
export function segmentationTask(options: SegmentationOptions): Task<SegmentationBatch> {
  return {
    id: 'segmentation',
    metric: { name: 'mIoU', direction: 'up' },
    collate: (batch) => collate(batch, options.classes),
    evaluationInputs: inputsOf,
    loss: (outputs, [labels]) => segmentationLoss(outputs as Tensor4D, labels as Tensor3D, options),
    evaluator: () => new SegmentationEvaluator(options),
  };
}

/** Throws EngineError 'bad-batch' when arrays do not fit their sizes, 'bad-label' for a label that is neither a class nor ignored. */
function collate(batch: SegmentationBatch, classes: number): CollatedBatch {
  const { size, labelHeight, labelWidth, labels, features } = batch;
  const shown = features ?? { height: batch.height, width: batch.width, channels: 3, values: batch.images };
  const { height, width, channels, values } = shown;
  if (values.length !== size * height * width * channels || labels.length !== size * labelHeight * labelWidth) {
    throw new EngineError(
      'bad-batch',
      `segmentation batch: expected ${size} ${features === undefined ? 'images' : 'maps of features'} of ${height}x${width} ` +
        `and label maps of ${labelHeight}x${labelWidth}, got ${values.length} values and ${labels.length} labels`,
    );
  }
  // the loss would take it for ignored
  const wrong = labels.find((label) => label >= classes && label !== ignoredLabel);
  if (wrong !== undefined) {
    throw new EngineError(
      'bad-label',
      `segmentation batch: a label is ${wrong}; expected 0 to ${classes - 1} for ${classes} classes, or ${ignoredLabel} (ignored)`,
      {
        tip: 'The network needs as many classes as the data set has: space.classes.',
      },
    );
  }
  return {
    inputs: inputsOf(batch),
    targets: [tensor3d(new Int32Array(labels), [size, labelHeight, labelWidth], 'int32')],
  };
}

function inputsOf({ size, height, width, images, features }: SegmentationBatch): Tensor4D {
  if (features === undefined) return tensor4d(images, [size, height, width, 3]);
  return tensor4d(features.values, [size, features.height, features.width, features.channels]);
}

/** outputs [batch, h, w, classes], targets int32 [batch, height, width]. */
function segmentationLoss(outputs: Tensor4D, targets: Tensor3D, { alignCorners, mean }: SegmentationOptions): Scalar {
  const [, height, width] = targets.shape;
  const logits = resizeBilinear(outputs, [height, width], { alignCorners }); // [batch, height, width, classes]
  const rows = reshape(logits, [targets.size, outputs.shape[3]]) as Tensor2D;
  return softmaxCrossEntropy(rows, reshape(targets, [targets.size]) as Tensor1D, {
    ignoreLabel: ignoredLabel,
    reduction: mean === 'all' ? 'mean-all' : 'mean-valid',
  });
}

/** One confusion matrix over the whole split; classes that occur neither in labels nor in predictions are left out of the mean (mmseg's rule). */
class SegmentationEvaluator implements Evaluator<SegmentationBatch> {
  readonly #options: SegmentationOptions;
  readonly #confusion: ConfusionMatrix;

  constructor(options: SegmentationOptions) {
    this.#options = options;
    this.#confusion = new ConfusionMatrix(options.classes);
  }

  async add(outputs: Tensor, batch: SegmentationBatch): Promise<void> {
    this.#confusion.add(batch.labels, await predictClasses(outputs, batch, this.#options), ignoredLabel);
  }

  metrics(): readonly { readonly name: string; readonly value: number }[] {
    return [{ name: 'mIoU', value: this.#confusion.scores('nan-skip').meanIoU }];
  }

  details(): Readonly<Record<string, unknown>> {
    return { ...segmentationDetails(this.#confusion) };
  }
}

/** Figures beside the mean IoU; JSON. */
export interface SegmentationDetails {
  /** By train id; null where a class occurs neither in labels nor in predictions. */
  readonly classIou: readonly (number | null)[];
  /** Share of labelled pixels that are right; null when there are none. */
  readonly pixelAccuracy: number | null;
}

export function segmentationDetails(confusion: ConfusionMatrix): SegmentationDetails {
  const { classIoU, pixelAccuracy } = confusion.scores('nan-skip');
  return { classIou: classIoU.map(orNull), pixelAccuracy: orNull(pixelAccuracy) };
}

/**
 * The class of every pixel at the size of the labels, as it is scored: padding is cut off before. [size, labelHeight, labelWidth] `outputs`
 * stay the caller's.
 */
export async function predictClasses(
  outputs: Tensor,
  batch: Pick<SegmentationBatch, 'height' | 'width' | 'picture' | 'labelHeight' | 'labelWidth'>,
  { alignCorners }: Pick<SegmentationOptions, 'alignCorners'> = hrNasSegmentation,
): Promise<ArrayLike<number>> {
  const predicted = tidy(() => {
    const { labelHeight, labelWidth, picture = [batch.height, batch.width] } = batch;
    const [height, width] = picture;
    const whole = resizeBilinear(outputs as Tensor4D, [batch.height, batch.width], { alignCorners });
    const isPadded = height !== batch.height || width !== batch.width;
    const logits = isPadded ? slice(whole, [0, 0, 0, 0], [-1, height, width, -1]) : whole; // [batch, height, width, classes]
    const isScaled = labelHeight !== height || labelWidth !== width;
    return argMax(isScaled ? resizeBilinear(logits, [labelHeight, labelWidth], { alignCorners }) : logits, 3); // [batch, labelHeight, labelWidth]
  });
  const classes = await predicted.data();
  dispose(predicted);
  return classes;
}

/** JSON has no NaN. */
function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

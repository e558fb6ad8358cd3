import { EngineError } from '../error.ts';
import { mean, mul, reshape, square, sub, tensor4d } from '../backend/tf.ts';
import type { Scalar, Tensor, Tensor4D } from '../backend/tf.ts';
import { scorePictures } from '../metrics/keypoints-ap.ts';
import { keypointsDetails } from '../metrics/keypoints-details.ts';
import { suppressAlikeByPicture, type Pose } from '../metrics/keypoints-nms.ts';
import { scoredPictures } from '../metrics/keypoints-results.ts';
import type { KeypointsTruth } from '../metrics/keypoints-truth.ts';
import { posesOf, type PoseOptions } from './keypoints-poses.ts';
import type { CollatedBatch, Evaluator, KeypointsBatch, Task } from './task.ts';

export interface KeypointsOptions extends PoseOptions {
  /** Half of the mean squared error (HRNet, HR-NAS) or all of it (mmpose, Lite-HRNet). */
  readonly lossFactor: 0.5 | 1;
  /** Of two persons that are more alike than this the worse one is dropped. */
  readonly nmsThreshold: number;
}

/**
 * Persons' joints by heat maps, as HRNet, HR-NAS (spec 5.2, 6.3) and Lite-HRNet (spec 6) train and score them. Scored are 17 joints by COCO's
 * average precision; `evaluator` throws EngineError 'no-truth' without the truth and 'no-metric' for other joints.
 */
export function keypointsTask(options: KeypointsOptions, truth?: KeypointsTruth): Task<KeypointsBatch> {
  return {
    id: 'keypoints',
    metric: { name: 'AP', direction: 'up' },
    collate: (batch) => collate(batch, options.joints),
    evaluationInputs: (batch) => (options.flipTest ? withMirrorImages(batch) : inputsOf(batch)),
    loss: (outputs, [targets, weights]) => heatMapLoss(outputs as Tensor4D, targets as Tensor4D, weights as Tensor4D, options.lossFactor),
    evaluator: () => new KeypointsEvaluator(options, truth),
  };
}

/** Targets are the maps [size, heatHeight, heatWidth, joints] and the weights [size, 1, 1, joints]. Throws EngineError 'bad-batch'. */
function collate(batch: KeypointsBatch, joints: number): CollatedBatch {
  const { size, height, width, heatHeight, heatWidth, images, targets, targetWeights } = batch;
  const fits =
    batch.joints === joints &&
    images.length === size * height * width * 3 &&
    targets.length === size * heatHeight * heatWidth * joints &&
    targetWeights.length === size * joints;
  if (!fits) {
    throw new EngineError(
      'bad-batch',
      `key points batch: expected ${size} pictures of ${height}x${width}, maps of ${heatHeight}x${heatWidth} and weights for ${joints} joints, ` +
        `got ${images.length} values, ${targets.length} and ${targetWeights.length} for ${batch.joints} joints`,
    );
  }
  return {
    inputs: inputsOf(batch),
    targets: [tensor4d(targets, [size, heatHeight, heatWidth, joints]), tensor4d(targetWeights, [size, 1, 1, joints])],
  };
}

function inputsOf({ size, height, width, images }: KeypointsBatch): Tensor4D {
  return tensor4d(images, [size, height, width, 3]);
}

/** The pictures, and behind them their mirror images. [2 * size, height, width, 3] */
function withMirrorImages({ size, height, width, images }: KeypointsBatch): Tensor4D {
  const both = new Float32Array(2 * images.length);
  both.set(images);
  for (let row = 0; row < size * height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3;
      const to = images.length + (row * width + width - 1 - column) * 3;
      for (let channel = 0; channel < 3; channel++) both[to + channel] = images[from + channel] as number;
    }
  }
  return tensor4d(both, [2 * size, height, width, 3]);
}

/**
 * Mean over joints of the mean over batch and pixels of (weight * (output - target))^2, times `factor`; every joint has as many pixels, so that
 * it is one mean over everything. It is taken by rows, then by maps: backends that add one value after the other in float32 are off by 2e-4 over
 * all values of a small batch at once.
 */
function heatMapLoss(outputs: Tensor4D, targets: Tensor4D, weights: Tensor4D, factor: number): Scalar {
  const squares = square(mul(sub(outputs, targets), weights)); // [size, heatHeight, heatWidth, joints]
  const [size, height] = outputs.shape;
  const rows = mean(reshape(squares, [size, height, -1]), 2); // [size, heatHeight]
  return mul(mean(mean(rows, 1)), factor);
}

/** Gathers the persons of a whole split; those that are too alike are dropped by picture when the metrics are asked for. */
class KeypointsEvaluator implements Evaluator<KeypointsBatch> {
  readonly #options: KeypointsOptions;
  readonly #truth: KeypointsTruth;
  readonly #poses: Pose[] = [];

  constructor(options: KeypointsOptions, truth: KeypointsTruth | undefined) {
    if (truth === undefined)
      throw new EngineError('no-truth', 'key points: an evaluation needs the labelled persons of the split; none were given.');
    if (options.joints !== 17) {
      throw new EngineError(
        'no-metric',
        `key points: the average precision is defined for the 17 joints of COCO; the network has ${options.joints}.`,
      );
    }
    this.#options = options;
    this.#truth = truth;
  }

  async add(outputs: Tensor, batch: KeypointsBatch): Promise<void> {
    this.#poses.push(...(await posesOf(outputs, batch, this.#options)));
  }

  metrics(): readonly { readonly name: string; readonly value: number }[] {
    if (this.#poses.length === 0) return [{ name: 'AP', value: NaN }];
    const { AP } = scorePictures(this.#pictures()).stats;
    return [{ name: 'AP', value: AP < 0 ? NaN : AP }];
  }

  details(): Readonly<Record<string, unknown>> {
    const pictures = this.#pictures();
    const { AP: _ranked, ...others } = scorePictures(pictures).stats;
    const figures = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, value < 0 ? null : value]));
    return { ...figures, joints: keypointsDetails(pictures).joints };
  }

  #pictures() {
    return scoredPictures(this.#truth, suppressAlikeByPicture(this.#poses, this.#options.nmsThreshold));
  }
}

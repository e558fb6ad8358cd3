/// <reference lib="esnext.float16" />
import { EngineError } from '../../error.ts';
import { elementCount } from '../../graph/shapes.ts';
import { float32Values, readSafetensors, writeSafetensors } from '../../run/safetensors.ts';
import type { SegmentationBatch } from '../../tasks/task.ts';
import type { FrozenProxyConfig } from '../config.ts';

/** One picture as the proxy task trains on it: features in place of pixels, and its labels. */
export interface FeaturePicture extends Pick<SegmentationBatch, 'height' | 'width' | 'picture' | 'labelHeight' | 'labelWidth' | 'labels'> {
  /** [height, width, channels] */
  readonly featureShape: readonly [number, number, number];
  readonly features: Float32Array;
}

type Precision = FrozenProxyConfig['precision'];

/** As it is kept: a safetensors file of `features` and `labels`. Throws EngineError 'features-out-of-range' for values that float16 does not reach. */
export function writeFeatureRecord(picture: FeaturePicture, precision: Precision): Uint8Array {
  const { height, width, labelHeight, labelWidth, labels, featureShape, features } = picture;
  const isHalf = precision === 'float16';
  const data = isHalf ? new Float16Array(features) : features;
  if (!data.every(Number.isFinite)) {
    throw new EngineError('features-out-of-range', `keeping features: a value is not finite as ${precision}.`, {
      tip: isHalf ? 'Use proxy.precision=float32.' : 'The training of the backbone went wrong: try a smaller proxy.learningRate.',
    });
  }
  const sizes = { input: JSON.stringify([height, width]), picture: JSON.stringify(picture.picture ?? null) };
  return writeSafetensors(
    [
      { name: 'features', dtype: isHalf ? 'F16' : 'F32', shape: featureShape, data },
      { name: 'labels', dtype: 'U8', shape: [labelHeight, labelWidth], data: labels },
    ],
    sizes,
  );
}

/** What `writeFeatureRecord` wrote, in float32. Throws EngineError 'bad-weights-file' or 'bad-features'. */
export function readFeatureRecord(bytes: Uint8Array): FeaturePicture {
  const { metadata, tensors } = readSafetensors(bytes);
  const features = tensors.get('features');
  const labels = tensors.get('labels');
  if (features?.shape.length !== 3 || labels?.shape.length !== 2 || metadata['input'] === undefined) {
    throw new EngineError('bad-features', 'reading kept features: the record holds no picture.');
  }
  const [height, width] = JSON.parse(metadata['input']) as [number, number];
  const picture = JSON.parse(metadata['picture'] ?? 'null') as readonly [number, number] | null;
  const [labelHeight, labelWidth] = labels.shape as [number, number];
  return {
    height,
    width,
    ...(picture !== null && { picture }),
    labelHeight,
    labelWidth,
    labels: labels.bytes,
    featureShape: features.shape as [number, number, number],
    features: features.dtype === 'F16' ? new Float32Array(new Float16Array(features.bytes.buffer)) : float32Values(features),
  };
}

/** A batch whose pictures are features. Throws EngineError 'bad-features' for pictures of unequal sizes. */
export function batchOfFeatures(pictures: readonly FeaturePicture[]): SegmentationBatch {
  const [first] = pictures;
  if (first === undefined) throw new RangeError('a batch needs at least one picture');
  const { height, width, picture, labelHeight, labelWidth, featureShape } = first;
  const shapeOf = (one: FeaturePicture): string => [one.height, one.width, one.labelHeight, one.labelWidth, ...one.featureShape].join();
  if (pictures.some((one) => shapeOf(one) !== shapeOf(first))) {
    throw new EngineError('bad-features', 'stacking features: the pictures of a batch have unequal sizes.');
  }
  const length = elementCount(featureShape);
  const values = new Float32Array(pictures.length * length);
  const labels = new Uint8Array(pictures.length * labelHeight * labelWidth);
  pictures.forEach((one, i) => {
    values.set(one.features, i * length);
    labels.set(one.labels, i * labelHeight * labelWidth);
  });
  const [featureHeight, featureWidth, channels] = featureShape;
  return {
    kind: 'segmentation',
    size: pictures.length,
    height,
    width,
    images: new Float32Array(0),
    ...(picture !== undefined && { picture }),
    labelHeight,
    labelWidth,
    labels,
    features: { height: featureHeight, width: featureWidth, channels, values },
  };
}

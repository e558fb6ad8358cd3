import { describe, expect, it } from 'vitest';
import {
  batchOfFeatures,
  readFeatureRecord,
  writeFeatureRecord,
  type FeaturePicture,
} from '../../../../engine/search/frozen/feature-record.ts';

/** Features [2, 3, 2] of a picture of 17x33 px whose last row and column are padding, labelled at twice its size. */
function pictureOf(first: number): FeaturePicture {
  return {
    height: 17,
    width: 33,
    picture: [16, 32],
    labelHeight: 2,
    labelWidth: 4,
    labels: Uint8Array.of(0, 1, 255, 3, 4, 5, 6, first % 19),
    featureShape: [2, 3, 2],
    features: Float32Array.from({ length: 12 }, (_, i) => first + i / 3),
  };
}

describe('kept features', () => {
  it('float32: what was written is read', () => {
    expect(readFeatureRecord(writeFeatureRecord(pictureOf(7), 'float32'))).toEqual(pictureOf(7));
  });

  it('float16: within half a unit of 11 bits, labels and sizes as they were; half as many bytes', () => {
    const bytes = writeFeatureRecord(pictureOf(7), 'float16');
    const { features, ...read } = readFeatureRecord(bytes);
    const { features: given, ...written } = pictureOf(7);
    expect(read).toEqual(written);
    features.forEach((value, i) => expect(Math.abs(value / given[i]! - 1)).toBeLessThanOrEqual(2 ** -11));
    expect(readFeatureRecord(writeFeatureRecord({ ...written, features }, 'float16')).features).toEqual(features);
    expect(writeFeatureRecord(pictureOf(7), 'float32').length - bytes.length).toBe(2 * 12);
  });

  it('what float16 does not reach, and what is no number, is refused', () => {
    const far = { ...pictureOf(1), features: new Float32Array(12).fill(70_000) };
    expect(() => writeFeatureRecord(far, 'float16')).toThrow(/not finite as float16/);
    expect(() => writeFeatureRecord(far, 'float32')).not.toThrow();
    expect(() => writeFeatureRecord({ ...far, features: new Float32Array(12).fill(NaN) }, 'float32')).toThrow(/not finite/);
  });

  it('a batch holds the pictures one after the other, and no pixels; unequal sizes are refused', () => {
    const batch = batchOfFeatures([pictureOf(1), pictureOf(2)]);
    expect(batch).toMatchObject({ size: 2, height: 17, width: 33, picture: [16, 32], labelHeight: 2, labelWidth: 4 });
    expect(batch.images).toHaveLength(0);
    expect([...batch.features!.values]).toEqual([...pictureOf(1).features, ...pictureOf(2).features]);
    expect([...batch.labels]).toEqual([...pictureOf(1).labels, ...pictureOf(2).labels]);
    const other: FeaturePicture = { ...pictureOf(2), featureShape: [3, 2, 2] };
    expect(() => batchOfFeatures([pictureOf(1), other])).toThrow(/unequal sizes/);
  });
});

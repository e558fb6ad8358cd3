import { inFile, readDataFile } from '../file-errors.ts';
import { decodeRgb } from '../decode/rgb.ts';
import type { KeypointsItemRef } from '../keypoints-source.ts';
import type { SampleFile } from '../probe-picture.ts';
import { DatasetError, type KeypointsSample } from '../source.ts';
import { readZipEntry } from '../zip.ts';
import type { ImageLocation } from './image-places.ts';

/** All that is needed to read one picture with its persons, in any thread. */
export interface CocoItemRef extends KeypointsItemRef {
  readonly kind: 'coco-keypoints';
  readonly image: ImageLocation;
}

export function cocoFiles({ image }: CocoItemRef): readonly SampleFile[] {
  return [{ role: 'image', ...image }];
}

/**
 * Decodes the picture. `allocate` gives the memory of its pixels. Throws DatasetError that names the file and what to do: 'file-missing',
 * 'file-zero-bytes', 'file-truncated', 'file-damaged', 'file-not-image', 'zip-damaged', 'coco-size'.
 */
export async function readCocoItem(ref: CocoItemRef, allocate?: (byteLength: number) => Uint8Array): Promise<KeypointsSample> {
  const context = `COCO keypoints, picture ${ref.key}`;
  const { path, entry } = ref.image;
  const name = entry === undefined ? path : `${path}/${entry.name}`;
  const bytes = entry === undefined ? await readDataFile(path, 'image', context) : await readZipEntry(path, entry);
  const image = await decodeRgb(bytes, allocate === undefined ? {} : { allocate }).catch((error: unknown) => {
    throw inFile(error, name, 'image', context);
  });
  const { height, width, rgb } = image;
  const isListed = ref.height > 0 && ref.width > 0;
  if (isListed && (height !== ref.height || width !== ref.width)) {
    throw new DatasetError(
      'coco-size',
      `${context}: the image ${name} is ${height}x${width}, its annotations are for ${ref.height}x${ref.width} (height x width)`,
      { tip: 'Take the original picture: persons lie elsewhere in one that was resized or turned.' },
    );
  }
  return { kind: 'keypoints', key: ref.key, height, width, rgb, imageId: ref.imageId, persons: ref.persons };
}

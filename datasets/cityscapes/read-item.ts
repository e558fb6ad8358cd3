import { decodeLabelMap, type LabelMap } from '../decode/label-map.ts';
import { decodeRgb } from '../decode/rgb.ts';
import { inFile, readDataFile } from '../file-errors.ts';
import type { SampleFile } from '../probe-picture.ts';
import { DatasetError, type SegmentationSample } from '../source.ts';
import { mapToTrainIds, MAX_LABEL_ID } from './labels.ts';

/** All that is needed to read one picture, in any thread. */
export interface CityscapesItemRef {
  readonly kind: 'cityscapes';
  readonly key: string;
  readonly imagePath: string;
  /** Undefined when the split has no labels. */
  readonly labelPath: string | undefined;
}

export function cityscapesFiles({ imagePath, labelPath }: CityscapesItemRef): readonly SampleFile[] {
  return [{ role: 'image', path: imagePath }, ...(labelPath === undefined ? [] : [{ role: 'label map', path: labelPath }])];
}

export type Allocate = (byteLength: number) => Uint8Array;

/**
 * Decodes one picture and its label ids (as train ids, 255 = ignored). `allocate` gives the memory of the decoded pixels.
 * Throws DatasetError that names the file, its pair and what to do: 'file-missing', 'file-zero-bytes', 'file-truncated', 'file-damaged',
 * 'file-not-image', 'pair-size-mismatch', 'label-unknown-value', 'label-rgb'.
 */
export async function readCityscapesItem(ref: CityscapesItemRef, allocate?: Allocate): Promise<SegmentationSample> {
  const context = `Cityscapes, picture ${ref.key}`;
  const options = allocate === undefined ? {} : { allocate };
  const imageBytes = await readDataFile(ref.imagePath, 'image', context);
  const image = await decodeRgb(imageBytes, options).catch((error: unknown) => {
    throw inFile(error, ref.imagePath, 'image', context);
  });
  const common = { kind: 'segmentation', key: ref.key, height: image.height, width: image.width, rgb: image.rgb } as const;
  if (ref.labelPath === undefined) return { ...common, labels: new Uint8Array(0) };
  const labels = await readTrainIds(ref, ref.labelPath, options);
  if (labels.width !== image.width || labels.height !== image.height) {
    throw new DatasetError(
      'pair-size-mismatch',
      `${context}: the label map ${ref.labelPath} is ${labels.height}x${labels.width}, its image ${ref.imagePath} is ${image.height}x${image.width} (height x width); expected equal sizes`,
      { tip: 'Take both files from the same download; label maps must not be resized.' },
    );
  }
  return { ...common, labels: labels.values };
}

/** The labels alone, without the picture. Empty, of size 0x0, when the split has none. Throws what is said of the label map above. */
export async function readCityscapesLabels(
  ref: CityscapesItemRef,
): Promise<{ readonly height: number; readonly width: number; readonly labels: Uint8Array }> {
  if (ref.labelPath === undefined) return { height: 0, width: 0, labels: new Uint8Array(0) };
  const { height, width, values } = await readTrainIds(ref, ref.labelPath, {});
  return { height, width, labels: values };
}

async function readTrainIds(ref: CityscapesItemRef, path: string, options: { readonly allocate?: Allocate }): Promise<LabelMap> {
  const context = `Cityscapes, picture ${ref.key}`;
  const labels = decodeLabels(await readDataFile(path, 'label map', context), path, context, options);
  const unknown = mapToTrainIds(labels.values);
  if (unknown === undefined) return labels;
  const looksMapped = unknown === 255;
  throw new DatasetError(
    'label-unknown-value',
    `${context}: the label map ${path} holds the value ${unknown}; expected label ids 0..${MAX_LABEL_ID}`,
    {
      tip: looksMapped ? 'The file seems to hold train ids; restore the original labelIds file.' : 'Restore the original labelIds file.',
    },
  );
}

function decodeLabels(bytes: Uint8Array, path: string, context: string, options: { readonly allocate?: Allocate }): LabelMap {
  try {
    return decodeLabelMap(bytes, options);
  } catch (error) {
    throw inFile(error, path, 'label map', context);
  }
}

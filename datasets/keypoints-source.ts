import { DatasetError, type DatasetSource, type ItemRef, type KeypointsSample, type PersonLabel } from './source.ts';

/** One picture with all of its persons, or with the one that a crop is made for; any thread can read it. */
export interface KeypointsItemRef extends ItemRef {
  readonly imageId: number;
  readonly height: number;
  readonly width: number;
  readonly persons: readonly PersonLabel[];
}

/** Whether an item is of a set of pictures with persons. */
export function isKeypointsItem(item: ItemRef): item is KeypointsItemRef {
  return 'imageId' in item && 'persons' in item;
}

/** Persons as the official scores take them: all of the pictures that are looked at, crowds too. */
export interface KeypointsLabels {
  /** Of the pictures, ascending. */
  readonly imageIds: readonly number[];
  readonly persons: readonly LabelledPerson[];
}

export interface LabelledPerson {
  readonly id: number;
  readonly imageId: number;
  /** [x, y, width, height] px, as the file says it. */
  readonly box: readonly [number, number, number, number];
  readonly areaPx2: number;
  readonly isCrowd: boolean;
  readonly labelledJoints: number;
  /** x, y, visibility of each joint. */
  readonly keypoints: readonly number[];
}

export interface CropOptions {
  /** Detected boxes below it are left out. */
  readonly scoreThreshold: number;
  /** Of these pictures only; all of the split without it. */
  readonly imageIds?: readonly number[];
}

export const defaultCropOptions: CropOptions = { scoreThreshold: 0 };

/** A set of pictures with persons; the samples of a split are its pictures, also those without any person. */
export interface KeypointsSource extends DatasetSource<KeypointsSample> {
  itemRef(split: string, index: number): KeypointsItemRef;
  /** Ids of a split's pictures, in the order of its samples: ascending. */
  imageIds(split: string): readonly number[];
  /** Files of detected boxes that lie beside the set. */
  readonly detectionFiles: readonly string[];
  /**
   * One reference for each person that is cropped, by picture. 'ground-truth': labelled persons that are no crowd, have an area and a
   * labelled joint, with their box cut to the picture. A path, or the name of one of `detectionFiles`: the detected boxes of persons, as
   * they are.
   */
  crops(split: string, boxes: string, options?: Partial<CropOptions>): Promise<readonly KeypointsItemRef[]>;
  /** What results are scored against; of some pictures of the split only with `imageIds`. Throws when the labels cannot be scored. */
  truth(split: string, imageIds?: readonly number[]): KeypointsLabels;
}

/** Throws DatasetError 'sample-kind' for a source of other samples. */
export function asKeypointsSource(source: DatasetSource): KeypointsSource {
  if (source.info.task === 'keypoints' && 'crops' in source && 'truth' in source) return source as KeypointsSource;
  throw new DatasetError(
    'sample-kind',
    `${source.info.root} is a data set of kind '${source.info.kind}' (${source.info.task}); expected one of persons with key points`,
  );
}

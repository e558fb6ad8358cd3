import { basename, resolve } from 'node:path';
import { isSyntheticSet } from '../synthesize/synthetic-mark.ts';
import { defaultCropOptions, type CropOptions, type KeypointsLabels, type KeypointsSource } from '../keypoints-source.ts';
import { DatasetError, type DatasetInfo, type PersonLabel } from '../source.ts';
import { imageRowOf } from './annotation-index.ts';
import { readDetections } from './detections.ts';
import { COCO_SIGNATURE, detectCocoRoot, type CocoLayout } from './layout.ts';
import { fingerprintOf, openSplits, presentPictures, usableSplits, type SplitPictures } from './open-splits.ts';
import { croppedPerson, personCategory, personOf, personRows } from './persons.ts';
import { readCocoItem, type CocoItemRef } from './read-item.ts';
import { labelsOf } from './truth.ts';

export interface CocoOptions {
  /** Which pictures `search-val` holds out of train follows from this seed. */
  readonly searchSplitSeed: number;
}

export const defaultCocoOptions: CocoOptions = { searchSplitSeed: 0 };

/**
 * Opens a folder in one of the layouts that are about (pictures beside the annotations, in `images`, or in archives there). Splits: train
 * and val with persons, test where only pictures are listed, `search-train` / `search-val` cut from train. Listed pictures
 * that are missing are left out with their persons. Throws DatasetError 'root-not-found', 'coco-no-keypoints-json', 'coco-no-images',
 * 'coco-not-17', 'coco-kp-length', 'coco-box', and what reading the annotations throws.
 */
export async function openCocoKeypoints(root: string, options: Partial<CocoOptions> = {}): Promise<KeypointsSource> {
  const { searchSplitSeed } = { ...defaultCocoOptions, ...options };
  const layout = await detectCocoRoot(root);
  if (layout === undefined) {
    throw new DatasetError('root-not-found', `COCO keypoints: ${root} holds no annotations of persons; expected ${COCO_SIGNATURE}`, {
      tip: 'Choose the folder that holds annotations and train2017 or val2017.',
    });
  }
  if (layout.splits.length === 0) {
    throw new DatasetError(
      'coco-no-keypoints-json',
      `COCO keypoints: only ${layout.instanceFiles.map((path) => basename(path)).join(', ')} in ${layout.root}; expected person_keypoints_{split}2017.json, which has the joints`,
      { tip: 'Take person_keypoints_{split}2017.json from the same zip (annotations_trainval2017.zip).' },
    );
  }
  const opened = await openSplits(layout);
  const { splits, blocked } = usableSplits(opened, searchSplitSeed);
  const [refusal] = blocked.values();
  if (splits.size === 0 && refusal !== undefined) throw refusal;
  const info: DatasetInfo = {
    kind: 'coco-keypoints',
    task: 'keypoints',
    root: layout.root,
    classes: [{ id: 0, name: 'person', color: [220, 20, 60], rawIds: [1] }],
    splits: Object.fromEntries([...splits].map(([name, { imageRows }]) => [name, imageRows.length])),
    fingerprint: fingerprintOf(opened, (await Promise.all(opened.opened.map(presentPictures))).flat()),
    isSynthetic: await isSyntheticSet(layout.root),
  };
  return new CocoSource(info, layout, splits, blocked);
}

class CocoSource implements KeypointsSource {
  readonly info: DatasetInfo;
  readonly detectionFiles: readonly string[];
  readonly #splits: ReadonlyMap<string, SplitPictures>;
  /** Splits that cannot be used, and the error for whoever asks for one. */
  readonly #blocked: ReadonlyMap<string, DatasetError>;

  constructor(
    info: DatasetInfo,
    layout: CocoLayout,
    splits: ReadonlyMap<string, SplitPictures>,
    blocked: ReadonlyMap<string, DatasetError>,
  ) {
    this.info = info;
    this.detectionFiles = layout.detectionFiles;
    this.#splits = splits;
    this.#blocked = blocked;
  }

  // Bound, so that a caller may take a member out of the source.
  readonly size = (split: string): number => this.#split(split).imageRows.length;

  readonly key = (split: string, index: number): string => keyOf(this.#split(split), this.#row(split, index));

  readonly itemRef = (split: string, index: number): CocoItemRef => {
    const pictures = this.#split(split);
    const row = this.#row(split, index);
    return pictureRef(pictures, row, personsOf(pictures, row));
  };

  readonly read = async (split: string, index: number) => readCocoItem(this.itemRef(split, index));

  readonly imageIds = (split: string): readonly number[] => {
    const { opened, imageRows } = this.#split(split);
    return Array.from(imageRows, (row) => opened.index.images.ids[row] as number);
  };

  readonly crops = async (split: string, boxes: string, options: Partial<CropOptions> = {}): Promise<readonly CocoItemRef[]> => {
    const pictures = this.#split(split);
    const { scoreThreshold, imageIds } = { ...defaultCropOptions, ...options };
    const rows = this.#rows(split, imageIds);
    return boxes === 'ground-truth'
      ? labelledCrops(pictures, rows)
      : detectedCrops(pictures, rows, this.#detectionPath(boxes), scoreThreshold);
  };

  readonly truth = (split: string, imageIds?: readonly number[]): KeypointsLabels =>
    labelsOf(this.#split(split).opened, split, this.#rows(split, imageIds));

  readonly close = async (): Promise<void> => {};

  #split(name: string): SplitPictures {
    const pictures = this.#splits.get(name);
    if (pictures !== undefined) return pictures;
    const reason = this.#blocked.get(name) ?? (name.startsWith('search-') ? this.#blocked.get('train') : undefined);
    if (reason !== undefined) throw reason;
    const known = [...this.#splits.keys()].join(', ');
    throw new DatasetError('split-unknown', `COCO keypoints: ${this.info.root} has no split '${name}'; it has ${known}`);
  }

  #row(split: string, index: number): number {
    const { imageRows } = this.#split(split);
    const row = imageRows[index];
    if (row === undefined) throw new RangeError(`COCO keypoints: ${split} has samples 0..${imageRows.length - 1}, not ${index}`);
    return row;
  }

  /** Ascending. Throws DatasetError 'unknown-picture' for an id that the split does not have. */
  #rows(split: string, imageIds: readonly number[] | undefined): readonly number[] {
    const { opened, imageRows } = this.#split(split);
    if (imageIds === undefined) return Array.from(imageRows);
    const own = new Set(imageRows);
    const rows = imageIds.map((id) => {
      const row = imageRowOf(opened.index, id);
      if (row !== undefined && own.has(row)) return row;
      throw new DatasetError('unknown-picture', `COCO keypoints: ${split} of ${this.info.root} has no picture with the id ${id}`);
    });
    return [...new Set(rows)].sort((a, b) => a - b);
  }

  #detectionPath(boxes: string): string {
    return this.detectionFiles.find((path) => basename(path) === boxes) ?? resolve(boxes);
  }
}

function personsOf({ opened: { index } }: SplitPictures, row: number): readonly PersonLabel[] {
  return personRows(index, row).map((person) => personOf(index, person));
}

function keyOf({ opened }: SplitPictures, row: number): string {
  return String(opened.index.images.ids[row]).padStart(12, '0');
}

function pictureRef(pictures: SplitPictures, row: number, persons: readonly PersonLabel[], person?: string): CocoItemRef {
  const { opened } = pictures;
  const { ids, heights, widths } = opened.index.images;
  const image = opened.locations[row];
  if (image === undefined) throw new RangeError(`picture ${ids[row]} is missing`);
  const key = keyOf(pictures, row);
  return {
    kind: 'coco-keypoints',
    key: person === undefined ? key : `${key}/${person}`,
    imageId: ids[row] as number,
    height: heights[row] as number,
    width: widths[row] as number,
    image,
    persons,
  };
}

function labelledCrops(pictures: SplitPictures, rows: readonly number[]): readonly CocoItemRef[] {
  const { heights, widths } = pictures.opened.index.images;
  return rows.flatMap((row) =>
    personsOf(pictures, row).flatMap((person) => {
      const cropped = croppedPerson(person, heights[row] as number, widths[row] as number);
      return cropped === undefined ? [] : [pictureRef(pictures, row, [cropped], String(person.id))];
    }),
  );
}

/** In the file's order within a picture. */
async function detectedCrops(
  pictures: SplitPictures,
  rows: readonly number[],
  path: string,
  scoreThreshold: number,
): Promise<readonly CocoItemRef[]> {
  const { index } = pictures.opened;
  const byImage = new Map<number, PersonLabel[]>(rows.map((row) => [index.images.ids[row] as number, []]));
  for (const { imageId, box, score } of await readDetections(path, scoreThreshold, personCategory(index))) {
    byImage.get(imageId)?.push({ id: 0, box, keypoints: [], areaPx2: box[2] * box[3], isCrowd: false, labelledJoints: 0, score });
  }
  return rows.flatMap((row) =>
    (byImage.get(index.images.ids[row] as number) ?? []).map((person, i) => pictureRef(pictures, row, [person], `box${i}`)),
  );
}

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { DatasetError } from '../source.ts';
import type { AnnotationIndex } from './annotation-index.ts';
import { openImages, sizesOf, type ImageLocation } from './image-places.ts';
import type { CocoLayout, SplitFiles } from './layout.ts';
import { foreignJoints } from './persons.ts';
import { readAnnotationFile } from './read-annotations.ts';
import { heldOutForSearch, type OfficialSplit } from './splits.ts';

/** One official split: what its file lists, and which of its pictures are there. */
export interface OpenedSplit {
  readonly files: SplitFiles;
  readonly index: AnnotationIndex;
  /** Of its annotation file. */
  readonly sha256: string;
  /** By row of the picture; undefined where it is missing. */
  readonly locations: readonly (ImageLocation | undefined)[];
  /** Pictures that are there, listed or not. */
  readonly pictureCount: number;
  /** Left behind by operating systems beside them. */
  readonly junkCount: number;
}

/** Pictures of a split: rows of one file, by id. */
export interface SplitPictures {
  readonly opened: OpenedSplit;
  readonly imageRows: Int32Array;
}

export interface OpenedSplits {
  readonly opened: readonly OpenedSplit[];
  /** Splits whose files cannot be read, and why. */
  readonly failed: ReadonlyMap<OfficialSplit, DatasetError>;
}

export interface OpenOptions {
  readonly onProgress?: (split: OfficialSplit, bytesDone: number, bytesTotal: number) => void;
  readonly signal?: AbortSignal;
}

/** Reads what each split lists and where its pictures are; no picture is opened. One split's failure leaves the others as they are. */
export async function openSplits({ splits }: CocoLayout, options: OpenOptions = {}): Promise<OpenedSplits> {
  const opened: OpenedSplit[] = [];
  const failed = new Map<OfficialSplit, DatasetError>();
  for (const files of splits) {
    try {
      opened.push(await openSplit(files, options));
    } catch (error) {
      if (!(error instanceof DatasetError)) throw error;
      failed.set(files.split, error);
    }
  }
  return { opened, failed };
}

async function openSplit(files: SplitFiles, { onProgress, signal }: OpenOptions): Promise<OpenedSplit> {
  const { index, sha256 } = await readAnnotationFile(files.annotationFile, {
    ...(signal === undefined ? {} : { signal }),
    ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(files.split, done, total) }),
  });
  const names = files.images === undefined ? undefined : await openImages(files.images, files.set);
  const { ids, fileNames } = index.images;
  return {
    files,
    index,
    sha256,
    locations: fileNames.map((name, row) => names?.find(name, ids[row] as number)),
    pictureCount: names?.count ?? 0,
    junkCount: names?.junkCount ?? 0,
  };
}

/** Why a split cannot be used; undefined when it can. */
export function splitRefusal({ files, index, locations }: OpenedSplit): DatasetError | undefined {
  const { annotationFile, set, isInfoOnly } = files;
  const refuse = (code: string, message: string, tip: string): DatasetError =>
    new DatasetError(code, `COCO keypoints: ${annotationFile} ${message}`, { tip });
  if (!locations.some((location) => location !== undefined)) {
    return refuse(
      'coco-no-images',
      `lists ${locations.length} pictures, and none of them is there; expected ${set}/ or images/${set}/ beside the annotations`,
      `Unpack ${set}.zip beside the annotations.`,
    );
  }
  if (isInfoOnly) return undefined;
  const foreign = foreignJoints(index);
  if (foreign !== undefined) {
    return refuse('coco-not-17', `defines ${foreign}; expected the 17 joints of COCO in their order`, 'Take the official file.');
  }
  const broken = index.problems.filter(({ what }) => what !== 'crowd-mask');
  const [first] = broken;
  if (first === undefined) return undefined;
  const field = first.what === 'keypoints' ? 'keypoints (51 numbers)' : 'bbox (4 numbers)';
  return refuse(
    first.what === 'keypoints' ? 'coco-kp-length' : 'coco-box',
    `has ${broken.length} annotations without proper ${field}, e.g. annotation ${first.annotationId} with ${first.detail}`,
    'Take the official file.',
  );
}

/** The official splits, and what is cut from train for searches. */
export function usableSplits(
  { opened, failed }: OpenedSplits,
  searchSplitSeed: number,
): { readonly splits: ReadonlyMap<string, SplitPictures>; readonly blocked: ReadonlyMap<string, DatasetError> } {
  const splits = new Map<string, SplitPictures>();
  const blocked = new Map<string, DatasetError>(failed);
  for (const one of opened) {
    const refusal = splitRefusal(one);
    if (refusal !== undefined) blocked.set(one.files.split, refusal);
    else splits.set(one.files.split, { opened: one, imageRows: presentRows(one) });
  }
  const train = splits.get('train');
  if (train !== undefined) {
    const { ids } = train.opened.index.images;
    const heldOut = heldOutForSearch(
      Array.from(train.imageRows, (row) => ids[row] as number),
      searchSplitSeed,
    );
    if (heldOut.size > 0) {
      splits.set('search-train', { ...train, imageRows: train.imageRows.filter((_, i) => !heldOut.has(i)) });
      splits.set('search-val', { ...train, imageRows: train.imageRows.filter((_, i) => heldOut.has(i)) });
    }
  }
  return { splits, blocked };
}

function presentRows({ locations }: OpenedSplit): Int32Array {
  return Int32Array.from(locations.keys()).filter((row) => locations[row] !== undefined);
}

/** A listed picture that is there. */
export interface PresentPicture {
  readonly split: OfficialSplit;
  readonly location: ImageLocation;
  /** By its official place: train2017/000000000009.jpg. */
  readonly name: string;
  /** -1 where it cannot be looked at. */
  readonly bytes: number;
  readonly opened: OpenedSplit;
  readonly row: number;
}

export async function presentPictures(opened: OpenedSplit): Promise<readonly PresentPicture[]> {
  const { files, index, locations } = opened;
  const present = locations.flatMap((location, row) => (location === undefined ? [] : [{ location, row }]));
  const sizes = await sizesOf(present.map(({ location }) => location));
  return present.map(({ location, row }, i) => ({
    split: files.split,
    location,
    name: `${files.set}/${index.images.fileNames[row]}`,
    bytes: sizes[i] as number,
    opened,
    row,
  }));
}

/**
 * SHA-256 over the sorted lines `path\tsize` of listed pictures, by their official places, and `path\tSHA-256` of annotation files: all labels stand in
 * them, and a changed one need not change a size.
 */
export function fingerprintOf({ opened }: OpenedSplits, pictures: readonly PresentPicture[]): string {
  const lines = pictures.map(({ name, bytes }) => `${name}\t${bytes}`);
  for (const { files, sha256 } of opened) lines.push(`annotations/${basename(files.annotationFile)}\t${sha256}`);
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest('hex');
}

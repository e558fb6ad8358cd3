import type { CheckOptions } from './check-options.ts';
import type { CheckResult } from './check.ts';
import { checkCityscapes } from './cityscapes/check.ts';
import { detectCityscapesRoot } from './cityscapes/layout.ts';
import {
  cityscapesFiles,
  readCityscapesItem,
  readCityscapesLabels,
  type Allocate,
  type CityscapesItemRef,
} from './cityscapes/read-item.ts';
import { openCityscapes } from './cityscapes/source.ts';
import { checkCocoKeypoints } from './coco-keypoints/check.ts';
import { COCO_JOINTS } from './coco-keypoints/joints.ts';
import { COCO_SIGNATURE, detectCocoRoot } from './coco-keypoints/layout.ts';
import { cocoFiles, readCocoItem, type CocoItemRef } from './coco-keypoints/read-item.ts';
import { openCocoKeypoints } from './coco-keypoints/source.ts';
import type { SampleFile } from './probe-picture.ts';
import { DatasetError, type DatasetSource, type ItemRef, type Sample } from './source.ts';

/** One kind of data set that the lab reads: how it is recognised, opened and read. */
export interface DatasetKind {
  readonly kind: string;
  readonly title: string;
  readonly task: Sample['kind'];
  /** What a folder of this kind holds, for messages. */
  readonly signature: string;
  /** What each split is for, in words. */
  readonly splitPurposes: Readonly<Record<string, string>>;
  /** Of key points: names of the joints in the order of the numbers. */
  readonly joints?: readonly string[];
  /** The root of such a set in or around `dir`; undefined when it is none. */
  recognise(dir: string): Promise<string | undefined>;
  open(root: string): Promise<DatasetSource>;
  /** Examines the set in or around `dir`; undefined when it is of another kind. */
  check(dir: string, options: CheckOptions): Promise<CheckResult | undefined>;
  /** Reads one sample in any thread; `allocate` gives the memory of what is decoded. */
  readItem(ref: ItemRef, allocate?: Allocate): Promise<Sample>;
  /** Files of a sample, the picture first. */
  files(ref: ItemRef): readonly SampleFile[];
  /**
   * Of data sets whose labels are pictures: those of a picture alone, in any thread. Train ids [height, width], 255 = ignored; empty where
   * its split has none.
   */
  readLabels?(ref: ItemRef): Promise<{ readonly height: number; readonly width: number; readonly labels: Uint8Array }>;
}

const cityscapes: DatasetKind = {
  kind: 'cityscapes',
  title: 'Cityscapes',
  task: 'segmentation',
  signature: 'leftImg8bit and gtFine with train, val, test and city folders inside',
  splitPurposes: {
    train: 'to train on',
    val: 'official scores; never used to choose an architecture',
    test: 'labels are withheld; predictions are handed in to the official server',
    'search-train': 'what searches train on: train without search-val',
    'search-val': 'ranks architectures in a search: whole cities held out of train',
  },
  recognise: async (dir) => (await detectCityscapesRoot(dir))?.root,
  open: (root) => openCityscapes(root),
  check: checkCityscapes,
  readItem: (ref, allocate) => readCityscapesItem(ref as CityscapesItemRef, allocate),
  files: (ref) => cityscapesFiles(ref as CityscapesItemRef),
  readLabels: (ref) => readCityscapesLabels(ref as CityscapesItemRef),
};

const cocoKeypoints: DatasetKind = {
  kind: 'coco-keypoints',
  joints: COCO_JOINTS,
  title: 'COCO keypoints',
  task: 'keypoints',
  signature: COCO_SIGNATURE,
  splitPurposes: {
    train: 'to train on',
    val: 'official scores; never used to choose an architecture',
    test: 'labels are withheld; results are handed in to the official server',
    'search-train': 'what searches train on: train without search-val',
    'search-val': 'ranks architectures in a search: pictures held out of train',
  },
  recognise: async (dir) => (await detectCocoRoot(dir))?.root,
  open: (root) => openCocoKeypoints(root),
  check: checkCocoKeypoints,
  readItem: (ref, allocate) => readCocoItem(ref as CocoItemRef, allocate),
  files: (ref) => cocoFiles(ref as CocoItemRef),
};

export const DATASET_KINDS: readonly DatasetKind[] = [cityscapes, cocoKeypoints];

/** Throws DatasetError 'kind-unknown'. */
export function datasetKind(kind: string): DatasetKind {
  const found = DATASET_KINDS.find((candidate) => candidate.kind === kind);
  if (found === undefined) {
    throw new DatasetError(
      'kind-unknown',
      `data set kind '${kind}' is unknown; known are ${DATASET_KINDS.map((known) => known.kind).join(', ')}`,
    );
  }
  return found;
}

/** The kind and root of the data set in `dir`; undefined when no known layout fits. */
export async function recognise(dir: string): Promise<{ readonly kind: DatasetKind; readonly root: string } | undefined> {
  for (const kind of DATASET_KINDS) {
    const root = await kind.recognise(dir);
    if (root !== undefined) return { kind, root };
  }
  return undefined;
}

/**
 * Opens a folder of the given kind, or of the kind that is recognised. Throws DatasetError 'root-not-found' and what the kind's
 * reader throws.
 */
export async function openDataset(dir: string, kind?: string): Promise<DatasetSource> {
  if (kind !== undefined) return datasetKind(kind).open(dir);
  const found = await recognise(dir);
  if (found === undefined) {
    const known = DATASET_KINDS.map((candidate) => `${candidate.title}: ${candidate.signature}`).join('; ');
    throw new DatasetError('root-not-found', `${dir} does not look like a data set that is known here (${known})`, {
      tip: 'Choose the folder that holds the data set as it was unpacked.',
    });
  }
  return found.kind.open(found.root);
}

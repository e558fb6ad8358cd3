import type { CheckLevel, CheckResult } from '../../datasets/check.ts';
import type { JointStatistics } from '../../datasets/joint-statistics.ts';
import type { SampleProblem } from '../../datasets/probe-picture.ts';
import type { ExperimentState } from '../../db/store.ts';
import type { DatasetView } from './contract.ts';

/** Looking into data sets: what a folder holds, how sound it is, its samples and how its pixels are spread over the classes. */
export interface DatasetBrowsingApi {
  /** What a folder holds, by names and sizes alone, before it is registered. A folder of no known kind is an answer too (kind 'unknown'). */
  recogniseDataset(root: string): Promise<RecognisedDataset>;
  /** A job: examines a folder, or a registered data set, whose report is then kept and shown with it. The level defaults to 3. */
  checkDataset(
    request: { readonly root: string; readonly level?: CheckLevel } | { readonly name: string; readonly level?: CheckLevel },
  ): Promise<CheckReport>;
  /** What lists show of each data set beside itself, as far as it is known already. */
  datasetOverviews(): Promise<readonly DatasetOverview[]>;
  /** Rejects with 'unknown-dataset'. */
  datasetDetail(name: string): Promise<DatasetDetail>;
  /** Writes the findings of the newest check as CSV; without `file` into the home's folder of exports. */
  exportFindings(request: { readonly dataset: string; readonly file?: string }): Promise<{ readonly file: string; readonly bytes: number }>;
  /** Put away: `datasets` leaves them out, experiments on them go on. Newest first. */
  archivedDatasets(): Promise<readonly DatasetView[]>;
  /** Puts a data set away, or back. */
  archiveDataset(name: string, isArchived: boolean): Promise<DatasetView>;
  /** A job the first time; counted once for each content. Rejects with 'no-labels'. */
  classHistogram(request: { readonly dataset: string; readonly split: string }): Promise<ClassHistogram>;
  /** Of data sets with key points, by the annotations alone. Rejects with 'wrong-task' and 'split-unknown'. */
  jointStatistics(request: { readonly dataset: string; readonly split: string }): Promise<JointStatistics>;
  /** One page of a split. Choosing by class counts the split first (a job, once). Rejects with 'split-unknown', 'unknown-class', 'unknown-evaluation'. */
  samples(request: SampleQuery): Promise<SamplePage>;
  /** One sample, decoded: what only that shows is told as its problem. Of key points also the persons that the evaluations predicted. */
  sample(request: SampleRef & { readonly evaluations?: readonly string[] }): Promise<SampleDetail>;
}

export interface CheckReport extends CheckResult {
  /** When the check ended. */
  readonly at: string;
}

export interface RecognisedDataset extends CheckReport {
  /** 'Cityscapes'; 'unknown' where no layout fits. */
  readonly title: string;
  readonly task?: string;
  /** Splits as they will be offered, those for searches included. */
  readonly usableSplits: Readonly<Record<string, number>>;
  readonly classes: DatasetView['classes'];
  /** Free at the moment. */
  readonly suggestedName: string;
  /** Data sets that are this folder, or have this content elsewhere. */
  readonly registered: readonly {
    readonly name: string;
    readonly root: string;
    readonly isSameFolder: boolean;
    readonly isAvailable: boolean;
  }[];
}

export interface DatasetOverview {
  readonly name: string;
  /** Experiments on it. */
  readonly experiments: number;
  /** Level and time of the newest check. */
  readonly checked?: { readonly level: CheckLevel; readonly at: string };
  /** Of the first split that was counted. */
  readonly histogram?: ClassHistogram;
}

export interface DatasetDetail {
  readonly dataset: DatasetView;
  /** Of the registration, or of the newest check after it. */
  readonly report: CheckReport | undefined;
  /** Fingerprint of the content now; evaluations of another one have no pictures here. Undefined while the folder cannot be read. */
  readonly contentNow?: string;
  /** The content differs from what was registered. Undefined while the folder is away or could not be read. */
  readonly isChanged?: boolean;
  /** Why the folder could not be read just now. */
  readonly problem?: SampleProblem;
  readonly experiments: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: ExperimentState;
    /** Made with this very content. */
    readonly isSameContent: boolean;
  }[];
  readonly splits: readonly SplitFacts[];
}

export interface SplitFacts {
  readonly name: string;
  readonly samples: number;
  /** What the split is for, in words; where it was cut from another one, how. */
  readonly purpose: string;
  /** Its classes have been counted. */
  readonly isCounted: boolean;
}

export interface ClassHistogram {
  readonly dataset: string;
  readonly split: string;
  readonly fingerprint: string;
  /** Pictures that could be read. */
  readonly pictures: number;
  readonly unreadable: number;
  readonly classes: readonly {
    readonly id: number;
    readonly name: string;
    readonly color: readonly number[];
    readonly pixels: number;
    /** Of the labelled pixels, 0..1. */
    readonly share: number;
    /** In which it occurs. */
    readonly pictures: number;
  }[];
  /** Share of all pixels that nobody scores, 0..1. */
  readonly ignoredShare: number;
  /** Sizes of the pictures with their counts, the most frequent one first; height first. */
  readonly sizes: readonly { readonly height: number; readonly width: number; readonly pictures: number }[];
}

export interface SampleRef {
  readonly dataset: string;
  readonly split: string;
  readonly index: number;
}

export interface SampleQuery {
  readonly dataset: string;
  readonly split: string;
  /** Only samples with at least one pixel of it. */
  readonly classId?: number;
  /** Part of a key: a city, a sequence. */
  readonly filter?: string;
  /** 'worst' and 'best' by the pictures' scores in `evaluation`; those that it does not know come last. */
  readonly sort?: 'index' | 'worst' | 'best';
  readonly evaluation?: string;
  readonly offset?: number;
  /** At most 200; 60 by default. */
  readonly limit?: number;
}

export interface SamplePage {
  /** Samples that match, on all pages. */
  readonly total: number;
  readonly samples: readonly SampleTile[];
}

export interface SampleTile {
  readonly index: number;
  readonly key: string;
  /** Kind of the sample, which says how it is shown. */
  readonly kind: string;
  readonly height?: number;
  readonly width?: number;
  /** Address of its layers: append 'image.png?width=240', 'labels.png', 'overlay.png', 'prediction.png', 'errors.png', 'ids.png'. Ends with '/'. */
  readonly media: string;
  /** Whether the split is labelled. */
  readonly hasLabels: boolean;
  /** Score of this picture alone in the evaluation that was named: mean IoU, of persons their mean OKS; null where nothing counts. */
  readonly iou?: number | null;
  /** Pixels of the class or of the matrix cell that was asked for. */
  readonly pixels?: number;
  /** Why it cannot be read: a tile, not a failure of the page. */
  readonly problem?: SampleProblem;
}

/** Of a picture with key points. */
export interface SamplePersons {
  /** Names in the order of the numbers: 'left_elbow'. */
  readonly joints: readonly string[];
  readonly truth: readonly PersonView[];
  /** Of the evaluations that were asked for and have predictions of this picture. */
  readonly predictions: readonly { readonly evaluation: string; readonly persons: readonly PersonView[] }[];
}

export interface PersonView {
  /** [x, y, width, height] px. */
  readonly box: readonly [number, number, number, number];
  /** x, y, and visibility (0 not labelled, 1 hidden, 2 visible) or, predicted, the confidence 0..1 of each joint. */
  readonly keypoints: readonly number[];
  readonly isPredicted: boolean;
  readonly isCrowd: boolean;
  /** Of a predicted person. */
  readonly score?: number;
}

export interface SampleDetail extends SampleTile {
  readonly persons?: SamplePersons;
  readonly split: string;
  /** Files, the picture first; relative to the root of the data set. */
  readonly files: readonly { readonly role: string; readonly path: string }[];
  /** Its classes by pixels, most first. */
  readonly classes: readonly { readonly id: number; readonly name: string; readonly pixels: number; readonly share: number }[];
  readonly ignoredShare?: number;
}

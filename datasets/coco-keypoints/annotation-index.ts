import type { Rle } from './rle.ts';

/** What an annotation file says, as typed arrays: rows of pictures by id, rows of annotations as the file has them. */
export interface AnnotationIndex {
  readonly path: string;
  readonly images: ImageRows;
  readonly annotations: AnnotationRows;
  readonly categories: readonly CategoryRow[];
  /** Annotations of picture `i`: rows[starts[i]] to rows[starts[i + 1] - 1], in the file's order. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  /** Areas of crowds, by annotation row. */
  readonly crowds: ReadonlyMap<number, Rle>;
  /** Ids of pictures that the file lists more than once; the first entry counts. */
  readonly repeatedImages: readonly number[];
  /** What could not be taken from an entry. */
  readonly problems: readonly EntryProblem[];
}

export interface ImageRows {
  /** Ascending. Ids of crowds and the like need more than 32 bits. */
  readonly ids: Float64Array;
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  readonly fileNames: readonly string[];
}

export interface AnnotationRows {
  readonly ids: Float64Array;
  /** As the file says it; `imageRows` is -1 when the file lists no such picture. */
  readonly imageIds: Float64Array;
  readonly imageRows: Int32Array;
  readonly categoryIds: Int32Array;
  /** [rows, 4]: x, y, width, height px. */
  readonly boxes: Float64Array;
  /** NaN where the file has none. */
  readonly areasPx2: Float64Array;
  readonly isCrowd: Uint8Array;
  /** `num_keypoints`; -1 where the file has none. */
  readonly labelledJoints: Int32Array;
  /** Where the joints begin in `joints`; NO_JOINTS when all of them are 0. */
  readonly jointStarts: Int32Array;
  /** x, y, visibility of each of the 17 joints. */
  readonly joints: Float32Array | Float64Array;
}

export const NO_JOINTS = -1;
export const JOINT_NUMBERS = 51;

export interface CategoryRow {
  readonly id: number;
  readonly name: string;
  /** Names of joints; empty when the file has none. */
  readonly joints: readonly string[];
}

/** `keypoints`: another number of numbers than 51; `box`: not four numbers; `crowd-mask`: runs that do not fill the mask. */
export interface EntryProblem {
  readonly what: 'keypoints' | 'box' | 'crowd-mask';
  readonly annotationId: number;
  readonly detail: string;
}

/** The 51 numbers of an annotation. */
export function jointsOf({ annotations }: AnnotationIndex, row: number): readonly number[] {
  const start = annotations.jointStarts[row] as number;
  if (start === NO_JOINTS) return new Array<number>(JOINT_NUMBERS).fill(0);
  return Array.from(annotations.joints.subarray(start, start + JOINT_NUMBERS));
}

export function boxOf({ annotations }: AnnotationIndex, row: number): readonly [number, number, number, number] {
  const [x, y, width, height] = annotations.boxes.subarray(4 * row, 4 * row + 4) as unknown as [number, number, number, number];
  return [x, y, width, height];
}

/** The row of a picture by its id; undefined when the file does not list it. */
export function imageRowOf({ images: { ids } }: AnnotationIndex, id: number): number | undefined {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] as number) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : undefined;
}

import { DatasetError } from '../source.ts';
import { parseJson } from './json-errors.ts';
import { readJsonSections } from './json-sections.ts';
import { WHOLE_FILE } from './json-splitter.ts';

/** One predicted person of a result file. */
export interface ResultEntry {
  readonly imageId: number;
  readonly score: number;
  /** x, y, score of each joint. */
  readonly keypoints: readonly number[];
  /** [x, y, width, height] px. */
  readonly box?: readonly number[];
}

/** The one category that has joints. */
const PERSON = 1;
const isNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every((entry) => typeof entry === 'number');

/**
 * The persons of a result file ([{ image_id, category_id, keypoints, score, bbox? }, ...]) of any length, in its order; entries of other categories
 * are left out and counted. Throws what readJsonSections throws, and DatasetError 'coco-results' for entries of another shape.
 */
export async function readResultFile(path: string): Promise<{ readonly results: readonly ResultEntry[]; readonly leftOut: number }> {
  const results: ResultEntry[] = [];
  let leftOut = 0;
  await readJsonSections(path, {
    [WHOLE_FILE]: (bytes, offset) => {
      const entry = (parseJson(bytes, path, offset) ?? {}) as Readonly<Record<string, unknown>>;
      if (entry.category_id !== undefined && entry.category_id !== PERSON) leftOut++;
      else results.push(resultOf(entry, path, offset));
    },
  });
  return { results, leftOut };
}

function resultOf(entry: Readonly<Record<string, unknown>>, path: string, offset: number): ResultEntry {
  const { image_id: imageId, score, keypoints, bbox: box } = entry;
  if (typeof imageId !== 'number' || typeof score !== 'number' || !isNumbers(keypoints) || (box !== undefined && !isNumbers(box))) {
    throw wrong(path, `has an entry at byte ${offset} without numbers as image_id, score, keypoints and, where there is one, bbox`);
  }
  return { imageId, score, keypoints, ...(box === undefined ? {} : { box }) };
}

function wrong(path: string, what: string): DatasetError {
  return new DatasetError('coco-results', `COCO keypoints: the result file ${path} ${what}`, {
    tip: 'Give a list of { image_id, category_id: 1, keypoints: [x, y, score, … of 17 joints], score }.',
  });
}

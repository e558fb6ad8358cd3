import { parseJson } from './json-errors.ts';
import { readJsonSections } from './json-sections.ts';
import { WHOLE_FILE } from './json-splitter.ts';
import { DatasetError } from '../source.ts';

/** A detected box of a person. */
export interface Detection {
  readonly imageId: number;
  /** [x, y, width, height] px, as the file says it. */
  readonly box: readonly [number, number, number, number];
  readonly score: number;
}

/**
 * The persons of a file of detections ([{ image_id, category_id, bbox, score }, ...]) with a score of at least `scoreThreshold`, in the
 * file's order. Throws what readJsonSections throws, and DatasetError 'coco-detections' for entries of another shape.
 */
export async function readDetections(path: string, scoreThreshold: number, personCategory: number): Promise<readonly Detection[]> {
  const found: Detection[] = [];
  await readJsonSections(path, {
    [WHOLE_FILE]: (bytes, offset) => {
      const entry = (parseJson(bytes, path, offset) ?? {}) as Record<string, unknown>;
      const { image_id: imageId, category_id: category, bbox: box, score } = entry;
      const isBox = Array.isArray(box) && box.length === 4 && box.every((value) => Number.isFinite(value));
      if (typeof imageId !== 'number' || typeof score !== 'number' || !Number.isFinite(score) || !isBox) {
        throw new DatasetError(
          'coco-detections',
          `COCO keypoints: the detection file ${path} has an entry at byte ${offset} without image_id, score or four numbers as bbox`,
          { tip: 'Give a list of { image_id, category_id, bbox: [x, y, width, height], score }.' },
        );
      }
      if (category !== personCategory || score < scoreThreshold) return;
      found.push({ imageId, box: box as unknown as Detection['box'], score });
    },
  });
  return found;
}

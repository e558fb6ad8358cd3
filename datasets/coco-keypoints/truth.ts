import type { KeypointsLabels, LabelledPerson } from '../keypoints-source.ts';
import { DatasetError } from '../source.ts';
import { boxOf, jointsOf } from './annotation-index.ts';
import type { OpenedSplit } from './open-splits.ts';
import { labelledJoints, personRows } from './persons.ts';

/**
 * The persons of some pictures as the official scores take them, crowds and persons without a labelled joint too. `rows` are ascending.
 * Throws DatasetError 'split-unlabelled', 'coco-id-zero', 'coco-id-dup' or 'coco-area-missing' when they cannot be scored.
 */
export function labelsOf({ files, index }: OpenedSplit, split: string, rows: readonly number[]): KeypointsLabels {
  if (files.isInfoOnly) {
    throw new DatasetError('split-unlabelled', `COCO keypoints: ${split} has no labels (${files.annotationFile} lists pictures only)`, {
      tip: 'Scores need a split with labels; results of test are scored by the official server.',
    });
  }
  const { ids, areasPx2, isCrowd } = index.annotations;
  const { ids: imageIds } = index.images;
  const persons: LabelledPerson[] = [];
  const seen = new Set<number>();
  const refuse = (code: string, message: string): DatasetError =>
    new DatasetError(code, `COCO keypoints: scoring against ${files.annotationFile}: ${message}`, { tip: 'Take the official file.' });
  for (const imageRow of rows) {
    for (const row of personRows(index, imageRow)) {
      const id = ids[row] as number;
      if (!(id > 0)) throw refuse('coco-id-zero', `an annotation has the id ${id}; the official matcher takes 0 for "no match"`);
      if (seen.has(id)) throw refuse('coco-id-dup', `two annotations have the id ${id}`);
      if (Number.isNaN(areasPx2[row])) throw refuse('coco-area-missing', `annotation ${id} has no area, which similarity is measured by`);
      seen.add(id);
      persons.push({
        id,
        imageId: imageIds[imageRow] as number,
        box: boxOf(index, row),
        areaPx2: areasPx2[row] as number,
        isCrowd: isCrowd[row] === 1,
        labelledJoints: labelledJoints(index, row),
        keypoints: jointsOf(index, row),
      });
    }
  }
  return { imageIds: rows.map((row) => imageIds[row] as number), persons };
}

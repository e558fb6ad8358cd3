import { basename } from 'node:path';
import type { KeypointsLabels, LabelledPerson } from '../keypoints-source.ts';
import { DatasetError } from '../source.ts';
import { boxOf, JOINT_NUMBERS, jointsOf, type AnnotationIndex } from './annotation-index.ts';
import type { OpenedSplit } from './open-splits.ts';
import { foreignJoints, labelledJoints, personRows } from './persons.ts';
import { readAnnotations } from './read-annotations.ts';

/**
 * The persons of some pictures as the official scores take them, crowds and persons without a labelled joint too. `rows` are ascending.
 * Throws DatasetError 'split-unlabelled', 'coco-id-zero', 'coco-id-dup' or 'coco-area-missing' when they cannot be scored.
 */
export function labelsOf(
  { files, index }: { readonly files: Pick<OpenedSplit['files'], 'annotationFile' | 'isInfoOnly'>; readonly index: AnnotationIndex },
  split: string,
  rows: readonly number[],
): KeypointsLabels {
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

/**
 * The persons of a file of annotations by itself, whether or not its pictures are at hand. Throws what `readAnnotations` and `labelsOf` throw, and
 * DatasetError 'coco-not-17', 'coco-kp-length', 'coco-box' or 'coco-dangling' for what the official score would take wrongly.
 */
export async function readLabels(path: string): Promise<KeypointsLabels> {
  const index = await readAnnotations(path);
  const { ids, imageIds, imageRows } = index.annotations;
  const refuse = (code: string, message: string): DatasetError =>
    new DatasetError(code, `COCO keypoints: scoring against ${path}: ${message}`, { tip: 'Take the official file.' });
  const foreign = foreignJoints(index);
  if (foreign !== undefined)
    throw refuse('coco-not-17', `it defines ${foreign}; the official score is of the 17 joints of COCO in their order`);
  for (const { what, annotationId, detail } of index.problems) {
    if (what === 'keypoints')
      throw refuse('coco-kp-length', `annotation ${annotationId} has ${detail} as keypoints; expected ${JOINT_NUMBERS}`);
    if (what === 'box') throw refuse('coco-box', `annotation ${annotationId} has ${detail} as bbox; expected 4`);
  }
  const dangling = imageRows.indexOf(-1);
  if (dangling >= 0)
    throw refuse('coco-dangling', `annotation ${ids[dangling]} is of image ${imageIds[dangling]}, which the file does not list`);
  const rows = Array.from(index.images.ids.keys());
  return labelsOf({ files: { annotationFile: path, isInfoOnly: ids.length === 0 }, index }, basename(path), rows);
}

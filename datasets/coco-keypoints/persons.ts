import type { PersonLabel } from '../source.ts';
import { boxOf, jointsOf, type AnnotationIndex } from './annotation-index.ts';
import { COCO_JOINTS } from './joints.ts';

/** The id of the category that has the joints; persons are its annotations. */
export function personCategory({ categories }: AnnotationIndex): number {
  return (categories.find(({ joints }) => joints.length > 0) ?? categories.find(({ name }) => name === 'person'))?.id ?? 1;
}

/** Undefined when the file has the joints of COCO in their order; else what it has. */
export function foreignJoints(index: AnnotationIndex): string | undefined {
  const joints = index.categories.find(({ id }) => id === personCategory(index))?.joints ?? [];
  if (joints.length === COCO_JOINTS.length && COCO_JOINTS.every((name, i) => joints[i] === name)) return undefined;
  const shown = joints.slice(0, 4).join(', ');
  return `${joints.length} keypoints${shown === '' ? '' : ` (${shown}${joints.length > 4 ? ', …' : ''})`}`;
}

/** Rows of a picture's persons in the file's order. */
export function personRows(index: AnnotationIndex, imageRow: number): readonly number[] {
  const category = personCategory(index);
  const own = index.rows.subarray(index.starts[imageRow] as number, index.starts[imageRow + 1] as number);
  return Array.from(own).filter((row) => index.annotations.categoryIds[row] === category);
}

/** As the file says it. */
export function personOf(index: AnnotationIndex, row: number): PersonLabel {
  const { ids, areasPx2, isCrowd } = index.annotations;
  const mask = index.crowds.get(row);
  return {
    id: ids[row] as number,
    box: boxOf(index, row),
    keypoints: jointsOf(index, row),
    areaPx2: areasPx2[row] as number,
    isCrowd: isCrowd[row] === 1,
    labelledJoints: labelledJoints(index, row),
    score: 1,
    ...(mask === undefined ? {} : { mask }),
  };
}

/** As the file says it, or counted where it does not. */
export function labelledJoints(index: AnnotationIndex, row: number): number {
  const said = index.annotations.labelledJoints[row] as number;
  return said >= 0 ? said : jointsOf(index, row).filter((value, i) => i % 3 === 2 && value > 0).length;
}

/** Visibility of a joint: 0 not labelled, 1 hidden, 2 visible. */
export const visibilityOf = ({ keypoints }: Pick<PersonLabel, 'keypoints'>, joint: number): number => keypoints[3 * joint + 2] ?? 0;

type Box = PersonLabel['box'];

/**
 * The person as it is cropped, or undefined when it is not: crowds, areas of 0, persons without a labelled
 * joint, boxes outside of the picture. An area that the file does not have says nothing (the scores ask for it). The box is cut to the picture as in HRNet's dataset/coco.py, where its last pixel counts.
 */
export function croppedPerson(person: PersonLabel, imageHeight: number, imageWidth: number): PersonLabel | undefined {
  if (person.isCrowd || person.areaPx2 <= 0) return undefined;
  if (!COCO_JOINTS.some((_, joint) => visibilityOf(person, joint) > 0)) return undefined;
  const box = clipBox(person.box, imageHeight, imageWidth);
  return box === undefined ? undefined : { ...person, box };
}

function clipBox([x, y, width, height]: Box, imageHeight: number, imageWidth: number): Box | undefined {
  const left = Math.max(0, x);
  const top = Math.max(0, y);
  const right = Math.min(imageWidth - 1, left + Math.max(0, width - 1));
  const bottom = Math.min(imageHeight - 1, top + Math.max(0, height - 1));
  return right >= left && bottom >= top ? [left, top, right - left, bottom - top] : undefined;
}

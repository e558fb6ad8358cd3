import { basename } from 'node:path';
import type { FindingList } from '../findings.ts';
import { boxOf, NO_JOINTS, type AnnotationIndex, type EntryProblem } from './annotation-index.ts';
import { COCO_JOINTS } from './joints.ts';
import type { OpenedSplit } from './open-splits.ts';
import { foreignJoints } from './persons.ts';

/** Boxes are rounded: so far one may leave its picture. */
const BOX_SLACK = 1; // px
const AREA_IS_BOX_SHARE = 0.95;
/** Areas of masks are never those of boxes by chance. */
const AREA_SLACK = 1e-6;

/** Everything that the annotations of a split say about themselves and about their pictures' sizes; no picture is needed. */
export function checkAnnotations({ files, index }: OpenedSplit, findings: FindingList): void {
  const { split } = files;
  for (const id of index.repeatedImages) findings.add('coco.image-dup', { split, path: `image ${id}` });
  if (files.isInfoOnly) {
    findings.add('coco.test', { split });
    return;
  }
  const foreign = foreignJoints(index);
  if (foreign !== undefined) findings.add('coco.not-17', { split, path: basename(files.annotationFile), detail: foreign });
  for (const { what, annotationId, detail } of index.problems) {
    const code = { keypoints: 'coco.kp-length', box: 'coco.box-length', 'crowd-mask': 'coco.crowd-rle-bad' }[what];
    findings.add(code, { split, path: nameOf(annotationId), detail });
  }
  const toldOf = (wanted: EntryProblem['what']): ReadonlySet<number> =>
    new Set(index.problems.filter(({ what }) => what === wanted).map(({ annotationId }) => annotationId));
  const [withoutBox, withoutJoints] = [toldOf('box'), toldOf('keypoints')];
  const seen = new Set<number>();
  const categories = new Set(index.categories.map(({ id }) => id));
  for (let row = 0; row < index.annotations.ids.length; row++) {
    checkIdentity(index, row, split, seen, categories, findings);
    if (!withoutBox.has(index.annotations.ids[row] as number)) checkBox(index, row, split, findings);
    checkMaskSize(index, row, split, findings);
    // Joints in another order or number are told once, by `coco.not-17`.
    if (foreign === undefined) checkJoints(index, row, split, withoutJoints, findings);
  }
  checkAreas(index, split, findings);
}

const nameOf = (annotationId: number): string => `annotation ${annotationId}`;

function checkIdentity(
  { annotations }: AnnotationIndex,
  row: number,
  split: string,
  seen: Set<number>,
  categories: ReadonlySet<number>,
  findings: FindingList,
): void {
  const id = annotations.ids[row] as number;
  if (id === 0) findings.add('coco.id-zero', { split });
  else if (seen.has(id)) findings.add('coco.id-dup', { split, path: nameOf(id) });
  seen.add(id);
  const category = annotations.categoryIds[row] as number;
  if (annotations.imageRows[row] === -1) {
    findings.add('coco.dangling', { split, path: nameOf(id), detail: `image_id ${annotations.imageIds[row]}` });
  } else if (!categories.has(category)) {
    findings.add('coco.dangling', { split, path: nameOf(id), detail: `category_id ${category}` });
  }
}

/** Height and width of an annotation's picture; undefined where the file does not say. */
function pictureOf({ annotations, images }: AnnotationIndex, row: number): { readonly height: number; readonly width: number } | undefined {
  const image = annotations.imageRows[row] as number;
  const [height = 0, width = 0] = image < 0 ? [] : [images.heights[image], images.widths[image]];
  return height > 0 && width > 0 ? { height, width } : undefined;
}

function checkBox(index: AnnotationIndex, row: number, split: string, findings: FindingList): void {
  const picture = pictureOf(index, row);
  if (picture === undefined) return;
  const [x, y, width, height] = boxOf(index, row);
  const isInside = x >= -BOX_SLACK && y >= -BOX_SLACK && x + width <= picture.width + BOX_SLACK && y + height <= picture.height + BOX_SLACK;
  if (isInside && width > 0 && height > 0) return;
  const detail = `[${x}, ${y}, ${width}, ${height}] in ${picture.height}x${picture.width} (height x width)`;
  findings.add('coco.box-outside', { split, path: nameOf(index.annotations.ids[row] as number), detail });
}

function checkMaskSize(index: AnnotationIndex, row: number, split: string, findings: FindingList): void {
  const mask = index.crowds.get(row);
  const picture = pictureOf(index, row);
  if (mask === undefined || picture === undefined) return;
  if (mask.height === picture.height && mask.width === picture.width) return;
  const detail = `a mask of ${mask.height}x${mask.width} for ${picture.height}x${picture.width} (height x width)`;
  findings.add('coco.crowd-rle-bad', { split, path: nameOf(index.annotations.ids[row] as number), detail });
}

/** Once an annotation for each kind of fault. `withoutJoints`: ids whose joints are told already. */
function checkJoints(index: AnnotationIndex, row: number, split: string, withoutJoints: ReadonlySet<number>, findings: FindingList): void {
  const { ids, jointStarts, joints, labelledJoints } = index.annotations;
  const start = jointStarts[row] as number;
  const picture = pictureOf(index, row);
  const faults = new Map<string, string>();
  const tell = (code: string, detail: string): void => void (faults.has(code) || faults.set(code, detail));
  let labelled = 0;
  for (let joint = 0; start !== NO_JOINTS && joint < COCO_JOINTS.length; joint++) {
    const at = start + 3 * joint;
    const [x, y, visibility] = [joints[at] as number, joints[at + 1] as number, joints[at + 2] as number];
    if (visibility > 0) labelled += 1;
    if (visibility !== 0 && visibility !== 1 && visibility !== 2) tell('coco.v-invalid', `${visibility} for the ${COCO_JOINTS[joint]}`);
    if (visibility === 0 && (x !== 0 || y !== 0)) tell('coco.v0-with-xy', `${COCO_JOINTS[joint]} at ${x}, ${y}`);
    const isOutside = picture !== undefined && (x < 0 || y < 0 || x >= picture.width || y >= picture.height);
    if (visibility > 0 && isOutside) {
      tell('coco.kp-outside', `${COCO_JOINTS[joint]} at ${x}, ${y} in ${picture.height}x${picture.width} (height x width)`);
    }
  }
  if (labelledJoints[row] !== labelled && !withoutJoints.has(ids[row] as number)) {
    const said = labelledJoints[row] === -1 ? 'none' : `${labelledJoints[row]}`;
    tell('coco.num-mismatch', `${said} for ${labelled} labelled joints`);
  }
  for (const [code, detail] of faults) findings.add(code, { split, path: nameOf(ids[row] as number), detail });
}

function checkAreas(index: AnnotationIndex, split: string, findings: FindingList): void {
  const { ids, areasPx2, isCrowd } = index.annotations;
  let [single, ofBoxes] = [0, 0];
  for (let row = 0; row < ids.length; row++) {
    const area = areasPx2[row] as number;
    if (Number.isNaN(area)) findings.add('coco.area-missing', { split, path: nameOf(ids[row] as number) });
    if (isCrowd[row] === 1) continue;
    single += 1;
    const [, , width, height] = boxOf(index, row);
    if (area > 0 && Math.abs(area - width * height) <= AREA_SLACK * area) ofBoxes += 1;
  }
  if (single > 0 && ofBoxes > AREA_IS_BOX_SHARE * single) {
    findings.add('coco.area-is-box', { split, detail: `${ofBoxes} of ${single} annotations` });
  }
}

import { createRandom, itemSeed } from '../../random.ts';
import { encodeMask, maskArea, maskBox, type MaskColumns } from '../rle.ts';
import { COCO_JOINTS } from '../joints.ts';
import { PARTS } from './figure.ts';
import type { Canvas } from './canvas.ts';
import { HEAD_RADIUS, type Seen } from './pose.ts';
import { traceOutlines } from './outlines.ts';
import type { PaintedScene, SceneFigure, SceneSeed } from './scene.ts';

/** An annotation as the official files have it. */
export interface Annotation {
  readonly id: number;
  readonly image_id: number;
  readonly category_id: 1;
  readonly segmentation: readonly (readonly number[])[] | { readonly size: readonly [number, number]; readonly counts: readonly number[] };
  readonly area: number;
  readonly bbox: readonly [number, number, number, number];
  readonly iscrowd: 0 | 1;
  readonly num_keypoints: number;
  readonly keypoints: readonly number[];
}

/** Room for so many annotations of a picture. */
const IDS_PER_IMAGE = 100;
/** Of outlines, px. */
const TOLERANCE = 0.75;
/** Joints of a person are labelled when at least this share of it is to be seen. */
const LABELLED_SHARE = 0.12;

/** What a picture's entries in the annotation file are: from far to near, a crowd first. */
export function annotate({ canvas, figures }: PaintedScene, job: SceneSeed, imageId: number): readonly Annotation[] {
  const random = createRandom(itemSeed(job.seed, job.split, job.index, 'labels'));
  const crowd = figures.filter(({ role }) => role === 'crowd');
  const groups = crowd.length > 0 ? [crowd] : [];
  for (const figure of figures) if (figure.role !== 'crowd') groups.push([figure]);
  const annotations: Annotation[] = [];
  for (const group of groups) {
    const hidesFace = random.chance(0.3);
    const rle = encodeMask(columnsOf(canvas, group), canvas.height, canvas.width);
    const area = maskArea(rle);
    if (area === 0) continue;
    const [first] = group as [SceneFigure];
    const isLabelled = first.role === 'person' && area >= LABELLED_SHARE * first.paintedPx;
    const keypoints = isLabelled ? labelJoints(canvas, first, hidesFace) : NO_JOINTS;
    annotations.push({
      id: imageId * IDS_PER_IMAGE + annotations.length + 1,
      image_id: imageId,
      category_id: 1,
      segmentation:
        first.role === 'crowd' ? { size: [canvas.height, canvas.width], counts: rle.counts } : outlinesOf(canvas, first.owner),
      area,
      bbox: maskBox(rle),
      iscrowd: first.role === 'crowd' ? 1 : 0,
      num_keypoints: keypoints.filter((value, i) => i % 3 === 2 && value > 0).length,
      keypoints,
    });
  }
  return annotations;
}

const NO_JOINTS: readonly number[] = new Array<number>(3 * COCO_JOINTS.length).fill(0);

/** Column by column. [width, height] */
function columnsOf({ owners, height, width }: Canvas, figures: readonly SceneFigure[]): MaskColumns {
  const isWanted = new Uint8Array(256);
  for (const { owner } of figures) isWanted[owner] = 1;
  const columns = new Uint8Array(owners.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) columns[x * height + y] = isWanted[owners[y * width + x] as number] as number;
  }
  return columns;
}

function outlinesOf({ owners, height, width }: Canvas, owner: number): readonly (readonly number[])[] {
  return traceOutlines(
    owners.map((value) => (value === owner ? 1 : 0)),
    height,
    width,
    TOLERANCE,
  );
}

/** x, y, visibility; all 0 outside the picture and, with `hidesFace`, for what of a face is on the other side of the head. */
function labelJoints(canvas: Canvas, { figure, owner }: SceneFigure, hidesFace: boolean): readonly number[] {
  return figure.pose.joints.flatMap((joint, i) => {
    const isTurnedAway = i < FACE_JOINTS && joint.depth < figure.pose.head.depth - 0.3 * HEAD_RADIUS;
    const { x, y } = joint;
    if (x < 0 || y < 0 || x >= canvas.width || y >= canvas.height || (isTurnedAway && hidesFace)) return [0, 0, 0];
    return [x, y, !isTurnedAway && isSeen(canvas, joint, owner, i) ? 2 : 1];
  });
}

const FACE_JOINTS = 5;

/** What may be seen where a joint is without hiding it: the parts that meet there. */
const PARTS_OF_JOINT: readonly (readonly number[])[] = [
  ...Array.from({ length: FACE_JOINTS }, () => [PARTS.head]),
  ...([0, 1] as const).map((side) => [PARTS.torso, PARTS.upperArm[side]]),
  ...([0, 1] as const).map((side) => [PARTS.upperArm[side], PARTS.foreArm[side]]),
  ...([0, 1] as const).map((side) => [PARTS.foreArm[side]]),
  ...([0, 1] as const).map((side) => [PARTS.torso, PARTS.thigh[side]]),
  ...([0, 1] as const).map((side) => [PARTS.thigh[side], PARTS.shin[side]]),
  ...([0, 1] as const).map((side) => [PARTS.shin[side]]),
];

function isSeen({ owners, parts, width }: Canvas, { x, y, depth }: Seen, owner: number, joint: number): boolean {
  const pixel = y * width + x;
  if (owners[pixel] !== owner) return false;
  const part = parts[pixel] as number;
  // The trunk hides shoulders and hips of its far side.
  return (PARTS_OF_JOINT[joint] as readonly number[]).includes(part) && !(part === PARTS.torso && depth < -0.04);
}

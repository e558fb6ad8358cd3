import { COCO_JOINTS, COCO_SKELETON } from './coco-keypoints/joints.ts';
import { decodeMask } from './coco-keypoints/rle.ts';
import { encodePng } from './decode/png-encode.ts';
import { createCanvas, paintBox, paintDisc, paintLine, paintRing, paintStripes } from './paint-shapes.ts';
import type { Canvas, Color } from './paint-shapes.ts';
import { blend, type Rgba } from './picture-layers.ts';
import type { KeypointsSample, PersonLabel } from './source.ts';

/** A person as a network sees it. */
export interface PredictedPerson {
  /** x, y, score of each joint. */
  readonly keypoints: readonly number[];
  readonly score: number;
}

export interface KeypointsRenderOptions {
  /** Persons, boxes and crowds as they are labelled. */
  readonly hasLabels: boolean;
  readonly hasBoxes: boolean;
  readonly predictions: readonly PredictedPerson[];
  /** Predicted joints below it are left out. */
  readonly jointThreshold: number;
}

export const defaultKeypointsRenderOptions: KeypointsRenderOptions = {
  hasLabels: true,
  hasBoxes: true,
  predictions: [],
  jointThreshold: 0.2,
};

/** Left and right are the person's own. Predictions are lighter. The hues differ for colour-blind eyes too. */
export const skeletonColors = {
  labels: { left: [230, 97, 1], right: [34, 102, 204], middle: [240, 240, 240] },
  predictions: { left: [253, 200, 90], right: [120, 210, 255], middle: [200, 255, 200] },
  box: [240, 240, 240],
  crowd: [20, 20, 20],
} as const;

const STRIPE_PERIOD = 8; // px
const crowdStripes = {
  period: STRIPE_PERIOD,
  dark: { color: skeletonColors.crowd, opacity: 0.75 },
  light: { color: skeletonColors.box, opacity: 0.35 },
} as const;

/** The picture with its persons drawn over it, as PNG. */
export function renderKeypoints(sample: KeypointsSample, options: Partial<KeypointsRenderOptions> = {}): Buffer {
  const { height, width } = sample;
  const rgb = Uint8Array.from(sample.rgb);
  blend(rgb, keypointsLayer(sample, { height, width }, options), 1);
  return encodePng({ width, height, channels: 3, data: rgb });
}

/**
 * The persons of a picture alone, on transparent ground of any size: visible joints filled, hidden ones hollow, those that are not labelled
 * left out, limbs between joints that are drawn, crowds striped. [height, width, 4]
 */
export function keypointsLayer(
  picture: Pick<KeypointsSample, 'height' | 'width' | 'persons'>,
  size: { readonly height: number; readonly width: number },
  options: Partial<KeypointsRenderOptions> = {},
): Rgba {
  const { hasLabels, hasBoxes, predictions, jointThreshold } = { ...defaultKeypointsRenderOptions, ...options };
  const canvas = createCanvas(size.height, size.width);
  const pen = penFor(canvas, picture);
  if (hasLabels) {
    for (const person of picture.persons.filter(({ isCrowd }) => isCrowd)) drawCrowd(canvas, person, picture);
    for (const person of picture.persons.filter(({ isCrowd }) => !isCrowd)) {
      if (hasBoxes) paintBox(canvas, pen.box(person.box), 1, skeletonColors.box);
      drawSkeleton(canvas, jointsOfLabel(person), pen, skeletonColors.labels);
    }
  }
  for (const { keypoints } of predictions) {
    drawSkeleton(canvas, jointsOfPrediction(keypoints, jointThreshold), pen, skeletonColors.predictions);
  }
  return canvas.data;
}

interface DrawnJoint {
  readonly x: number;
  readonly y: number;
  readonly isHollow: boolean;
}
type Joints = readonly (DrawnJoint | undefined)[];

function jointsOfLabel({ keypoints }: PersonLabel): Joints {
  return COCO_JOINTS.map((_, joint) => {
    const [x = 0, y = 0, visibility = 0] = keypoints.slice(3 * joint, 3 * joint + 3);
    return visibility > 0 ? { x, y, isHollow: visibility === 1 } : undefined;
  });
}

function jointsOfPrediction(keypoints: readonly number[], threshold: number): Joints {
  return COCO_JOINTS.map((_, joint) => {
    const [x = 0, y = 0, score = 0] = keypoints.slice(3 * joint, 3 * joint + 3);
    return score >= threshold && keypoints.length > 3 * joint ? { x, y, isHollow: false } : undefined;
  });
}

/** Sizes of strokes, and where a place of the picture is on the canvas. */
interface Pen {
  readonly place: (x: number, y: number) => readonly [number, number];
  readonly box: (box: PersonLabel['box']) => PersonLabel['box'];
  readonly limb: number;
  readonly joint: number;
}

function penFor(canvas: Canvas, picture: { readonly height: number; readonly width: number }): Pen {
  const [scaleX, scaleY] = [canvas.width / picture.width, canvas.height / picture.height];
  const limb = Math.max(1.5, Math.max(canvas.width, canvas.height) / 320); // px
  const place = (x: number, y: number): readonly [number, number] => [(x + 0.5) * scaleX - 0.5, (y + 0.5) * scaleY - 0.5];
  return { place, box: ([x, y, width, height]) => [...place(x, y), width * scaleX, height * scaleY], limb, joint: 1.4 * limb };
}

interface SideColors {
  readonly left: Color;
  readonly right: Color;
  readonly middle: Color;
}

function drawSkeleton(canvas: Canvas, joints: Joints, { place, limb, joint: radius }: Pen, colors: SideColors): void {
  const placeOf = ({ x, y }: DrawnJoint): readonly [number, number] => place(x, y);
  for (const [a, b] of COCO_SKELETON) {
    const [from, to] = [joints[a], joints[b]];
    if (from !== undefined && to !== undefined) paintLine(canvas, placeOf(from), placeOf(to), limb, colors[sideOfLimb(a, b)]);
  }
  joints.forEach((joint, i) => {
    if (joint === undefined) return;
    if (joint.isHollow) paintRing(canvas, placeOf(joint), radius, Math.max(1, limb / 2), colors[sideOf(i)]);
    else paintDisc(canvas, placeOf(joint), radius, colors[sideOf(i)]);
  });
}

type Side = keyof SideColors;

function sideOf(joint: number): Side {
  const name = COCO_JOINTS[joint] ?? '';
  return name.startsWith('left') ? 'left' : name.startsWith('right') ? 'right' : 'middle';
}

/** A limb between both sides belongs to none. */
function sideOfLimb(a: number, b: number): Side {
  const sides = [sideOf(a), sideOf(b)].filter((side) => side !== 'middle');
  return sides.length === 2 && sides[0] !== sides[1] ? 'middle' : (sides[0] ?? 'middle');
}

/** Its mask, or its box where the file has none. */
function drawCrowd(canvas: Canvas, { mask, box }: PersonLabel, picture: { readonly height: number; readonly width: number }): void {
  const pixels = mask === undefined ? undefined : decodeMask(mask);
  const [left, top, width, height] = box;
  const isInside = (x: number, y: number): boolean => {
    const column = Math.floor(((x + 0.5) * picture.width) / canvas.width);
    const row = Math.floor(((y + 0.5) * picture.height) / canvas.height);
    if (mask === undefined || pixels === undefined) return column >= left && column < left + width && row >= top && row < top + height;
    return column < mask.width && row < mask.height && pixels[column * mask.height + row] === 1;
  };
  paintStripes(canvas, isInside, crowdStripes);
}

import type { Random } from '../../random.ts';
import { fillCapsule, fillDisc, type Canvas, type Capsule, type Rgb } from './canvas.ts';
import { drawPose, HEAD_RADIUS, type Pose, type Seen, type Stand } from './pose.ts';

/** A person to be painted. */
export interface Figure {
  readonly stand: Stand;
  readonly pose: Pose;
  readonly look: Look;
}

interface Look {
  readonly skin: Rgb;
  readonly hair: Rgb;
  readonly shirt: Rgb;
  readonly trousers: Rgb;
  readonly shoes: Rgb;
  /** Of the limbs of each side: one side is darker, own left as often as own right, so that shading does not give the side away. */
  readonly shades: readonly [left: number, right: number];
  readonly hasLongSleeves: boolean;
  /** Thickness about 1. */
  readonly build: number;
}

/** Parts of a figure, as they stand in the canvas. */
export const PARTS = { torso: 1, head: 2, upperArm: [3, 4], foreArm: [5, 6], thigh: [7, 8], shin: [9, 10] } as const;

const DARKER = 0.8;

export function drawFigure(stand: Stand, random: Random): Figure {
  const isLeftDarker = random.chance(0.5);
  const tone = random.between(0.55, 1);
  const hairTone = random.between(0.1, 0.55);
  const look: Look = {
    skin: [235 * tone, 188 * tone, 160 * tone],
    hair: random.chance(0.2) ? [190 * tone, 150 * tone, 70 * tone] : [110 * hairTone, 80 * hairTone, 60 * hairTone],
    shirt: cloth(random),
    trousers: cloth(random),
    shoes: [random.between(20, 90), random.between(20, 80), random.between(20, 80)],
    shades: isLeftDarker ? [DARKER, 1] : [1, DARKER],
    hasLongSleeves: random.chance(0.5),
    build: random.between(0.95, 1.6),
  };
  return { stand, pose: drawPose(stand, random), look };
}

function cloth(random: Random): Rgb {
  const brightness = random.between(70, 235);
  return [brightness * random.between(0.35, 1), brightness * random.between(0.35, 1), brightness * random.between(0.35, 1)];
}

interface Stroke {
  readonly depth: number;
  readonly paint: () => void;
}

/** Paints the parts from far to near. */
export function paintFigure(canvas: Canvas, figure: Figure, owner: number): void {
  const sides = [0, 1] as const;
  const strokes = [
    ...sides.flatMap((side) => limbs(canvas, figure, owner, side)),
    torso(canvas, figure, owner),
    head(canvas, figure, owner),
  ];
  strokes.sort((a, b) => a.depth - b.depth);
  for (const { paint } of strokes) paint();
}

/** Joints of a pair stand beside each other: first + 0 is the own left one. */
const FIRST = { eye: 1, ear: 3, shoulder: 5, elbow: 7, wrist: 9, hip: 11, knee: 13, ankle: 15 } as const;

function limbs(canvas: Canvas, { stand, pose, look }: Figure, owner: number, side: 0 | 1): readonly Stroke[] {
  const joint = (first: number): Seen => pose.joints[first + side] as Seen;
  const shade = look.shades[side];
  const [shoulder, elbow, wrist] = [joint(FIRST.shoulder), joint(FIRST.elbow), joint(FIRST.wrist)];
  const [hip, knee, ankle, toe] = [joint(FIRST.hip), joint(FIRST.knee), joint(FIRST.ankle), pose.toes[side]];
  const stroke = (part: number, from: Seen, to: Seen, radii: readonly [number, number], color: Rgb, nearer: number): Stroke => ({
    depth: (from.depth + to.depth) / 2 + nearer,
    paint: () => {
      fillCapsule(canvas, capsuleOf(from, to, radii, stand.height * look.build), dimmed(color, shade), 0.35, { owner, part });
    },
  });
  const sleeve = look.hasLongSleeves ? look.shirt : look.skin;
  // Arms beside the trunk lie over it, legs under it.
  return [
    stroke(PARTS.upperArm[side], shoulder, elbow, [0.038, 0.03], look.shirt, 0.02),
    stroke(PARTS.foreArm[side], elbow, wrist, [0.028, 0.022], sleeve, 0.021),
    stroke(PARTS.thigh[side], hip, knee, [0.058, 0.042], look.trousers, -0.02),
    stroke(PARTS.shin[side], knee, ankle, [0.038, 0.026], look.trousers, -0.021),
    stroke(PARTS.shin[side], ankle, toe, [0.024, 0.02], look.shoes, -0.0205),
  ];
}

function capsuleOf(from: Seen, to: Seen, [radius1, radius2]: readonly [number, number], scale: number): Capsule {
  return { x1: from.x, y1: from.y, radius1: atLeast(radius1 * scale), x2: to.x, y2: to.y, radius2: atLeast(radius2 * scale) };
}

function torso(canvas: Canvas, { stand, pose, look }: Figure, owner: number): Stroke {
  const joint = (index: number): Seen => pose.joints[index] as Seen;
  const [leftShoulder, rightShoulder, leftHip, rightHip] = [joint(5), joint(6), joint(11), joint(12)];
  const middle = (a: Seen, b: Seen): Seen => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, depth: 0 });
  const [top, bottom] = [middle(leftShoulder, rightShoulder), middle(leftHip, rightHip)];
  const scale = stand.height * look.build;
  const line = (from: Seen, to: Seen, radius1: number, radius2: number, color: Rgb): void => {
    fillCapsule(canvas, capsuleOf(from, to, [radius1, radius2], scale), color, 0.15, { owner, part: PARTS.torso });
  };
  return {
    depth: 0,
    paint: () => {
      line(pose.neck, pose.head, 0.028, 0.028, look.skin);
      line(leftShoulder, leftHip, 0.04, 0.045, look.shirt);
      line(rightShoulder, rightHip, 0.04, 0.045, look.shirt);
      line(leftShoulder, rightShoulder, 0.04, 0.04, look.shirt);
      line(leftHip, rightHip, 0.055, 0.055, look.trousers);
      line(top, bottom, 0.075, 0.065, look.shirt);
    },
  };
}

/** A ball with a face in front and hair behind and on top: the only thing that tells front from back. */
function head(canvas: Canvas, { stand, pose, look }: Figure, owner: number): Stroke {
  const radius = HEAD_RADIUS * stand.height;
  const { facingRight, facingViewer } = pose;
  const colorAt = (right: number, down: number): Rgb => {
    const near = Math.sqrt(Math.max(0, 1 - right * right - down * down));
    const forward = right * facingRight + near * facingViewer;
    return down < -0.62 || forward < -0.12 ? look.hair : look.skin;
  };
  const brush = { owner, part: PARTS.head };
  return {
    depth: 0.01,
    paint: () => {
      fillDisc(canvas, pose.head.x, pose.head.y, radius, colorAt, brush);
      for (const [index, size, color] of [
        [0, 0.15, dimmed(look.skin, 0.7)],
        [1, 0.13, EYE],
        [2, 0.13, EYE],
      ] as const) {
        const { x, y, depth } = pose.joints[index] as Seen;
        if (depth > 0) fillDisc(canvas, x, y, atLeast(size * radius), () => color, brush);
      }
    },
  };
}

const EYE: Rgb = [25, 25, 35];

/** So that even the smallest figures have all their limbs. */
function atLeast(radius: number): number {
  return Math.max(0.7, radius);
}

function dimmed([red, green, blue]: Rgb, factor: number): Rgb {
  return [red * factor, green * factor, blue * factor];
}

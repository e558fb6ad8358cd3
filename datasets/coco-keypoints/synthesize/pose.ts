import type { Random } from '../../random.ts';

/** A place of the body: own left, up from the feet, forward. In units of the body's height. */
type Place = readonly [left: number, up: number, forward: number];

/** Where a place is seen. Px, but the depth: towards the viewer, in units of the body's height. */
export interface Seen {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

/** A standing or walking body as the camera sees it. */
export interface Pose {
  /** In COCO's order, whole pixels. */
  readonly joints: readonly Seen[];
  readonly neck: Seen;
  readonly head: Seen;
  /** Left, right. */
  readonly toes: readonly [Seen, Seen];
  /** Parts of the direction that the body faces, -1..1: towards the right of the picture, towards the viewer. */
  readonly facingRight: number;
  readonly facingViewer: number;
}

/** Where a figure stands and how large it is, px. */
export interface Stand {
  readonly footX: number;
  readonly footY: number;
  readonly height: number;
}

/** Radius of the head in units of the height. */
export const HEAD_RADIUS = 0.072;

const HIP_UP = 0.51;
const SHOULDER_UP = 0.8;
const HEAD_UP = 0.915;

/** Draws a pose: facing the viewer in 45 % of the cases, away in 35 %, sideways in 20 %; limbs bend one way only. */
export function drawPose(stand: Stand, random: Random): Pose {
  const kind = random.uniform();
  const [middle, spread] = kind < 0.45 ? [0, 25] : kind < 0.8 ? [180, 25] : [random.chance(0.5) ? 90 : -90, 15];
  const turn = degrees(middle - spread, middle + spread, random);
  const see = camera(stand, turn, degrees(-9, 9, random));
  const width = random.between(0.9, 1.15);
  const arms = SIDES.map((side) => drawArm(side, width, random)) as [Limb, Limb];
  const legs = SIDES.map((side) => drawLeg(side, width, random)) as [Limb, Limb];
  const [face, faceUp] = [HEAD_RADIUS, HEAD_UP];
  const pairs: readonly (readonly Place[])[] = [
    SIDES.map((side): Place => [side * 0.38 * face, faceUp + 0.2 * face, 0.86 * face]),
    SIDES.map((side): Place => [side * 0.9 * face, faceUp, 0]),
    arms.map(({ root }) => root),
    arms.map(({ bend }) => bend),
    arms.map(({ end }) => end),
    legs.map(({ root }) => root),
    legs.map(({ bend }) => bend),
    legs.map(({ end }) => end),
  ];
  const nose: Place = [0, faceUp - 0.15 * face, 0.92 * face];
  return {
    joints: [nose, ...pairs.flat()].map(see),
    neck: see([0, SHOULDER_UP + 0.03, 0]),
    head: see([0, faceUp, 0]),
    toes: legs.map(({ end: [left, up, forward] }) => see([left, up - 0.025, forward + 0.08])) as [Seen, Seen],
    facingRight: sin(turn),
    facingViewer: cos(turn),
  };
}

interface Limb {
  readonly root: Place;
  readonly bend: Place;
  readonly end: Place;
}

/** Own left, own right: COCO's order in every pair. */
const SIDES = [1, -1] as const;

function drawArm(side: 1 | -1, width: number, random: Random): Limb {
  const isRaised = random.chance(0.25);
  const away = isRaised ? degrees(60, 140, random) : degrees(4, 50, random);
  const swing = degrees(-35, 45, random);
  const upper: Place = [side * sin(away), -cos(away) * cos(swing), cos(away) * sin(swing)];
  // An elbow bends forward, up and inward, never back.
  const inward = random.between(-0.2, 0.6);
  const fore = bent(upper, [-side * inward, 0.5, 0.8], degrees(0, 110, random));
  const root: Place = [side * 0.115 * width, SHOULDER_UP, 0];
  const bend = along(root, upper, 0.17);
  return { root, bend, end: along(bend, fore, 0.15) };
}

function drawLeg(side: 1 | -1, width: number, random: Random): Limb {
  const away = degrees(0, 14, random);
  const swing = degrees(-26, 26, random);
  const thigh: Place = [side * sin(away), -cos(away) * cos(swing), cos(away) * sin(swing)];
  const shin = bent(thigh, [0, 0, -1], degrees(0, 45, random));
  const root: Place = [side * 0.07 * width, HIP_UP, 0];
  const bend = along(root, thigh, 0.245);
  return { root, bend, end: along(bend, shin, 0.225) };
}

/** The direction turned by `angle` towards `target`. */
function bent(direction: Place, target: Place, angle: number): Place {
  const dot = direction[0] * target[0] + direction[1] * target[1] + direction[2] * target[2];
  const across: Place = [target[0] - dot * direction[0], target[1] - dot * direction[1], target[2] - dot * direction[2]];
  const length = Math.sqrt(across[0] ** 2 + across[1] ** 2 + across[2] ** 2);
  if (length < 1e-3) return direction;
  const [along1, along2] = [cos(angle), sin(angle) / length];
  return [
    along1 * direction[0] + along2 * across[0],
    along1 * direction[1] + along2 * across[1],
    along1 * direction[2] + along2 * across[2],
  ];
}

function along(from: Place, direction: Place, length: number): Place {
  return [from[0] + length * direction[0], from[1] + length * direction[1], from[2] + length * direction[2]];
}

/** Parallel projection of a body that is turned about its vertical (0: it faces the viewer) and leans in the picture. */
function camera({ footX, footY, height }: Stand, turn: number, lean: number): (place: Place) => Seen {
  return ([left, up, forward]) => {
    const across = left * cos(turn) + forward * sin(turn);
    const x = across * cos(lean) + up * sin(lean);
    const y = up * cos(lean) - across * sin(lean);
    return {
      x: Math.round(footX + height * x),
      y: Math.round(footY - height * y),
      depth: Math.round((forward * cos(turn) - left * sin(turn)) * 1e6) / 1e6,
    };
  };
}

function degrees(low: number, high: number, random: Random): number {
  return low + random.int(high - low + 1);
}

/** Sines of whole degrees, rounded: other machines compute them a little differently. */
const SINES = Float64Array.from({ length: 360 }, (_, angle) => Math.round(Math.sin((angle * Math.PI) / 180) * 1e6) / 1e6);

function sin(angle: number): number {
  return SINES[((angle % 360) + 360) % 360] as number;
}

function cos(angle: number): number {
  return sin(angle + 90);
}

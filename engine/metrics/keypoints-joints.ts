/** COCO's 17 joints in the official order: how far annotators differ on each, as a share of the square root of the person's area (cocoeval). */
export const COCO_SIGMAS: readonly number[] = [
  0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089,
];

/** What becomes of each joint in a mirrored picture, by the number of joints. */
const mirrors: ReadonlyMap<number, readonly number[]> = new Map([
  // nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles: COCO
  [17, [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15]],
  // right ankle to left ankle, pelvis, thorax, neck, head top, right wrist to left wrist: MPII
  [16, [5, 4, 3, 2, 1, 0, 6, 7, 8, 9, 15, 14, 13, 12, 11, 10]],
]);

/** Undefined for a number of joints that no known set has. */
export function mirrorOfJoints(joints: number): readonly number[] | undefined {
  return mirrors.get(joints);
}

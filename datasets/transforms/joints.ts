/** A joint in pixels; hidden ones are labelled as well. */
export interface Joint {
  readonly x: number;
  readonly y: number;
  readonly isLabelled: boolean;
}

/** x, y, visibility of each joint -> joints. The order to train hidden joints like visible ones is HRNet's. */
export function jointsOf(keypoints: readonly number[]): readonly Joint[] {
  return Array.from({ length: keypoints.length / 3 }, (_, i) => ({
    x: keypoints[3 * i] as number,
    y: keypoints[3 * i + 1] as number,
    isLabelled: (keypoints[3 * i + 2] as number) > 0,
  }));
}

/** The joints of a person in the mirrored picture: x -> width - 1 - x, left and right swapped. */
export function mirrorJoints(joints: readonly Joint[], width: number, mirrorOf: readonly number[]): readonly Joint[] {
  return joints.map((_, i) => {
    const { x, y, isLabelled } = joints[mirrorOf[i] as number] as Joint;
    return { x: width - 1 - x, y, isLabelled };
  });
}

import type { PersonView } from '../../../electron/ipc/dataset-browsing.ts';

const visibility = ['not labelled', 'hidden', 'visible'] as const;

/** 'left elbow of person 2, hidden': the joint that is nearest to a place in the picture, within `reach` px of it; undefined where none is. */
export function nearestJoint(
  persons: readonly PersonView[],
  joints: readonly string[],
  at: { readonly x: number; readonly y: number },
  reach: number,
): string | undefined {
  let best = reach;
  let text: string | undefined;
  persons.forEach(({ keypoints, isPredicted }, person) => {
    joints.forEach((joint, j) => {
      const [x, y, third] = [keypoints[3 * j], keypoints[3 * j + 1], keypoints[3 * j + 2]];
      if (x === undefined || y === undefined || third === undefined || (!isPredicted && third === 0)) return;
      const distance = Math.hypot(x - at.x, y - at.y);
      if (distance > best) return;
      best = distance;
      const state = isPredicted ? `confidence ${third.toFixed(2)}` : (visibility[third] ?? 'not labelled');
      text = `${joint.replaceAll('_', ' ')} of person ${person + 1}, ${state}`;
    });
  });
  return text;
}

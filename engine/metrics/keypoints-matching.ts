import type { ScoredPicture } from './keypoints-results.ts';

/** Square px, both ends inside. */
export type AreaRange = readonly [number, number];

/** What became of a picture's results and persons within one range of areas. */
export interface PictureMatching {
  /** [thresholds, results]: place of the person in `persons`, -1 for none. */
  readonly personOf: Int32Array;
  /** [thresholds, results]: 1 where the result counts neither as right nor as wrong. */
  readonly isIgnored: Uint8Array;
  /** Persons that are to be found. */
  readonly wanted: number;
}

/**
 * Gives each result, best first, the most alike person that is still free and at least as alike as the threshold (cocoeval, evaluateImg). Persons
 * that are to be found go before those that are not (crowds, without labelled joints, outside of the range); of equally alike ones the later takes
 * it; a crowd takes any number. What lands on a person that is not to be found, or on none and is itself outside of the range, is ignored.
 */
export function matchPicture(
  { persons, results, similarities }: ScoredPicture,
  thresholds: ArrayLike<number>,
  range: AreaRange,
): PictureMatching {
  const count = results.length;
  const isSkipped = Uint8Array.from(persons, ({ isCrowd, labelledJoints, areaPx2 }) =>
    isCrowd || labelledJoints === 0 || isOutside(areaPx2, range) ? 1 : 0,
  );
  const order = Int32Array.from(persons.keys()).sort((a, b) => (isSkipped[a] as number) - (isSkipped[b] as number) || a - b);
  const personOf = new Int32Array(thresholds.length * count).fill(-1);
  const isIgnored = new Uint8Array(thresholds.length * count);
  const isTaken = new Uint8Array(persons.length);
  for (let t = 0; t < thresholds.length; t++) {
    isTaken.fill(0);
    for (let result = 0; result < count; result++) {
      let best = Math.min(thresholds[t] as number, 1 - 1e-10);
      let match = -1;
      for (const person of order) {
        if (isTaken[person] === 1 && persons[person]?.isCrowd !== true) continue;
        if (match >= 0 && isSkipped[match] === 0 && isSkipped[person] === 1) break;
        const similarity = similarities[result * persons.length + person] as number;
        if (similarity < best) continue;
        best = similarity;
        match = person;
      }
      const at = t * count + result;
      personOf[at] = match;
      if (match >= 0) isTaken[match] = 1;
      isIgnored[at] = match >= 0 ? (isSkipped[match] as number) : isOutside(results[result]?.areaPx2 ?? 0, range) ? 1 : 0;
    }
  }
  return { personOf, isIgnored, wanted: isSkipped.reduce((sum, skipped) => sum + 1 - skipped, 0) };
}

function isOutside(areaPx2: number, [low, high]: AreaRange): boolean {
  return areaPx2 < low || areaPx2 > high;
}

import type { ScoredPicture } from './keypoints-results.ts';

/** Square px, both ends inside. */
export type AreaRange = readonly [number, number];

/** What became of results within one range of areas; of many pictures in one table, since small ones cost more than the matching. */
export interface Matches {
  /** Results. */
  readonly columns: number;
  /** [thresholds, columns]: place of the person in its picture's `persons`, -1 for none. */
  readonly personOf: Int32Array;
  /** [thresholds, columns]: 1 where the result counts neither as right nor as wrong. */
  readonly isIgnored: Uint8Array;
}

export function createMatches(thresholds: number, columns: number): Matches {
  return { columns, personOf: new Int32Array(thresholds * columns).fill(-1), isIgnored: new Uint8Array(thresholds * columns) };
}

/**
 * Gives each result, best first, the most alike person that is still free and at least as alike as the threshold (cocoeval, evaluateImg). Persons
 * that are to be found go before those that are not (crowds, without labelled joints, outside of the range); of equally alike ones the later takes
 * it; a crowd takes any number. What lands on a person that is not to be found, or on none and is itself outside of the range, is ignored.
 * Result i is written to the column `columnOf(i)`. Returns how many persons are to be found.
 */
export function matchPicture(
  picture: ScoredPicture,
  thresholds: ArrayLike<number>,
  range: AreaRange,
  into: Matches,
  columnOf: (result: number) => number,
): number {
  const { persons, results } = picture;
  const isSkipped = persons.map((person) => person.isCrowd || person.labelledJoints === 0 || isOutside(person.areaPx2, range));
  const wanted = isSkipped.reduce((sum, skipped) => (skipped ? sum : sum + 1), 0);
  if (results.length === 0) return wanted;
  const order = wantedFirst(isSkipped);
  const isTaken = persons.map(() => false);
  for (let t = 0; t < thresholds.length; t++) {
    const threshold = Math.min(thresholds[t] as number, 1 - 1e-10);
    isTaken.fill(false);
    for (let result = 0; result < results.length; result++) {
      const { highest, areaPx2 } = results[result] as ScoredPicture['results'][number];
      const match = highest < threshold ? -1 : bestPerson(picture, result, threshold, { order, isSkipped, isTaken });
      const at = t * into.columns + columnOf(result);
      into.personOf[at] = match;
      into.isIgnored[at] = Number(match < 0 ? isOutside(areaPx2, range) : isSkipped[match]);
      if (match >= 0) isTaken[match] = true;
    }
  }
  return wanted;
}

/** Places of the persons, in the order of the truth among those that are wanted and among those that are not. */
function wantedFirst(isSkipped: readonly boolean[]): readonly number[] {
  const order: number[] = [];
  isSkipped.forEach((skipped, person) => {
    if (!skipped) order.push(person);
  });
  isSkipped.forEach((skipped, person) => {
    if (skipped) order.push(person);
  });
  return order;
}

interface Choice {
  readonly order: readonly number[];
  readonly isSkipped: readonly boolean[];
  readonly isTaken: readonly boolean[];
}

function bestPerson(
  { persons, similarities }: ScoredPicture,
  result: number,
  threshold: number,
  { order, isSkipped, isTaken }: Choice,
): number {
  const row = result * persons.length;
  let best = threshold;
  let match = -1;
  for (const person of order) {
    if (isTaken[person] === true && persons[person]?.isCrowd !== true) continue;
    if (match >= 0 && isSkipped[match] === false && isSkipped[person] === true) break;
    const similarity = similarities[row + person] as number;
    if (similarity < best) continue;
    best = similarity;
    match = person;
  }
  return match;
}

function isOutside(areaPx2: number, [low, high]: AreaRange): boolean {
  return areaPx2 < low || areaPx2 > high;
}

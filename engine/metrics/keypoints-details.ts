import { COCO_SIGMAS } from './keypoints-joints.ts';
import { createMatches, matchPicture } from './keypoints-matching.ts';
import { jointSimilarities } from './keypoints-oks.ts';
import type { ScoredPicture } from './keypoints-results.ts';

/** How well each joint is found; JSON. Our own figures: the official tool has none by joint. */
export interface JointScores {
  /** Labelled joints that count, by joint. */
  readonly labelled: readonly number[];
  /** Mean of exp(-e) over them (the terms of the OKS), 0 where their person was not found; null where there are none. */
  readonly similarity: readonly (number | null)[];
  /** Share of them with exp(-e) of at least a half; null where there are none. */
  readonly found: readonly (number | null)[];
}

export interface PictureSimilarity {
  readonly imageId: number;
  /** Mean OKS of the picture's persons that count, 0 for those that were not found; null without such persons. */
  readonly similarity: number | null;
}

const JOINTS = COCO_SIGMAS.length;
/** Any likeness at all: how far off a person is shall be seen, not only that it is. */
const anyLikeness = [Number.MIN_VALUE];
const half = 0.5;

/**
 * Figures by joint and by picture over the persons that count (no crowds, at least one labelled joint), each with the result that the official
 * matching gives it, however little they are alike.
 */
export function keypointsDetails(pictures: readonly ScoredPicture[]): {
  readonly joints: JointScores;
  readonly pictures: readonly PictureSimilarity[];
} {
  const labelled = new Float64Array(JOINTS);
  const similarity = new Float64Array(JOINTS);
  const found = new Float64Array(JOINTS);
  const byPicture = pictures.map((picture): PictureSimilarity => {
    const matches = createMatches(1, picture.results.length);
    matchPicture(picture, anyLikeness, [0, Infinity], matches, (result) => result);
    let [sum, count] = [0, 0];
    picture.persons.forEach((person, place) => {
      if (person.isCrowd || person.labelledJoints === 0) return;
      const result = matches.personOf.indexOf(place);
      count++;
      if (result >= 0) sum += picture.similarities[result * picture.persons.length + place] as number;
      const terms = result < 0 ? undefined : jointSimilarities(person, picture.results[result]?.keypoints ?? []);
      for (let joint = 0; joint < JOINTS; joint++) {
        if ((person.keypoints[3 * joint + 2] as number) <= 0) continue;
        const term = terms?.[joint] ?? 0;
        labelled[joint] = (labelled[joint] as number) + 1;
        similarity[joint] = (similarity[joint] as number) + term;
        if (term >= half) found[joint] = (found[joint] as number) + 1;
      }
    });
    return { imageId: picture.imageId, similarity: count === 0 ? null : sum / count };
  });
  const shareOf = (sums: Float64Array): (number | null)[] =>
    [...sums].map((sum, joint) => (labelled[joint] === 0 ? null : sum / (labelled[joint] as number)));
  return { joints: { labelled: [...labelled], similarity: shareOf(similarity), found: shareOf(found) }, pictures: byPicture };
}

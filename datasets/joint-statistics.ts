import { COCO_JOINTS } from './coco-keypoints/joints.ts';
import type { KeypointsSource } from './keypoints-source.ts';

/** What the persons of a split are like; crowds are counted apart. */
export interface JointStatistics {
  readonly split: string;
  readonly pictures: number;
  readonly persons: number;
  readonly crowds: number;
  /** Persons with a labelled joint: those that are trained on. */
  readonly labelledPersons: number;
  /** Of all persons but crowds. */
  readonly joints: readonly JointCounts[];
  /** Pictures with 0, 1, 2, ... persons. */
  readonly picturesByPersons: readonly number[];
  /** By the area of the mask, as scores tell them apart. */
  readonly sizes: { readonly small: number; readonly medium: number; readonly large: number };
}

export interface JointCounts {
  readonly name: string;
  /** Visibility 0. */
  readonly unlabelled: number;
  /** Visibility 1. */
  readonly hidden: number;
  /** Visibility 2. */
  readonly visible: number;
}

const SMALL_AREA = 32 ** 2; // px²
const MEDIUM_AREA = 96 ** 2;

/** Goes by the annotations alone: no picture is opened. Throws what the source throws for a split that it does not have. */
export function jointStatistics(source: KeypointsSource, split: string): JointStatistics {
  const pictures = source.size(split);
  const byVisibility = COCO_JOINTS.map(() => [0, 0, 0]);
  const picturesByPersons: number[] = [];
  const sizes = { small: 0, medium: 0, large: 0 };
  let [persons, crowds, labelledPersons] = [0, 0, 0];
  for (let i = 0; i < pictures; i++) {
    const all = source.itemRef(split, i).persons;
    const single = all.filter(({ isCrowd }) => !isCrowd);
    persons += single.length;
    crowds += all.length - single.length;
    picturesByPersons[single.length] = (picturesByPersons[single.length] ?? 0) + 1;
    for (const { keypoints, areaPx2 } of single) {
      sizes[areaPx2 < SMALL_AREA ? 'small' : areaPx2 < MEDIUM_AREA ? 'medium' : 'large'] += 1;
      let isLabelled = false;
      byVisibility.forEach((counts, joint) => {
        const visibility = Math.min(2, Math.max(0, Math.trunc(keypoints[3 * joint + 2] ?? 0)));
        counts[visibility] = (counts[visibility] as number) + 1;
        isLabelled ||= visibility > 0;
      });
      if (isLabelled) labelledPersons += 1;
    }
  }
  return {
    split,
    pictures,
    persons,
    crowds,
    labelledPersons,
    joints: COCO_JOINTS.map((name, joint) => {
      const [unlabelled = 0, hidden = 0, visible = 0] = byVisibility[joint] ?? [];
      return { name, unlabelled, hidden, visible };
    }),
    picturesByPersons: Array.from(picturesByPersons, (count) => count ?? 0),
    sizes,
  };
}

import { describe, expect, test } from 'vitest';
import { MIRROR_OF } from '../../../../datasets/coco-keypoints/joints.ts';
import { annotate, type Annotation } from '../../../../datasets/coco-keypoints/synthesize/annotate.ts';
import { paintScene, type SceneSeed, type SceneStyle } from '../../../../datasets/coco-keypoints/synthesize/scene.ts';
import { scoreKeypoints } from '../../../../engine/metrics/keypoints-ap.ts';
import type { KeypointsResult } from '../../../../engine/metrics/keypoints-results.ts';
import type { KeypointsTruth } from '../../../../engine/metrics/keypoints-truth.ts';

function annotationsOf(split: 'train' | 'val', count: number, style: SceneStyle): readonly Annotation[] {
  return Array.from({ length: count }, (_, index) => {
    const job: SceneSeed = { seed: 0, split, index, style, height: 120, width: 160 };
    return annotate(paintScene(job), job, index + 1);
  }).flat();
}

function truthOf(annotations: readonly Annotation[]): KeypointsTruth {
  return {
    imageIds: [...new Set(annotations.map(({ image_id }) => image_id))],
    persons: annotations.map(({ id, image_id, bbox, area, iscrowd, num_keypoints, keypoints }) => ({
      id,
      imageId: image_id,
      box: bbox,
      areaPx2: area,
      isCrowd: iscrowd === 1,
      labelledJoints: num_keypoints,
      keypoints,
    })),
  };
}

function labelledOf(annotations: readonly Annotation[]): readonly Annotation[] {
  return annotations.filter(({ num_keypoints }) => num_keypoints > 0);
}

/** A prediction for each labelled person. */
function apOf(annotations: readonly Annotation[], predict: (person: Annotation) => readonly number[]): number {
  const predictOne = (person: Annotation): KeypointsResult => ({ imageId: person.image_id, score: 1, keypoints: predict(person) });
  return scoreKeypoints(truthOf(annotations), labelledOf(annotations).map(predictOne)).stats.AP;
}

/** Where a joint lies in the box on average: x, y of 0..1, for all joints. */
function meanPose(persons: readonly Annotation[]): readonly (readonly [number, number])[] {
  return MIRROR_OF.map((_, joint) => {
    const places = persons.flatMap(({ keypoints, bbox: [left, top, width, height] }) => {
      const [x, y, visibility] = keypoints.slice(3 * joint, 3 * joint + 3) as [number, number, number];
      return visibility === 0 ? [] : [[(x - left) / width, (y - top) / height] as const];
    });
    const mean = (axis: 0 | 1): number => places.reduce((sum, place) => sum + place[axis], 0) / places.length;
    return [mean(0), mean(1)];
  });
}

describe.each(['full', 'plain'] as const)('pictures in style %s', (style) => {
  const val = annotationsOf('val', 80, style);

  test('the mean pose, put into every box, scores next to nothing: AP below 0.05 (slow)', () => {
    const mean = meanPose(labelledOf(annotationsOf('train', 80, style)));
    const ap = apOf(val, ({ bbox: [left, top, width, height] }) => mean.flatMap(([x, y]) => [left + x * width, top + y * height, 1]));
    expect(ap).toBeLessThan(0.05);
  });

  test('whoever takes left for right loses more than half: AP of true joints with their sides swapped', () => {
    expect(apOf(val, ({ keypoints }) => keypoints)).toBeGreaterThan(0.999);
    const swapped = apOf(val, ({ keypoints }) => MIRROR_OF.flatMap((joint) => keypoints.slice(3 * joint, 3 * joint + 3)));
    expect(swapped).toBeLessThan(0.5);
  });

  test('whoever knows all joints but takes everybody to face the viewer loses too', () => {
    // Own left on the right of the picture: in pairs the one farther to the right is called left.
    const facing = apOf(val, ({ keypoints }) =>
      MIRROR_OF.flatMap((mirror, joint) => {
        const [own, other] = [keypoints.slice(3 * joint, 3 * joint + 3), keypoints.slice(3 * mirror, 3 * mirror + 3)];
        const [left, right] = (own[0] as number) > (other[0] as number) ? [own, other] : [other, own];
        return joint % 2 === 1 ? left : right;
      }),
    );
    expect(facing).toBeLessThan(0.7);
  });
});

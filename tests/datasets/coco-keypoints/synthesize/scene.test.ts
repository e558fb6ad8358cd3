import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../../datasets/random.ts';
import { annotate } from '../../../../datasets/coco-keypoints/synthesize/annotate.ts';
import { drawPose, type Pose, type Seen } from '../../../../datasets/coco-keypoints/synthesize/pose.ts';
import { paintScene, type SceneSeed, type SceneStyle } from '../../../../datasets/coco-keypoints/synthesize/scene.ts';

function job(index: number, split: 'train' | 'val' = 'train', style: SceneStyle = 'full'): SceneSeed {
  return { seed: 0, split, index, style, height: 120, width: 160 };
}

const scenes = Array.from({ length: 80 }, (_, index) => ({ scene: paintScene(job(index)), index })).map(({ scene, index }) => ({
  ...scene,
  annotations: annotate(scene, job(index), index + 1),
}));
const annotations = scenes.flatMap((scene) => scene.annotations);

describe('poses', () => {
  const random = createRandom(4);
  const poses = Array.from({ length: 400 }, () => drawPose({ footX: 0, footY: 0, height: 1000 }, random));
  const joint = ({ joints }: Pose, index: number): Seen => joints[index] as Seen;

  test('who faces the viewer has the own left side on the right of the picture, who turns away on the left', () => {
    for (const pose of poses) {
      const side = joint(pose, 5).x - joint(pose, 6).x;
      if (pose.facingViewer > 0.5) expect(side).toBeGreaterThan(0);
      if (pose.facingViewer < -0.5) expect(side).toBeLessThan(0);
    }
  });

  test('45 % face the viewer, 35 % turn away, 20 % stand sideways', () => {
    const share = (isIt: (pose: Pose) => boolean): number => poses.filter(isIt).length / poses.length;
    expect(Math.abs(share(({ facingViewer }) => facingViewer > 0.5) - 0.45)).toBeLessThan(0.08);
    expect(Math.abs(share(({ facingViewer }) => facingViewer < -0.5) - 0.35)).toBeLessThan(0.08);
  });

  test('seen from the side a knee bends backwards and an elbow forwards, never the other way', () => {
    for (const pose of poses) {
      if (Math.abs(pose.facingRight) < 0.95) continue;
      for (const side of [0, 1]) {
        expect(bend(joint(pose, 11 + side), joint(pose, 13 + side), joint(pose, 15 + side)) * Math.sign(pose.facingRight)).toBeLessThan(25);
      }
    }
  });

  /** How far the end lies in front of the line from the root through the joint; px of 1000, right of a downward line is negative. */
  function bend(root: Seen, middle: Seen, end: Seen): number {
    const [dx, dy] = [middle.x - root.x, middle.y - root.y];
    return ((end.x - middle.x) * dy - (end.y - middle.y) * dx) / Math.hypot(dx, dy);
  }
});

describe('annotations', () => {
  test('a picture in 20 is empty, one in 20 has a crowd, one in 33 a person without labelled joints', () => {
    expect(scenes[7]?.annotations).toEqual([]);
    expect(scenes.filter((scene) => scene.annotations.length === 0)).toHaveLength(4);
    const crowds = annotations.filter(({ iscrowd }) => iscrowd === 1);
    expect(crowds).toHaveLength(4);
    for (const { num_keypoints, segmentation, area } of crowds) {
      expect(num_keypoints).toBe(0);
      const { size, counts } = segmentation as { readonly size: readonly number[]; readonly counts: readonly number[] };
      expect(size).toEqual([120, 160]);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(120 * 160);
      expect(counts.reduce((sum, count, i) => (i % 2 === 1 ? sum + count : sum), 0)).toBe(area);
    }
    expect(scenes[5]?.annotations[0]).toMatchObject({ iscrowd: 0, num_keypoints: 0 });
  });

  test('boxes and areas are those of what is to be seen, inside the picture', () => {
    for (const { canvas, figures, annotations: own } of scenes) {
      for (const { bbox: [x, y, width, height], area, iscrowd } of own) {
        expect(x >= 0 && y >= 0 && x + width <= canvas.width && y + height <= canvas.height).toBe(true);
        if (iscrowd === 1) continue;
        expect(figures.some(({ owner }) => canvas.owners.filter((value) => value === owner).length === area)).toBe(true);
      }
    }
  });

  test('a visible joint lies on a pixel of its person; joints outside of the picture are 0, 0, 0', () => {
    for (const { canvas, annotations: own } of scenes) {
      for (const { keypoints, bbox } of own) {
        for (let i = 0; i < 51; i += 3) {
          const [x, y, visibility] = keypoints.slice(i, i + 3) as [number, number, number];
          if (visibility === 0) expect([x, y]).toEqual([0, 0]);
          if (visibility === 2) {
            expect(canvas.owners[y * canvas.width + x]).toBeGreaterThan(0);
            expect(x >= bbox[0] && y >= bbox[1] && x < bbox[0] + bbox[2] && y < bbox[1] + bbox[3]).toBe(true);
          }
        }
      }
    }
  });

  test('ids are above 0 and never twice, in train and val', () => {
    const val = Array.from({ length: 5 }, (_, index) => annotate(paintScene(job(index, 'val')), job(index, 'val'), 1_000_001 + index)).flat();
    const ids = [...annotations, ...val].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.min(...ids)).toBeGreaterThan(0);
  });

  test('most joints are to be seen, many are hidden, few are not labelled', () => {
    const labelled = annotations.filter(({ num_keypoints }) => num_keypoints > 0);
    const visibilities = labelled.flatMap(({ keypoints }) => keypoints.filter((_, i) => i % 3 === 2));
    const share = (wanted: number): number => visibilities.filter((value) => value === wanted).length / visibilities.length;
    expect(share(2)).toBeGreaterThan(0.6);
    expect(share(1)).toBeGreaterThan(0.12);
    expect(share(0)).toBeLessThan(0.12);
  });
});

test('plain: one or two people, large and with nothing else before them', () => {
  for (let index = 0; index < 7; index++) {
    const { canvas, figures } = paintScene(job(index, 'train', 'plain'));
    const people = figures.filter(({ role }) => role === 'person');
    expect(people.length === 1 || people.length === 2).toBe(true);
    for (const { figure } of people) expect(figure.stand.height).toBeGreaterThanOrEqual(0.69 * 120);
    expect(canvas.owners.every((owner) => owner <= figures.length)).toBe(true);
  }
});

test('shading tells no side: own left is the darker one in about half of the figures', () => {
  const figures = scenes.flatMap((scene) => scene.figures);
  const leftDarker = figures.filter(({ figure: { look } }) => look.shades[0] < look.shades[1]).length;
  expect(Math.abs(leftDarker / figures.length - 0.5)).toBeLessThan(0.12);
});

test.each([
  ['full', 'train', '4b19c09a6ca2d65c'],
  ['plain', 'val', '7cd5bb75f79ffc29'],
] as const)('equal pixels and annotations on every machine, style %s; a change raises the version of the generator', (style, split, expected) => {
  const seed: SceneSeed = { ...job(3, split, style), height: 60, width: 80 };
  const scene = paintScene(seed);
  const hash = createHash('sha256').update(scene.canvas.rgb).update(JSON.stringify(annotate(scene, seed, 4)));
  expect(hash.digest('hex').slice(0, 16)).toBe(expected);
});

import { expect, test } from 'vitest';
import { COCO_JOINTS, COCO_SKELETON, FIRST_LOWER_JOINT, MIRROR_OF } from '../../../datasets/coco-keypoints/joints.ts';

test('mirrored joints are those of the other side, the nose is itself', () => {
  expect(COCO_JOINTS).toHaveLength(17);
  COCO_JOINTS.forEach((name, joint) => {
    const other = name.startsWith('left') ? name.replace('left', 'right') : name.replace('right', 'left');
    expect(COCO_JOINTS[MIRROR_OF[joint] as number]).toBe(other);
  });
});

test('the lower body begins with the hips', () => {
  expect(COCO_JOINTS.slice(FIRST_LOWER_JOINT).every((name) => /hip|knee|ankle/.test(name))).toBe(true);
  expect(COCO_JOINTS.slice(0, FIRST_LOWER_JOINT).some((name) => /hip|knee|ankle/.test(name))).toBe(false);
});

test('the skeleton is the official one', () => {
  const official = '16-14 14-12 17-15 15-13 12-13 6-12 7-13 6-7 6-8 7-9 8-10 9-11 2-3 1-2 1-3 2-4 3-5 4-6 5-7';
  expect(COCO_SKELETON.map(([from, to]) => `${from + 1}-${to + 1}`).join(' ')).toBe(official);
});

import { describe, expect, it } from 'vitest';
import { COCO_JOINTS, MIRROR_OF } from '../../../datasets/coco-keypoints/joints.ts';
import { COCO_SIGMAS, mirrorOfJoints } from '../../../engine/metrics/keypoints-joints.ts';

describe('joints', () => {
  it('left and right of COCO are those of its reader, and have the same sigma', () => {
    expect(mirrorOfJoints(17)).toEqual(MIRROR_OF);
    expect(COCO_SIGMAS).toHaveLength(COCO_JOINTS.length);
    MIRROR_OF.forEach((other, joint) => {
      expect(COCO_SIGMAS[joint]).toBe(COCO_SIGMAS[other]);
    });
  });

  it.each([17, 16])('mirroring %i joints twice changes nothing', (joints) => {
    const mirror = mirrorOfJoints(joints)!;
    expect(mirror.map((other) => mirror[other])).toEqual([...mirror.keys()]);
  });

  it('MPII: pelvis, thorax, neck and head stay, six pairs change places', () => {
    const mirror = mirrorOfJoints(16)!;
    expect([...mirror.keys()].filter((joint) => mirror[joint] === joint)).toEqual([6, 7, 8, 9]);
    expect([mirror[0], mirror[12]]).toEqual([5, 13]);
  });

  it('other numbers of joints are not known', () => {
    expect(mirrorOfJoints(14)).toBeUndefined();
  });
});

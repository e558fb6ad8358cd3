import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openCocoKeypoints } from '../../datasets/coco-keypoints/source.ts';
import { jointStatistics } from '../../datasets/joint-statistics.ts';
import { tinyCrowd, tinyFile, tinyImage, tinyPerson, writeTinySet } from './coco-keypoints/tiny-coco.ts';

test('persons by picture and size, joints by visibility, crowds apart', async () => {
  const images = [tinyImage(1), tinyImage(2), tinyImage(3)];
  const persons = [
    tinyPerson(1, 1, { area: 1023.9 }, 2),
    tinyPerson(2, 1, { area: 1024 }, 3),
    tinyPerson(3, 1, { area: 9216 }, 0),
    tinyCrowd(4, 1),
    tinyPerson(5, 3, {}, 1),
  ];
  const root = await writeTinySet({
    files: { 'annotations/person_keypoints_val2017.json': tinyFile(images, persons) },
    pictures: images.map(({ file_name: name }) => `val2017/${name}`),
  });
  const statistics = jointStatistics(await openCocoKeypoints(root), 'val');
  expect(statistics).toMatchObject({ split: 'val', pictures: 3, persons: 4, crowds: 1, labelledPersons: 3 });
  expect(statistics.sizes).toEqual({ small: 2, medium: 1, large: 1 });
  expect(statistics.picturesByPersons).toEqual([1, 1, 0, 1]);
  // The tiny persons' joints are hidden and visible in turns.
  expect(statistics.joints.slice(0, 4)).toEqual([
    { name: 'nose', unlabelled: 1, hidden: 3, visible: 0 },
    { name: 'left_eye', unlabelled: 2, hidden: 0, visible: 2 },
    { name: 'right_eye', unlabelled: 3, hidden: 1, visible: 0 },
    { name: 'left_ear', unlabelled: 4, hidden: 0, visible: 0 },
  ]);
  expect(statistics.joints).toHaveLength(17);
  await rm(root, { recursive: true });
});

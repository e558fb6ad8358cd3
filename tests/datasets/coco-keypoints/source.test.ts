import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { KeypointsSource } from '../../../datasets/keypoints-source.ts';
import { openCocoKeypoints } from '../../../datasets/coco-keypoints/source.ts';
import { tinyFile, tinyImage, tinyPerson, tinySet, writeTinySet } from './tiny-coco.ts';

let root: string;
let source: KeypointsSource;
beforeAll(async () => {
  root = await writeTinySet();
  source = await openCocoKeypoints(root);
});
afterAll(() => rm(root, { recursive: true }));

describe('splits', () => {
  test('pictures are the samples, by id, also those without persons; a tenth of train is held out', () => {
    expect(source.info.splits).toEqual({ train: 12, val: 3, test: 2, 'search-train': 11, 'search-val': 1 });
    expect(source.imageIds('val')).toEqual([5, 7, 9]);
    expect(source.key('val', 0)).toBe('000000000005');
  });

  test('missing pictures are left out with their persons', async () => {
    const partial = await writeTinySet({ ...tinySet, pictures: tinySet.pictures.filter((path) => !path.endsWith('005.jpg')) });
    const opened = await openCocoKeypoints(partial);
    expect(opened.imageIds('val')).toEqual([7, 9]);
    expect(opened.truth('val').persons.map(({ id }) => id)).toEqual([32]);
    await rm(partial, { recursive: true });
  });
});

describe('what a set is told by', () => {
  const trainFile = 'annotations/person_keypoints_train2017.json';

  test('a label that changes without a change of size changes the fingerprint', async () => {
    const other = await writeTinySet();
    const before = (await openCocoKeypoints(other)).info.fingerprint;
    expect(before).toBe(source.info.fingerprint);
    const text = await readFile(join(other, trainFile), 'utf8');
    await writeFile(join(other, trainFile), text.replace('"iscrowd":0', '"iscrowd":1'));
    expect((await openCocoKeypoints(other)).info.fingerprint).not.toBe(before);
    await rm(other, { recursive: true });
  });

  test('an image without a number as its id, and joints that are not finite, are damage that is named', async () => {
    const other = await writeTinySet();
    const text = await readFile(join(other, trainFile), 'utf8');
    await writeFile(join(other, trainFile), text.replace(/"id":101,/, '"id":"101",'));
    await expect(openCocoKeypoints(other).then((opened) => opened.size('train'))).rejects.toMatchObject({ code: 'json-damaged' });
    await writeFile(join(other, trainFile), text.replace(/"keypoints":\[\d+,/, '"keypoints":[1e999,'));
    await expect(openCocoKeypoints(other).then((opened) => opened.size('train'))).rejects.toMatchObject({ code: 'coco-kp-length' });
    await rm(other, { recursive: true });
  });

  test.each(['[null]', '[{"image_id":5,"category_id":1,"bbox":[1,1,2,2],"score":1e999}]'])(
    'detected boxes %s are refused with their place',
    async (content) => {
      const file = join(root, 'boxes.json');
      await writeFile(file, content);
      await expect(source.crops('val', file)).rejects.toMatchObject({ code: 'coco-detections' });
    },
  );
});

describe('samples', () => {
  test('a picture has all of its persons in the order of the file, crowds with their mask', async () => {
    const { persons, height, width, imageId } = await source.read('val', 0);
    expect([imageId, height, width]).toEqual([5, 40, 56]);
    expect(persons.map(({ id }) => id)).toEqual([900100000005, 31, 30]);
    expect(persons[0]).toMatchObject({ isCrowd: true, mask: { height: 40, width: 56, counts: [40, 3, 2197] } });
    expect(persons[1]).toMatchObject({ box: [8, 10, 20, 24], areaPx2: 300.5, labelledJoints: 17, score: 1 });
    expect(persons[1]?.keypoints.slice(0, 6)).toEqual([10, 12, 1, 11, 13, 2]);
    expect(persons[2]?.keypoints).toEqual(new Array<number>(51).fill(0));
  });

  test('a picture of another size than its annotations is refused', async () => {
    const odd = await writeTinySet({
      ...tinySet,
      files: { 'annotations/person_keypoints_val2017.json': tinyFile([{ ...tinyImage(5), width: 40, height: 56 }], []) },
    });
    const opened = await openCocoKeypoints(odd);
    await expect(opened.read('val', 0)).rejects.toMatchObject({ code: 'coco-size', message: expect.stringContaining('40x56') });
    await rm(odd, { recursive: true });
  });
});

describe('crops', () => {
  test('labelled persons: no crowd, none without a labelled joint; one reference each, by picture', async () => {
    const crops = await source.crops('val', 'ground-truth');
    expect(crops.map(({ key }) => key)).toEqual(['000000000005/31', '000000000009/32']);
    expect(crops.map(({ persons }) => persons.length)).toEqual([1, 1]);
    // HRNet's cut counts the last pixel: x2 = 8 + 20 - 1, so that the box is one less wide and high.
    expect(crops[0]?.persons[0]?.box).toEqual([8, 10, 19, 23]);
  });

  test('boxes are cut to the picture; those outside and areas of 0 are dropped', async () => {
    const images = [tinyImage(5)];
    const persons = [
      tinyPerson(1, 5, { bbox: [-4, 30, 100, 30] }),
      tinyPerson(2, 5, { bbox: [60, 5, 10, 10] }),
      tinyPerson(3, 5, { area: 0 }),
      tinyPerson(4, 5, { bbox: [10, 10, 0, 0] }),
    ];
    const own = await writeTinySet({
      files: { 'annotations/person_keypoints_val2017.json': tinyFile(images, persons) },
      pictures: ['val2017/000000000005.jpg'],
    });
    const crops = await (await openCocoKeypoints(own)).crops('val', 'ground-truth');
    expect(crops.map(({ persons: [person] }) => [person?.id, ...(person?.box ?? [])])).toEqual([
      [1, 0, 30, 55, 9],
      [4, 10, 10, 0, 0],
    ]);
    await rm(own, { recursive: true });
  });

  test('detected boxes: persons of the split from the threshold on, as they are', async () => {
    const file = join(root, 'boxes.json');
    const box = { category_id: 1, bbox: [1.5, 2, 30, 40], score: 0.5 };
    await writeFile(
      file,
      JSON.stringify([
        { ...box, image_id: 9 },
        { ...box, image_id: 5, score: 0.2 },
        { ...box, image_id: 5, category_id: 3 },
        { ...box, image_id: 5, score: 0.19 },
        { ...box, image_id: 100 },
        { ...box, image_id: 5, score: 0.9 },
      ]),
    );
    const crops = await source.crops('val', file, { scoreThreshold: 0.2 });
    expect(crops.map(({ imageId, persons: [person] }) => [imageId, person?.score, person?.id])).toEqual([
      [5, 0.2, 0],
      [5, 0.9, 0],
      [9, 0.5, 0],
    ]);
    expect(crops[0]?.persons[0]).toMatchObject({ box: [1.5, 2, 30, 40], keypoints: [], areaPx2: 1200 });
    expect(new Set(crops.map(({ key }) => key)).size).toBe(3);
  });

  test('of some pictures only; an id that the split does not have is refused', async () => {
    expect(await source.crops('val', 'ground-truth', { imageIds: [9, 7] })).toHaveLength(1);
    await expect(source.crops('val', 'ground-truth', { imageIds: [100] })).rejects.toMatchObject({ code: 'unknown-picture' });
  });
});

describe('truth', () => {
  test('every person of the pictures with the numbers of the file', () => {
    const { imageIds, persons } = source.truth('val');
    expect(imageIds).toEqual([5, 7, 9]);
    expect(persons.map(({ id, imageId, labelledJoints, isCrowd }) => [id, imageId, labelledJoints, isCrowd])).toEqual([
      [900100000005, 5, 0, true],
      [31, 5, 17, false],
      [30, 5, 0, false],
      [32, 9, 3, false],
    ]);
    expect(source.truth('val', [9]).persons.map(({ id }) => id)).toEqual([32]);
  });

  test('ids of 0 or twice, and areas that are not there, cannot be scored; a test has nothing to score', async () => {
    const { area: _, ...withoutArea } = tinyPerson(4, 5);
    for (const [persons, code] of [
      [[tinyPerson(0, 5)], 'coco-id-zero'],
      [[tinyPerson(4, 5), tinyPerson(4, 5)], 'coco-id-dup'],
      [[withoutArea], 'coco-area-missing'],
    ] as const) {
      const own = await writeTinySet({
        files: { 'annotations/person_keypoints_val2017.json': tinyFile([tinyImage(5)], persons) },
        pictures: ['val2017/000000000005.jpg'],
      });
      const opened = await openCocoKeypoints(own);
      expect(() => opened.truth('val')).toThrow(expect.objectContaining({ code }));
      await rm(own, { recursive: true });
    }
    expect(() => source.truth('test')).toThrow(expect.objectContaining({ code: 'split-unlabelled' }));
  });
});

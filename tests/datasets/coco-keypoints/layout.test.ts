import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openDataset, recognise } from '../../../datasets/catalog.ts';
import { detectCocoRoot } from '../../../datasets/coco-keypoints/layout.ts';
import { openCocoKeypoints } from '../../../datasets/coco-keypoints/source.ts';
import { readZipEntry } from '../../../datasets/zip.ts';
import { asKeypointsSource } from '../../../datasets/keypoints-source.ts';
import { probeSample } from '../../../datasets/probe-picture.ts';
import { makeZip } from '../../make-zip.ts';
import { tinyFile, tinyImage, tinyPerson, tinyPicture, tinySet, writeArchivedSet, writeTinySet } from './tiny-coco.ts';
import type { TinySet } from './tiny-coco.ts';

const roots: string[] = [];
async function write(set: TinySet = tinySet): Promise<string> {
  const root = await writeTinySet(set);
  roots.push(root);
  return root;
}
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});

const valFile = tinyFile([tinyImage(5), tinyImage(7)], [tinyPerson(1, 5)]);

describe('the root of a set', () => {
  test.each(['', 'annotations', 'val2017'])('picked: %j', async (inside) => {
    const root = await write();
    expect((await detectCocoRoot(join(root, inside)))?.root).toBe(root);
  });

  test('one level above; several sets are not guessed between', async () => {
    const above = await mkdtemp(join(tmpdir(), 'above-'));
    roots.push(above);
    await rename(await writeTinySet(), join(above, 'coco'));
    expect(await detectCocoRoot(above)).toMatchObject({ root: join(above, 'coco'), nesting: 'picked-above' });
    await rename(await writeTinySet(), join(above, 'second'));
    await expect(detectCocoRoot(above)).rejects.toMatchObject({ code: 'root-ambiguous' });
  });

  test('the catalogue tells it from other kinds', async () => {
    expect((await recognise(await write()))?.kind.kind).toBe('coco-keypoints');
    const empty = await mkdtemp(join(tmpdir(), 'empty-'));
    roots.push(empty);
    expect(await recognise(empty)).toBeUndefined();
  });

  test('object annotations alone: says which file is needed', async () => {
    const root = await write({ files: { 'annotations/instances_val2017.json': '{}' }, pictures: ['val2017/000000000005.jpg'] });
    await expect(openCocoKeypoints(root)).rejects.toMatchObject({
      code: 'coco-no-keypoints-json',
      tip: expect.stringContaining('person_keypoints_{split}2017.json'),
    });
  });
});

describe('where pictures can be', () => {
  test.each([
    ['beside the annotations', 'val2017/000000000005.jpg'],
    ['in images', 'images/val2017/000000000005.jpg'],
    ['in a doubled folder', 'val2017/val2017/000000000005.jpg'],
    ['with another case', 'val2017/000000000005.JPG'],
    ['named by the older sets', 'val2017/COCO_val2017_000000000005.jpg'],
  ])('%s', async (_, picture) => {
    const root = await write({ files: { 'annotations/person_keypoints_val2017.json': valFile }, pictures: [picture] });
    const source = await openDataset(root);
    expect(source.info.splits).toEqual({ val: 1 });
    expect((await source.read('val', 0)).key).toBe('000000000005');
  });

  test('annotations in the folder of their zip; a link to the pictures', async () => {
    const root = await write({
      files: { 'annotations_trainval2017/annotations/person_keypoints_val2017.json': valFile },
      pictures: ['elsewhere/000000000005.jpg'],
    });
    await symlink(join(root, 'elsewhere'), join(root, 'val2017'));
    expect((await openDataset(root)).info.splits).toEqual({ val: 1 });
  });

  test('sets of 2014 are read by their names; beside ones of 2017 they are left alone', async () => {
    const old = { ...tinyImage(5), file_name: 'COCO_val2014_000000000005.jpg' };
    const files = { 'annotations/person_keypoints_val2014.json': tinyFile([old], []) };
    const pictures = ['val2014/COCO_val2014_000000000005.jpg'];
    const root = await write({ files, pictures });
    expect(await detectCocoRoot(root)).toMatchObject({ year: '2014', splits: [{ set: 'val2014' }] });
    expect((await openDataset(root)).info.splits).toEqual({ val: 1 });
    const both = await write({ files: { ...files, ...tinySet.files }, pictures: [...pictures, ...tinySet.pictures] });
    expect((await openDataset(both)).info.splits).toMatchObject({ train: 12, val: 3 });
  });

  test('in archives: the same samples as from folders, and the same fingerprint', async () => {
    const [plain, packed] = [await write(), await writeArchivedSet()];
    roots.push(packed);
    const [a, b] = [await openDataset(plain), await openDataset(packed)];
    expect(b.info).toEqual({ ...a.info, root: packed });
    for (const [split, index] of [
      ['train', 0],
      ['train', 3],
      ['val', 2],
      ['test', 1],
    ] as const) {
      expect(await b.read(split, index)).toEqual(await a.read(split, index));
    }
  });

  test('a damaged archive, and a damaged entry of one, are named', async () => {
    const files = { 'annotations/person_keypoints_val2017.json': valFile };
    const broken = await write({ files: { ...files, 'images/val2017.zip': 'PK, but no archive' }, pictures: [] });
    await expect(openDataset(broken)).rejects.toMatchObject({ code: 'zip-damaged', message: expect.stringContaining('val2017.zip') });
    const wrong = await write({ files, pictures: [] });
    await mkdir(join(wrong, 'images'));
    const members = [{ path: 'val2017/000000000005.jpg', content: tinyPicture(1), crc: 1 }];
    await writeFile(join(wrong, 'images/val2017.zip'), makeZip(members));
    const source = await openDataset(wrong);
    await expect(source.read('val', 0)).rejects.toMatchObject({
      code: 'zip-damaged',
      message: expect.stringContaining('000000000005.jpg'),
    });
    const entry = { name: 'x.jpg', bytes: 10, packedBytes: 10, method: 0, checksum: 0, offset: 3 };
    await expect(readZipEntry(join(wrong, 'images/val2017.zip'), entry)).rejects.toMatchObject({ code: 'zip-damaged' });
  });

  test('a picture in an archive is looked at as one in a folder is', async () => {
    const root = await writeArchivedSet();
    roots.push(root);
    const source = await openDataset(root);
    const kind = (await recognise(root))?.kind;
    const ref = source.itemRef?.('val', 0);
    expect(ref === undefined ? undefined : await probeSample(kind?.files(ref) ?? [])).toEqual({ height: 40, width: 56 });
  });
});

test('files of detected boxes are found, and opened by their name', async () => {
  const name = 'COCO_val2017_detections_AP_H_56_person.json';
  const boxes = JSON.stringify([{ image_id: 9, category_id: 1, bbox: [1, 2, 3, 4], score: 0.5 }]);
  const root = await write({ ...tinySet, files: { ...tinySet.files, [`person_detection_results/${name}`]: boxes } });
  const source = asKeypointsSource(await openDataset(root));
  expect(source.detectionFiles).toEqual([join(root, 'person_detection_results', name)]);
  expect(await source.crops('val', name)).toHaveLength(1);
});

describe('search splits', () => {
  test('of fewer than 50,000 pictures a tenth is held out, the same ones each time, others with another seed', async () => {
    const images = Array.from({ length: 100 }, (_, i) => tinyImage(1000 + 7 * i));
    const root = await write({
      files: { 'annotations/person_keypoints_train2017.json': tinyFile(images, []) },
      pictures: images.map(({ file_name: name }) => `train2017/${name}`),
    });
    const idsWith = async (searchSplitSeed: number): Promise<readonly number[]> =>
      (await openCocoKeypoints(root, { searchSplitSeed })).imageIds('search-val');
    const first = await idsWith(0);
    expect(first).toHaveLength(10);
    expect(await idsWith(0)).toEqual(first);
    expect(await idsWith(1)).not.toEqual(first);
  });
});

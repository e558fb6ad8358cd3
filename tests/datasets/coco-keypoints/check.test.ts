import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import sharp from 'sharp';
import { checkDataset, type CheckLevel, type CheckResult } from '../../../datasets/check.ts';
import { openCocoKeypoints } from '../../../datasets/coco-keypoints/source.ts';
import type { TinyAnnotation, TinyFile, TinySet } from './tiny-coco.ts';
import {
  personCategory,
  tinyCrowd,
  tinyFile,
  tinyImage,
  tinyPerson,
  tinyPicture,
  tinySet,
  writeArchivedSet,
  writeTinySet,
} from './tiny-coco.ts';

const roots: string[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await rm(root, { recursive: true });
});
async function write(set: TinySet = tinySet): Promise<string> {
  const root = await writeTinySet(set);
  roots.push(root);
  return root;
}

const file = 'annotations/person_keypoints_val2017.json';
/** Of every tiny set. */
const usual = ['split.count', 'file.ext-mismatch'];
const codesOf = ({ findings }: CheckResult): readonly string[] => findings.map(({ code }) => code).filter((code) => !usual.includes(code));
const findingOf = ({ findings }: CheckResult, code: string) => findings.find((finding) => finding.code === code);

/** A split of one picture with these annotations. */
async function checkPersons(annotations: readonly Partial<TinyAnnotation>[], changes: Partial<TinyFile> = {}): Promise<CheckResult> {
  const content = { ...tinyFile([tinyImage(5)], annotations as readonly TinyAnnotation[]), ...changes };
  const root = await write({ files: { [file]: content }, pictures: ['val2017/000000000005.jpg'] });
  return checkDataset(root, { level: 1 });
}

describe('a sound set', () => {
  test('counts, what was found sound and what is not there; PNGs under names of JPEGs are a fact', async () => {
    const root = await write();
    const result = await checkDataset(root, { level: 4 });
    expect(result).toMatchObject({
      kind: 'coco-keypoints',
      root,
      status: 'ok',
      splits: { train: 12, val: 3, test: 2 },
      isSynthetic: false,
    });
    expect(codesOf(result)).toEqual(['coco.test']);
    expect(findingOf(result, 'file.ext-mismatch')).toMatchObject({ severity: 'info', split: 'test', count: 2 });
    expect(findingOf(result, 'split.count')?.message).toBe('test: 2 of 20288 official images.');
    expect(result.passed).toHaveLength(11);
    expect(result.notFound).toEqual(['detected boxes (person_detection_results): labelled boxes are used']);
    expect(result.fingerprint).toBe((await openCocoKeypoints(root)).info.fingerprint);
  });

  test('pictures in archives are examined as those in folders', async () => {
    const root = await writeArchivedSet();
    roots.push(root);
    const result = await checkDataset(root, { level: 4 });
    expect(result.status).toBe('ok');
    expect(codesOf(result)).toEqual(['coco.test']);
  });

  test('files of detected boxes are listed', async () => {
    const files = { ...tinySet.files, 'person_detection_results/boxes.json': '[]' };
    const result = await checkDataset(await write({ ...tinySet, files }), { level: 1 });
    expect(findingOf(result, 'coco.detections')).toMatchObject({ severity: 'info', path: 'person_detection_results/boxes.json' });
    expect(result.notFound).toEqual([]);
  });

  test('a folder inside is told; sets of 2014 are', async () => {
    const old = { ...tinyImage(5), file_name: 'COCO_val2014_000000000005.jpg' };
    const root = await write({
      files: { 'annotations/person_keypoints_val2014.json': tinyFile([old], [tinyPerson(1, 5)]) },
      pictures: ['val2014/COCO_val2014_000000000005.jpg'],
    });
    expect(codesOf(await checkDataset(join(root, 'val2014'), { level: 1 }))).toEqual(['coco.2014', 'root.nested']);
  });
});

describe('annotation files', () => {
  test('cut off: the byte is told, the other split is still usable, also by the reader', async () => {
    const root = await write();
    await truncate(join(root, file), 1000);
    const result = await checkDataset(root, { level: 1 });
    expect(result).toMatchObject({ status: 'usable', splits: { train: 12, test: 2 } });
    expect(findingOf(result, 'coco.json-truncated')).toMatchObject({ severity: 'error', split: 'val', path: file });
    expect(findingOf(result, 'coco.json-truncated')?.message).toContain('at byte 1000');
    const source = await openCocoKeypoints(root);
    expect(source.size('train')).toBe(12);
    expect(() => source.size('val')).toThrow(expect.objectContaining({ code: 'json-truncated' }));
  });

  test.each([
    ['no JSON', '{"images": [}', 'coco.json-damaged'],
    ['an entry that is no object', '{"images": [null]}', 'coco.json-damaged'],
    ['nothing', '', 'file.zero-bytes'],
  ])('%s', async (_, content, code) => {
    const root = await write({ files: { [file]: content }, pictures: ['val2017/000000000005.jpg'] });
    const result = await checkDataset(root, { level: 1 });
    expect(result.status).toBe('blocked');
    expect(codesOf(result)).toEqual([code]);
    await expect(openCocoKeypoints(root)).rejects.toMatchObject({ code: code === 'file.zero-bytes' ? 'file-zero-bytes' : 'json-damaged' });
  });

  test('objects without joints', async () => {
    const root = await write({ files: { 'annotations/instances_val2017.json': '{}' }, pictures: ['val2017/000000000005.jpg'] });
    const result = await checkDataset(root, { level: 1 });
    expect(result.status).toBe('blocked');
    expect(findingOf(result, 'coco.no-keypoints-json')?.message).toMatch(
      /instances_val2017.json, but .*person_keypoints_\{split\}2017.json/,
    );
  });

  test.each([
    ['16 joints', personCategory.keypoints.slice(0, 16), /16 keypoints \(nose/],
    ['another order', personCategory.keypoints.toReversed(), /17 keypoints \(right_ankle, left_ankle/],
    ['none', [], /0 keypoints/],
  ])('joints: %s', async (_, keypoints, words) => {
    const result = await checkPersons([tinyPerson(1, 5)], { categories: [{ ...personCategory, keypoints }] });
    expect(codesOf(result)).toEqual(['coco.not-17']);
    expect(findingOf(result, 'coco.not-17')?.message).toMatch(words);
    await expect(openCocoKeypoints(result.root)).rejects.toMatchObject({ code: 'coco-not-17' });
  });
});

const joints = (changes: Readonly<Record<number, readonly number[]>>): readonly number[] =>
  tinyPerson(1, 5).keypoints.map((value, i) => changes[Math.floor(i / 3)]?.[i % 3] ?? value);
const { area: _area, ...withoutArea } = tinyPerson(2, 5);
const { num_keypoints: _count, ...withoutCount } = tinyPerson(2, 5);
const { keypoints: _joints, ...withoutJoints } = tinyPerson(2, 5);

describe('annotations', () => {
  test('sound ones, crowds and persons without labelled joints give nothing', async () => {
    expect(codesOf(await checkPersons([tinyPerson(1, 5), tinyCrowd(2, 5), tinyPerson(3, 5, {}, 0)]))).toEqual([]);
  });

  test.each<[string, Partial<TinyAnnotation>, string, RegExp]>([
    ['48 numbers', tinyPerson(2, 5, { keypoints: tinyPerson(1, 5).keypoints.slice(0, 48) }), 'coco.kp-length', /48 numbers/],
    ['no keypoints', withoutJoints, 'coco.kp-length', /no list/],
    ['three numbers as box', tinyPerson(2, 5, { bbox: [1, 2, 3] }), 'coco.box-length', /3 numbers/],
    ['a joint too many', tinyPerson(2, 5, { num_keypoints: 4 }), 'coco.num-mismatch', /4 for 3 labelled/],
    ['no number of joints', withoutCount, 'coco.num-mismatch', /none for 3/],
    ['visibility 3', tinyPerson(2, 5, { keypoints: joints({ 1: [11, 13, 3] }) }), 'coco.v-invalid', /3 for the left_eye/],
    ['a score as visibility', tinyPerson(2, 5, { keypoints: joints({ 1: [11, 13, 0.7] }) }), 'coco.v-invalid', /0.7/],
    ['an unlabelled joint somewhere', tinyPerson(2, 5, { keypoints: joints({ 9: [4, 5, 0] }) }), 'coco.v0-with-xy', /coordinates/],
    [
      'a joint beside the picture',
      tinyPerson(2, 5, { keypoints: joints({ 0: [56, 12, 1] }) }),
      'coco.kp-outside',
      /nose at 56, 12 in 40x56/,
    ],
    ['a box beside the picture', tinyPerson(2, 5, { bbox: [50, 10, 8, 8] }), 'coco.box-outside', /\[50, 10, 8, 8\] in 40x56/],
    ['an empty box', tinyPerson(2, 5, { bbox: [5, 5, 0, 4] }), 'coco.box-outside', /empty/],
    ['the id 0', tinyPerson(2, 5, { id: 0 }), 'coco.id-zero', /cannot be matched/],
    ['the id of another one', tinyPerson(2, 5, { id: 1 }), 'coco.id-dup', /annotation 1/],
    ['a picture that is not listed', tinyPerson(2, 5, { image_id: 6 }), 'coco.dangling', /image_id 6/],
    ['a category that is not listed', tinyPerson(2, 5, { category_id: 2 }), 'coco.dangling', /category_id 2/],
    ['no area', withoutArea, 'coco.area-missing', /cannot be computed/],
    [
      'a crowd whose runs are too short',
      { ...tinyCrowd(2, 5), segmentation: { size: [40, 56], counts: [5, 5] } },
      'coco.crowd-rle-bad',
      /10 px for 40x56/,
    ],
    ['a crowd on another size', { ...tinyCrowd(2, 5), segmentation: { size: [2, 3], counts: [6] } }, 'coco.crowd-rle-bad', /2x3 for 40x56/],
  ])('%s', async (_, annotation, code, words) => {
    const result = await checkPersons([tinyPerson(1, 5), annotation, tinyPerson(3, 5)]);
    expect(codesOf(result)).toEqual([code]);
    expect(findingOf(result, code)).toMatchObject({ split: 'val', count: 1 });
    expect(findingOf(result, code)?.message).toMatch(words);
  });

  test('boxes may leave their picture by a pixel, as rounding does', async () => {
    expect(codesOf(await checkPersons([tinyPerson(1, 5, { bbox: [-0.5, 0, 57, 40.6] })]))).toEqual([]);
  });

  test('areas of boxes: told when nearly all are, not for a few', async () => {
    const boxed = (id: number): TinyAnnotation => tinyPerson(id, 5, { area: 480 });
    expect(codesOf(await checkPersons([boxed(1), boxed(2)]))).toEqual(['coco.area-is-box']);
    expect(codesOf(await checkPersons([boxed(1), tinyPerson(2, 5)]))).toEqual([]);
  });

  test('a picture that is listed twice', async () => {
    expect(codesOf(await checkPersons([tinyPerson(1, 5)], { images: [tinyImage(5), tinyImage(5)] }))).toEqual(['coco.image-dup']);
  });
});

describe('pictures', () => {
  const val = join('val2017', '000000000005.jpg');
  async function spoil(change: (path: string, root: string) => Promise<unknown>, level: CheckLevel = 3): Promise<CheckResult> {
    const root = await write();
    await change(join(root, val), root);
    return checkDataset(root, { level });
  }
  const png = () => sharp(tinyPicture(1));

  test.each<[string, (path: string, root: string) => Promise<unknown>, string]>([
    ['empty', (path) => truncate(path, 0), 'file.zero-bytes'],
    ['a web page', (path) => writeFile(path, '<html><body>404</body></html>'), 'file.not-image'],
    ['cut off', async (path) => truncate(path, (await readFile(path)).length - 20), 'file.truncated'],
    ['grey', async (path) => writeFile(path, await png().grayscale().toColourspace('b-w').jpeg().toBuffer()), 'image.gray'],
    [
      'tagged as rotated',
      async (path) => writeFile(path, await png().withMetadata({ orientation: 6 }).jpeg().toBuffer()),
      'image.exif-rotated',
    ],
    ['rotated', async (path) => writeFile(path, await png().rotate(90).jpeg().toBuffer()), 'coco.size-swap'],
    ['resized', async (path) => writeFile(path, await png().resize(28, 20).jpeg().toBuffer()), 'coco.size'],
    ['missing', (path) => rm(path), 'coco.image-missing'],
    ['beside others', async (_, root) => writeFile(join(root, 'val2017/copy.jpg'), tinyPicture(77)), 'coco.unlisted'],
    ['beside junk', async (_, root) => writeFile(join(root, 'val2017/._000000000005.jpg'), 'x'), 'file.junk'],
  ])('%s', async (_, change, code) => {
    const result = await spoil(change);
    expect(codesOf(result).filter((other) => other !== 'coco.test')).toEqual([code]);
    expect(findingOf(result, code)).toMatchObject({ split: 'val' });
  });

  test('some missing are a warning, all of them block the split', async () => {
    expect(findingOf(await spoil((path) => rm(path)), 'coco.image-missing')).toMatchObject({ severity: 'warn', count: 1, path: val });
    const result = await spoil((_, root) => rm(join(root, 'val2017'), { recursive: true }));
    expect(result.status).toBe('usable');
    expect(findingOf(result, 'coco.image-missing')).toMatchObject({ severity: 'error', count: 3 });
    expect(result.notFound).toContain('pictures of val (val2017)');
  });

  test('a picture in two splits, by its id; one whose bytes are those of another', async () => {
    const root = await write({
      files: {
        'annotations/person_keypoints_train2017.json': tinyFile([tinyImage(5), tinyImage(6)], []),
        [file]: tinyFile([tinyImage(5), tinyImage(7)], []),
      },
      pictures: ['train2017/000000000005.jpg', 'train2017/000000000006.jpg', 'val2017/000000000005.jpg', 'val2017/000000000007.jpg'],
    });
    await writeFile(join(root, 'val2017/000000000007.jpg'), await readFile(join(root, 'train2017/000000000006.jpg')));
    expect(codesOf(await checkDataset(root, { level: 3 }))).toEqual(['split.overlap']);
    const thorough = await checkDataset(root, { level: 4 });
    expect(findingOf(thorough, 'split.duplicate-content')).toMatchObject({ split: 'val', path: 'val2017/000000000007.jpg' });
    expect(thorough.status).toBe('blocked');
  });

  test('a damaged archive is named', async () => {
    const root = await write({
      files: { ...tinySet.files, 'images/val2017.zip': 'PK' },
      pictures: tinySet.pictures.filter((path) => !path.startsWith('val')),
    });
    const result = await checkDataset(root, { level: 1 });
    expect(result.status).toBe('usable');
    expect(findingOf(result, 'coco.zip-damaged')?.message).toContain('val2017.zip');
  });
});

test('progress runs to its end in every phase; cancelling throws the reason', async () => {
  const root = await write();
  const last = new Map<string, readonly [number, number]>();
  await checkDataset(root, { level: 4, onProgress: ({ phase, done, total }) => last.set(phase, [done, total]) });
  expect([...last.keys()]).toEqual(expect.arrayContaining(['annotations of train, bytes', 'headers', 'contents of val']));
  for (const [done, total] of last.values()) expect(done).toBe(total);
  const reason = new Error('enough');
  await expect(checkDataset(root, { level: 3, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

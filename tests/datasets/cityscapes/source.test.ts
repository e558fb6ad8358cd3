import { cp, mkdir, mkdtemp, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDataset, recognise } from '../../../datasets/catalog.ts';
import { CITYSCAPES_CLASSES, CITYSCAPES_LABELS, mapToTrainIds } from '../../../datasets/cityscapes/labels.ts';
import { openCityscapes } from '../../../datasets/cityscapes/source.ts';
import { OFFICIAL_CITIES, officialCount, splitForSearch } from '../../../datasets/cityscapes/splits.ts';
import { encodePng } from '../../../datasets/decode/png-encode.ts';
import { pairPaths, writeTinyCityscapes } from '../tiny-cityscapes.ts';

let root: string;

beforeEach(async () => {
  root = await writeTinyCityscapes({ perCity: 2 });
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('labels', () => {
  test('the 19 classes in order, and the ids that they come from', () => {
    expect(CITYSCAPES_CLASSES.map((entry) => entry.rawIds[0])).toEqual([
      7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33,
    ]);
    expect(CITYSCAPES_LABELS).toHaveLength(35);
  });

  test('raw ids become train ids, void and ignored ones 255, and the first unknown id is returned', () => {
    const values = Uint8Array.of(7, 8, 33, 0, 3, 9, 29);
    expect(mapToTrainIds(values)).toBeUndefined();
    expect([...values]).toEqual([0, 1, 18, 255, 255, 255, 255]);
    expect(mapToTrainIds(Uint8Array.of(7, 34))).toBe(34);
    expect(mapToTrainIds(Uint8Array.of(255))).toBe(255);
  });
});

describe('splits', () => {
  test('official counts', () => {
    expect([officialCount('train'), officialCount('val'), officialCount('test')]).toEqual([2975, 500, 1525]);
  });

  const official = Object.entries(OFFICIAL_CITIES.train).flatMap(([city, count]) =>
    Array.from({ length: count }, (_, i) => ({ city, sequence: String(i % 7) })),
  );

  test.each([0, 1, 2, 3, 4])('search-val of the official train set, seed %i: whole cities, 10 to 15 per cent', (seed) => {
    const { searchTrain, searchVal, unit } = splitForSearch(official, seed);
    expect(unit).toBe('city');
    expect(searchTrain.length + searchVal.length).toBe(2975);
    expect(searchVal.length / 2975).toBeGreaterThanOrEqual(0.1);
    expect(searchVal.length / 2975).toBeLessThanOrEqual(0.15);
    const held = new Set(searchVal.map((item) => item.city));
    expect(searchTrain.some((item) => held.has(item.city))).toBe(false);
  });

  test('three cities: whole sequences are held out', () => {
    const items = ['a', 'b', 'c'].flatMap((city) => Array.from({ length: 40 }, (_, i) => ({ city, sequence: String(i % 10) })));
    const { searchTrain, searchVal, unit } = splitForSearch(items);
    expect(unit).toBe('sequence');
    expect(searchVal).toHaveLength(12);
    const held = new Set(searchVal.map((item) => `${item.city}/${item.sequence}`));
    expect(searchTrain.some((item) => held.has(`${item.city}/${item.sequence}`))).toBe(false);
  });

  test('one sequence: the last tenth; one picture: nothing', () => {
    const items = Array.from({ length: 20 }, () => ({ city: 'a', sequence: '0' }));
    expect(splitForSearch(items)).toMatchObject({ unit: 'block', searchVal: { length: 2 }, searchTrain: { length: 18 } });
    expect(splitForSearch(items.slice(0, 1)).searchVal).toHaveLength(0);
  });
});

describe('roots', () => {
  test.each([
    ['the root', ''],
    ['leftImg8bit', 'leftImg8bit'],
    ['gtFine', 'gtFine'],
    ['a split inside', 'leftImg8bit/train'],
  ])('%s is picked: the same set', async (_, inside) => {
    expect(await recognise(join(root, inside))).toMatchObject({ kind: { kind: 'cityscapes' }, root });
  });

  test('the folder above is picked', async () => {
    const above = await mkdtemp(join(tmpdir(), 'above-'));
    await rename(root, join(above, 'cs'));
    expect((await openDataset(above)).info.root).toBe(join(above, 'cs'));
    await rm(above, { recursive: true });
  });

  test('zips unpacked beside each other: the same pictures and fingerprint', async () => {
    const before = await openCityscapes(root);
    for (const half of ['leftImg8bit', 'gtFine']) {
      await mkdir(join(root, `${half}_trainvaltest`));
      await rename(join(root, half), join(root, `${half}_trainvaltest`, half));
    }
    const after = await openCityscapes(root);
    expect(after.info.splits).toEqual(before.info.splits);
    expect(after.info.fingerprint).toBe(before.info.fingerprint);
    expect((await openCityscapes(join(root, 'leftImg8bit_trainvaltest'))).info.splits).toEqual(before.info.splits);
  });

  test('a link to the folder is followed', async () => {
    const link = `${root}-link`;
    await symlink(root, link);
    expect((await openCityscapes(link)).size('train')).toBe(8);
    await rm(link);
  });

  test('files of operating systems are skipped', async () => {
    await writeFile(join(root, 'leftImg8bit/train/aachen/._aachen_000000_000019_leftImg8bit.png'), 'x');
    await writeFile(join(root, 'leftImg8bit/train/.DS_Store'), 'x');
    expect((await openCityscapes(root)).size('train')).toBe(8);
  });
});

describe('pictures', () => {
  test('splits, keys by name, search splits cut from train', async () => {
    const source = await openCityscapes(root);
    expect(source.info.splits).toEqual({ train: 8, val: 2, test: 2, 'search-train': 6, 'search-val': 2 });
    expect(source.key('val', 1)).toBe('lindau_000001_000019');
    expect(() => source.key('val', 2)).toThrow(RangeError);
  });

  test('rgb and train ids; a test picture has only ignored labels', async () => {
    const source = await openCityscapes(root);
    const sample = await source.read('train', 0);
    expect(sample).toMatchObject({ key: 'aachen_000000_000019', height: 24, width: 40 });
    expect([...sample.rgb.slice(0, 4)]).toEqual([0, 7, 14, 21]);
    expect(sample.labels[0]).toBe(0);
    expect(sample.labels[6]).toBe(1);
    expect(new Set((await source.read('test', 0)).labels)).toEqual(new Set([255]));
  });

  test('one missing file does not shift other pairs', async () => {
    const { labels } = pairPaths(root, 'test', 'bonn', 0);
    await rm(labels);
    const source = await openCityscapes(root);
    expect((await source.read('test', 0)).labels).toHaveLength(0);
    expect((await source.read('test', 1)).labels).toHaveLength(24 * 40);
  });

  test('the fingerprint follows names and sizes', async () => {
    const before = (await openCityscapes(root)).info.fingerprint;
    const copy = `${root}-copy`;
    await cp(root, copy, { recursive: true });
    expect((await openCityscapes(copy)).info.fingerprint).toBe(before);
    await truncate(pairPaths(copy, 'train', 'aachen', 0).image, 80);
    expect((await openCityscapes(copy)).info.fingerprint).not.toBe(before);
    await rm(copy, { recursive: true });
  });
});

describe('bad folders and files', () => {
  test.each([
    ['an empty folder', async () => mkdtemp(join(tmpdir(), 'none-')), 'root-not-found'],
    ['no labels', async () => (await rm(join(root, 'gtFine'), { recursive: true }), root), 'cs-no-labels'],
    ['no images', async () => (await rm(join(root, 'leftImg8bit'), { recursive: true }), root), 'cs-no-images'],
  ])('%s: refused with its own code and a tip', async (_, prepare, code) => {
    await expect(openCityscapes(await prepare())).rejects.toMatchObject({ code, tip: expect.stringMatching(/./) as string });
  });

  test('a split with a missing label map is refused by name, the others stay usable', async () => {
    const { image, labels } = pairPaths(root, 'train', 'bremen', 1);
    await rm(labels);
    const source = await openCityscapes(root);
    expect(source.info.splits).toEqual({ val: 2, test: 2 });
    for (const split of ['train', 'search-val']) {
      expect(() => source.size(split)).toThrow(
        expect.objectContaining({ code: 'pair-missing-label', message: expect.stringContaining(image) as string }),
      );
    }
  });

  const grey = (height: number, width: number, value: number): Buffer =>
    encodePng({ height, width, channels: 1, data: new Uint8Array(height * width).fill(value) });

  test.each([
    ['a file that vanished', 'file-missing', 'image', undefined],
    ['an empty file', 'file-zero-bytes', 'image', Buffer.alloc(0)],
    ['an HTML page', 'file-not-image', 'image', Buffer.from('<html>')],
    ['a cut-off file', 'file-truncated', 'labels', grey(24, 40, 7).subarray(0, 60)],
    ['a label map of another size', 'pair-size-mismatch', 'labels', grey(24, 41, 7)],
    ['an id of 34', 'label-unknown-value', 'labels', grey(24, 40, 34)],
    ['train ids', 'label-unknown-value', 'labels', grey(24, 40, 255)],
    ['a colour picture', 'label-rgb', 'labels', encodePng({ height: 24, width: 40, channels: 3, data: new Uint8Array(24 * 40 * 3) })],
    ['16-bit labels', 'label-16bit', 'labels', encodePng({ height: 24, width: 40, channels: 1, data: new Uint16Array(24 * 40) })],
  ] as const)('%s: code %s, the file and its picture are named', async (_, code, which, content) => {
    const source = await openCityscapes(root);
    const path = pairPaths(root, 'val', 'lindau', 0)[which];
    if (content === undefined) await rm(path);
    else await writeFile(path, content);
    await expect(source.read('val', 0)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(new RegExp(`picture lindau_000000_000019.*${path}`)) as string,
      tip: expect.stringMatching(/./) as string,
    });
    await expect(source.read('val', 1)).resolves.toMatchObject({ key: 'lindau_000001_000019' });
  });
});

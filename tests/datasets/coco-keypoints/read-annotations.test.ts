import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boxOf, imageRowOf, jointsOf } from '../../../datasets/coco-keypoints/annotation-index.ts';
import { readAnnotations } from '../../../datasets/coco-keypoints/read-annotations.ts';
import { heldOutForSearch } from '../../../datasets/coco-keypoints/splits.ts';
import { tinyFile, tinyImage, tinyPerson } from './tiny-coco.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'annotations-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function write(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
}

describe('numbers', () => {
  test('coordinates are exactly those of the file, whole ones and fractions that come later', async () => {
    const first = tinyPerson(1, 5);
    const fractions = first.keypoints.map((value, i) => (i % 3 === 2 ? value : value + 0.1));
    const persons = [first, tinyPerson(2, 5, {}, 0), tinyPerson(3, 5, { keypoints: fractions, bbox: [0.1, 0.2, 1 / 3, 7.7] })];
    const index = await readAnnotations(await write('exact.json', tinyFile([tinyImage(5)], persons)));
    for (const [row, person] of persons.entries()) {
      expect(jointsOf(index, row)).toEqual(person.keypoints);
      expect(boxOf(index, row)).toEqual(person.bbox);
    }
  });

  test('ids need more than 32 bits; pictures are found by id, whatever the order of the file', async () => {
    const large = 900_100_000_139;
    const images = [tinyImage(large), tinyImage(3), tinyImage(2 ** 33)];
    const index = await readAnnotations(await write('ids.json', tinyFile(images, [tinyPerson(large, large), tinyPerson(7, 3)])));
    expect([...index.images.ids]).toEqual([3, 2 ** 33, large]);
    expect(imageRowOf(index, large)).toBe(2);
    expect(imageRowOf(index, 4)).toBeUndefined();
    expect(imageRowOf(index, large + 1)).toBeUndefined();
    expect(index.annotations.ids[0]).toBe(large);
    expect([...index.starts]).toEqual([0, 1, 1, 2]);
    expect([...index.rows]).toEqual([1, 0]);
  });

  test('the order of the sections does not matter', async () => {
    const file = tinyFile([tinyImage(5)], [tinyPerson(1, 5)]);
    const { path: _a, ...plain } = await readAnnotations(await write('plain.json', file));
    const { path: _b, ...reversed } = await readAnnotations(
      await write('reversed.json', Object.fromEntries(Object.entries(file).toReversed())),
    );
    expect(reversed).toEqual(plain);
  });
});

describe('a file that was read', () => {
  test('is kept until it changes; many at once read it once', async () => {
    const path = await write('kept.json', tinyFile([tinyImage(5)], []));
    const [a, b] = await Promise.all([readAnnotations(path), readAnnotations(path)]);
    expect(b).toBe(a);
    await write('kept.json', tinyFile([tinyImage(5), tinyImage(6)], []));
    await utimes(path, new Date(), new Date(Date.now() + 5_000));
    expect((await readAnnotations(path)).images.ids).toHaveLength(2);
  });

  test('a cancelled or failed reading is not', async () => {
    const path = await write('cancelled.json', tinyFile([tinyImage(5)], []));
    const reason = new Error('enough');
    await expect(readAnnotations(path, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect((await readAnnotations(path)).images.ids).toHaveLength(1);
    await expect(readAnnotations(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'file-missing' });
  });
});

describe('pictures that are held out for searches', () => {
  const ids = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => 3 * i + 1);

  test.each([
    [50_000, 5_000],
    [49_990, 4_999],
    [12, 1],
    [2, 1],
    [1, 0],
  ])('of %i: %i', (count, expected) => {
    expect(heldOutForSearch(ids(count), 0).size).toBe(expected);
  });

  test('a picture stays on its side when others are added, but for a few at the edge', () => {
    const heldOut = (list: readonly number[]): ReadonlySet<number> => new Set([...heldOutForSearch(list, 1)].map((i) => list[i] as number));
    const before = heldOut(ids(1000));
    const after = heldOut(ids(1010));
    expect([...before].filter((id) => !after.has(id)).length).toBeLessThanOrEqual(1);
    expect(after.size).toBe(101);
  });
});

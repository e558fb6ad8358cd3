import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResultFile } from '../../../datasets/coco-keypoints/result-file.ts';
import { readLabels } from '../../../datasets/coco-keypoints/truth.ts';
import { personCategory, tinyImage, tinyPerson, type TinyFile } from './tiny-coco.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'results-'));
});
afterAll(() => rm(folder, { recursive: true }));

const keypoints = Array<number>(51).fill(2.5);

describe('result files', () => {
  const read = async (content: unknown) => {
    const path = join(folder, 'results.json');
    await writeFile(path, JSON.stringify(content));
    return readResultFile(path);
  };

  it('persons in the order of the file; other categories are counted, an empty list is a result', async () => {
    const bare = { image_id: 9, keypoints, score: 0.25 };
    const results = [{ ...bare, category_id: 1, bbox: [1, 2, 3, 4] }, { ...bare, category_id: 2 }, bare];
    expect(await read(results)).toEqual({
      results: [
        { imageId: 9, keypoints, score: 0.25, box: [1, 2, 3, 4] },
        { imageId: 9, keypoints, score: 0.25 },
      ],
      leftOut: 1,
    });
    expect(await read([])).toEqual({ results: [], leftOut: 0 });
  });

  it.each([
    ['no score', { image_id: 1, keypoints }, 'coco-results', /byte 1/],
    ['words for joints', { image_id: 1, keypoints: ['a'], score: 1 }, 'coco-results', /byte 1/],
    ['a box of words', { image_id: 1, keypoints, score: 1, bbox: 'x' }, 'coco-results', /byte 1/],
    ['null', null, 'coco-results', /byte 1/],
  ])('%s: refused with its place', async (_, entry, code, message) => {
    await expect(read([entry])).rejects.toMatchObject({ code, message: expect.stringMatching(message), tip: expect.any(String) });
  });

  it('an object, as annotation files are: refused', async () => {
    await expect(read({ annotations: [] })).rejects.toMatchObject({
      code: 'json-damaged',
      message: expect.stringContaining('should begin a list'),
    });
  });
});

describe('annotation files by themselves', () => {
  const read = async (changes: Partial<TinyFile>) => {
    const path = join(folder, `truth-${JSON.stringify(changes).length}.json`);
    const images = [tinyImage(8), tinyImage(3)];
    await writeFile(
      path,
      JSON.stringify({ images, annotations: [tinyPerson(5, 8), tinyPerson(2, 8)], categories: [personCategory], ...changes }),
    );
    return readLabels(path);
  };

  it('pictures ascending, persons of a picture in the order of the file', async () => {
    const { imageIds, persons } = await read({});
    expect(imageIds).toEqual([3, 8]);
    expect(persons.map(({ id, imageId }) => [id, imageId])).toEqual([
      [5, 8],
      [2, 8],
    ]);
    expect(persons[0]).toMatchObject({ box: [8, 10, 20, 24], areaPx2: 300.5, isCrowd: false, labelledJoints: 3 });
  });

  it.each([
    ['the id 0', { annotations: [tinyPerson(0, 8)] }, 'coco-id-zero'],
    ['an id twice', { annotations: [tinyPerson(1, 8), tinyPerson(1, 8)] }, 'coco-id-dup'],
    ['a picture that is not listed', { annotations: [tinyPerson(1, 77)] }, 'coco-dangling'],
    ['16 joints', { annotations: [tinyPerson(1, 8, { keypoints: keypoints.slice(3) })] }, 'coco-kp-length'],
    ['other joints', { categories: [{ ...personCategory, keypoints: ['head', 'tail'] }] }, 'coco-not-17'],
    ['a box of three numbers', { annotations: [tinyPerson(1, 8, { bbox: [1, 2, 3] })] }, 'coco-box'],
    ['no labels at all', { annotations: [] }, 'split-unlabelled'],
  ] as const)('%s: refused', async (_, changes, code) => {
    await expect(read(changes as Partial<TinyFile>)).rejects.toMatchObject({ code, tip: expect.any(String) });
  });
});

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkCocoKeypoints } from '../../../../datasets/coco-keypoints/check.ts';
import { annotationPath, type AnnotationFile } from '../../../../datasets/coco-keypoints/synthesize/annotation-file.ts';
import { KEYPOINTS_DEFECTS, parseKeypointsDefects } from '../../../../datasets/coco-keypoints/synthesize/defects.ts';
import { synthesizeKeypoints, type SynthesizeKeypointsOptions } from '../../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import { imagePath } from '../../../../datasets/coco-keypoints/synthesize/write-item.ts';

const small: Partial<SynthesizeKeypointsOptions> = { train: 6, val: 3, height: 60, width: 80, workers: 0 };
let dir: string;

beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'people-')), 'set');
});
afterEach(async () => {
  await rm(join(dir, '..'), { recursive: true });
});

const annotationsOf = async (split: 'train' | 'val'): Promise<AnnotationFile> =>
  JSON.parse(await readFile(annotationPath(dir, split), 'utf8')) as AnnotationFile;

async function manifestItems(): Promise<unknown> {
  return (JSON.parse(await readFile(join(dir, 'SYNTHETIC.json'), 'utf8')) as { readonly items: unknown }).items;
}

describe('files', () => {
  test('the official names: annotations of both splits, pictures by their ids', async () => {
    expect(await synthesizeKeypoints(dir, small)).toEqual({ root: dir, counts: { train: 6, val: 3 }, written: 9 });
    expect(imagePath(dir, 'train', 0)).toBe(join(dir, 'train2017', '000000000001.jpg'));
    const { width, height, format, chromaSubsampling } = await sharp(imagePath(dir, 'val', 2)).metadata();
    expect({ width, height, format, chromaSubsampling }).toEqual({ width: 80, height: 60, format: 'jpeg', chromaSubsampling: '4:4:4' });
    const { images, categories } = await annotationsOf('train');
    expect(images).toHaveLength(6);
    expect(images[5]).toMatchObject({ id: 6, width: 80, height: 60, file_name: '000000000006.jpg' });
    expect(categories[0]).toMatchObject({ id: 1, name: 'person' });
    expect(categories[0]?.skeleton.slice(0, 2)).toEqual([
      [16, 14],
      [14, 12],
    ]);
  });

  test('the check finds nothing to complain about', async () => {
    await synthesizeKeypoints(dir, { ...small, train: 24 });
    const result = await checkCocoKeypoints(dir, { level: 4 });
    expect(result?.findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
    expect(result).toMatchObject({ status: 'ok', isSynthetic: true, splits: { train: 24, val: 3 } });
  });
});

describe('continuing', () => {
  test('two threads and none write the same (slow)', async () => {
    await synthesizeKeypoints(dir, { ...small, workers: 2 });
    const [items, file] = [await manifestItems(), await annotationsOf('train')];
    await rm(dir, { recursive: true });
    await synthesizeKeypoints(dir, small);
    expect(await manifestItems()).toEqual(items);
    expect(await annotationsOf('train')).toEqual(file);
  });

  test('what was cut off is continued with equal annotations; a complete set is left alone', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    await expect(synthesizeKeypoints(dir, { ...small, signal: stopped })).rejects.toThrow('stopped');
    await synthesizeKeypoints(dir, small);
    const file = await annotationsOf('train');
    const manifest = join(dir, 'SYNTHETIC.json');
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"isComplete": true', '"isComplete": false'));
    await rm(imagePath(dir, 'train', 3));
    expect(await synthesizeKeypoints(dir, small)).toMatchObject({ written: 1 });
    expect(await annotationsOf('train')).toEqual(file);
    expect(await synthesizeKeypoints(dir, small)).toMatchObject({ written: 0 });
  });

  test('more pictures begin with those that were there; other seeds are refused', async () => {
    await synthesizeKeypoints(dir, small);
    const { annotations } = await annotationsOf('train');
    expect(await synthesizeKeypoints(dir, { ...small, train: 8 })).toMatchObject({ written: 2 });
    expect((await annotationsOf('train')).annotations.slice(0, annotations.length)).toEqual(annotations);
    await expect(synthesizeKeypoints(dir, { ...small, train: 8, seed: 1 })).rejects.toMatchObject({ code: 'synthesize-conflict' });
  });

  test.each([
    ['no pictures', { train: 0, val: 0 }],
    ['pictures of 40 px', { height: 40 }],
    ['half a picture', { val: 0.5 }],
  ])('%s: synthesize-options', async (_case, options) => {
    await expect(synthesizeKeypoints(dir, { ...small, ...options })).rejects.toMatchObject({ code: 'synthesize-options' });
  });
});

describe('defects', () => {
  test.each(KEYPOINTS_DEFECTS)('%s is found by the check', async (defect) => {
    await synthesizeKeypoints(dir, { ...small, inject: [defect] });
    const result = await checkCocoKeypoints(dir, { level: 4 });
    expect(result?.findings.map(({ code }) => code)).toContain(defect);
  });

  test('an unknown one is refused with the known ones', () => {
    expect(() => parseKeypointsDefects(['coco.bored'])).toThrow(/unknown defects coco\.bored; known are file\.zero-bytes/);
  });
});

import { copyFile, rm, truncate } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SegmentationBatch } from '../../datasets/batch.ts';
import { openCityscapes } from '../../datasets/cityscapes/source.ts';
import { createLoader, type Loader, type LoaderOptions } from '../../datasets/loader.ts';
import type { DatasetSource, SegmentationSample } from '../../datasets/source.ts';
import { cityscapesEvaluation, cityscapesTraining, type SegmentationTraining, type SegmentationTransform } from '../../datasets/transforms/segmentation.ts';
import { pairPaths, writeTinyCityscapes } from './tiny-cityscapes.ts';

const training: SegmentationTraining = { ...cityscapesTraining, base: [24, 40], crop: [16, 20] };

let root: string;
let source: DatasetSource<SegmentationSample>;
const open: Loader<SegmentationBatch>[] = [];

function load(options: Partial<LoaderOptions<SegmentationTransform>> = {}): Loader<SegmentationBatch> {
  const loader = createLoader<SegmentationTransform>({
    source,
    split: 'train',
    batchSize: 5,
    seed: 3,
    transform: training,
    order: 'shuffled',
    workers: 0,
    ...options,
  });
  open.push(loader);
  return loader;
}

function bytesOf(batch: SegmentationBatch): string {
  return [Buffer.from(batch.images.buffer).toString('base64'), Buffer.from(batch.labels).toString('base64'), batch.keys.join()].join('|');
}

beforeAll(async () => {
  root = await writeTinyCityscapes();
  source = await openCityscapes(root);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((loader) => loader.close()));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});

describe('order', () => {
  test('an epoch of 12 samples in batches of 5: each sample once, the next epoch follows in the same batch', async () => {
    const loader = load();
    const keys = (await Promise.all([0, 1, 2, 3, 4].map((step) => loader.batch(step)))).flatMap((batch) => batch.keys);
    expect(loader.size).toBe(12);
    expect(new Set(keys.slice(0, 12)).size).toBe(12);
    expect(new Set(keys.slice(12, 24)).size).toBe(12);
    expect(keys.slice(0, 12)).not.toEqual(keys.slice(12, 24));
  });

  test('batches asked for out of order equal those asked for in order', async () => {
    const inOrder = load();
    const expected = [];
    for (const step of [0, 1, 2, 3]) expected.push(bytesOf(await inOrder.batch(step)));
    const jumping = load({ workers: 1 });
    for (const step of [3, 0, 2, 2, 1]) expect(bytesOf(await jumping.batch(step))).toBe(expected[step]);
  });

  test('another seed gives another order and other crops', async () => {
    expect(bytesOf(await load({ seed: 4 }).batch(0))).not.toBe(bytesOf(await load().batch(0)));
  });

  test('sequential: the order of the split, a smaller last batch, nothing beyond it', async () => {
    const loader = load({ order: 'sequential', transform: cityscapesEvaluation });
    expect(loader.batchesPerEpoch).toBe(3);
    const batches = [await loader.batch(0), await loader.batch(1), await loader.batch(2)];
    expect(batches.map((batch) => batch.size)).toEqual([5, 5, 2]);
    expect(batches.flatMap((batch) => batch.keys)).toEqual(Array.from({ length: 12 }, (_, i) => source.key('train', i)));
    await expect(loader.batch(3)).rejects.toThrow(RangeError);
  });

  test('limit 4 of 12: evenly spaced samples', async () => {
    const batch = await load({ order: 'sequential', transform: cityscapesEvaluation, limit: 4, batchSize: 4 }).batch(0);
    expect(batch.keys).toEqual([0, 3, 6, 9].map((i) => source.key('train', i)));
  });
});

describe('threads', () => {
  test.each([1, 2, 3])('%i threads give the same bytes as none over three epochs (slow)', async (workers) => {
    const here = load();
    const there = load({ workers, readAhead: 3 });
    for (let step = 0; step < 8; step++) expect(bytesOf(await there.batch(step))).toBe(bytesOf(await here.batch(step)));
  });

  test('with and without kept samples the batches are equal, and the kept bytes stay within the bound (slow)', async () => {
    const pictureBytes = 24 * 40 * 4;
    const without = load({ workers: 1, cacheBytes: 0 });
    const some = load({ workers: 1, cacheBytes: 5 * pictureBytes + 7 });
    const all = load({ workers: 1 });
    for (let step = 0; step < 6; step++) {
      const expected = bytesOf(await without.batch(step));
      expect(bytesOf(await some.batch(step))).toBe(expected);
      expect(bytesOf(await all.batch(step))).toBe(expected);
    }
    expect(without.cachedBytes()).toBe(0);
    expect(some.cachedBytes()).toBe(5 * pictureBytes);
    expect(all.cachedBytes()).toBe(12 * pictureBytes);
  });

  test('kept samples are not read from disk again', async () => {
    let reads = 0;
    const counting: DatasetSource<SegmentationSample> = { ...source, read: (split, index) => (reads++, source.read(split, index)) };
    const loader = load({ source: counting, batchSize: 12 });
    await loader.batch(0);
    await loader.batch(1);
    expect(reads).toBe(12);
  });

  test('close: what is still being read is refused, a second close is harmless', async () => {
    const loader = load({ workers: 1 });
    const refused = expect(loader.batch(0)).rejects.toMatchObject({ code: 'loader-closed' });
    await loader.close();
    await refused;
    await expect(loader.batch(1)).rejects.toMatchObject({ code: 'loader-closed' });
    await loader.close();
  });

  test('a thread that cannot start says so instead of hanging', async () => {
    const loader = load({ workers: 1, workerUrl: new URL('./no-such-worker.ts', import.meta.url) });
    await expect(loader.batch(0)).rejects.toMatchObject({ code: 'worker-crashed' });
  });
});

describe('variants of random changes', () => {
  test('with 2 of them the third epoch shows what the first did, the second something else', async () => {
    const loader = load({ transform: { ...training, variants: 2 }, batchSize: 1 });
    const seen = new Map<string, string>();
    for (let step = 0; step < 3 * loader.size; step++) {
      const [item] = loader.itemsOf(step);
      seen.set(`${item?.index} ${item?.epoch}`, bytesOf(await loader.batch(step)));
    }
    for (let index = 0; index < loader.size; index++) {
      expect(seen.get(`${index} 2`)).toBe(seen.get(`${index} 0`));
      expect(seen.get(`${index} 1`)).not.toBe(seen.get(`${index} 0`));
    }
  });
});

describe('bad files keep code, message and tip', () => {
  test.each([0, 1])('cut-off image, %i threads', async (workers) => {
    const damagedRoot = await writeTinyCityscapes({ perCity: 1, cities: { train: ['aachen', 'bochum'] } });
    const { image } = pairPaths(damagedRoot, 'train', 'bochum', 0);
    await truncate(image, 90);
    const damaged = await openCityscapes(damagedRoot);
    const loader = load({ source: damaged, batchSize: 2, workers });
    await expect(loader.batch(0)).rejects.toMatchObject({
      code: 'file-truncated',
      message: expect.stringContaining(image) as string,
      tip: expect.stringContaining('again') as string,
    });
    await rm(damagedRoot, { recursive: true });
  });

  test('a batch of whole pictures of unequal sizes names both', async () => {
    const mixedRoot = await writeTinyCityscapes({ perCity: 1, cities: { val: ['lindau', 'munster'] } });
    const otherRoot = await writeTinyCityscapes({ perCity: 1, height: 18, cities: { val: ['munster'] } });
    const [from, to] = [pairPaths(otherRoot, 'val', 'munster', 0), pairPaths(mixedRoot, 'val', 'munster', 0)];
    await copyFile(from.image, to.image);
    await copyFile(from.labels, to.labels);
    const loader = load({
      source: await openCityscapes(mixedRoot),
      split: 'val',
      order: 'sequential',
      transform: cityscapesEvaluation,
      batchSize: 2,
    });
    await expect(loader.batch(0)).rejects.toMatchObject({ code: 'batch-sizes', message: expect.stringMatching(/24x40.*18x40/) as string });
    await Promise.all([rm(mixedRoot, { recursive: true }), rm(otherRoot, { recursive: true })]);
  });
});

describe('options', () => {
  test.each([{ batchSize: 0 }, { batchSize: 1.5 }, { workers: -1 }, { readAhead: -1 }, { limit: 0 }])('%o is refused', (options) => {
    expect(() => load(options)).toThrow(/expected a whole number/);
  });

  test('an unknown split names those that exist', () => {
    expect(() => load({ split: 'dev' })).toThrow(/no split 'dev'; it has train, val, test, search-train, search-val/);
  });

  test('training on unlabelled pictures is refused', async () => {
    const unlabelled: DatasetSource<SegmentationSample> = {
      ...source,
      read: async (split, index) => ({ ...(await source.read(split, index)), labels: new Uint8Array(0) }),
    };
    await expect(load({ source: unlabelled }).batch(0)).rejects.toMatchObject({ code: 'label-missing' });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KeypointsBatch } from '../../../../datasets/batch.ts';
import { openDataset } from '../../../../datasets/catalog.ts';
import { synthesizeKeypoints } from '../../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import { asKeypointsSource, type KeypointsSource } from '../../../../datasets/keypoints-source.ts';
import { openKeypointsData, readRanking } from '../../../../electron/compute/search-data/keypoints.ts';
import { openSearchData, type SearchData } from '../../../../electron/compute/search-data/open.ts';
import { parseSearchConfig, type KeypointsDataConfig, type SearchConfig } from '../../../../engine/search/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'search-people-'));
let source: KeypointsSource;

beforeAll(async () => {
  await synthesizeKeypoints(join(folder, 'people'), { train: 24, val: 15, height: 60, width: 80, workers: 0 });
  source = asKeypointsSource(await openDataset(join(folder, 'people')));
});
afterAll(async () => {
  await source.close();
  rmSync(folder, { recursive: true });
});

function configWith(data: object): SearchConfig {
  const own = { trainSplit: 'train', rankingSplit: 'val', inputSize: [64, 48], batchSize: 5, evaluationBatchSize: 4, workers: 0, ...data };
  return parseSearchConfig({ preset: 'hrnas-pose-demo', seed: 3, data: own });
}

async function withData(data: object, work: (opened: SearchData['parts'], config: SearchConfig) => Promise<void>): Promise<void> {
  const config = configWith(data);
  const opened = await openSearchData(source, config);
  try {
    await work(opened.parts, config);
  } finally {
    await opened.close();
  }
}

async function ranked({ evaluation }: SearchData['parts']): Promise<readonly KeypointsBatch[]> {
  const batches: KeypointsBatch[] = [];
  for (let i = 0; i < evaluation.batches; i++) batches.push((await evaluation.batch(i)) as KeypointsBatch);
  return batches;
}

describe('training', () => {
  it('batches hold labelled persons of the split; the same number gives the same batch, another search another', async () => {
    const labelled = await source.crops('train', 'ground-truth');
    let first: KeypointsBatch | undefined;
    await withData({}, async (parts) => {
      first = (await parts.trainBatch(2)) as KeypointsBatch;
      expect(first).toMatchObject({ size: 5, height: 64, width: 48, heatHeight: 16, heatWidth: 12, joints: 17 });
      const known = new Set(labelled.map(({ key }) => key));
      expect(first.keys.every((key) => known.has(key))).toBe(true);
      expect((await parts.calibrationBatch(2)).images).not.toEqual(first.images);
    });
    await withData({}, async (parts) => {
      await parts.trainBatch(7);
      const again = (await parts.trainBatch(2)) as KeypointsBatch;
      expect(again.images).toEqual(first?.images);
      expect(again.targets).toEqual(first?.targets);
    });
  });

  it('an epoch holds every person once, also of pictures that several persons share', async () => {
    const labelled = await source.crops('train', 'ground-truth');
    await withData({ batchSize: labelled.length }, async (parts) => {
      const { keys } = (await parts.trainBatch(0)) as KeypointsBatch;
      expect([...keys].sort()).toEqual(labelled.map(({ key }) => key).sort());
      // Read from the cache now, where persons share their picture.
      const again = (await parts.trainBatch(1)) as KeypointsBatch;
      expect([...again.keys].sort()).toEqual([...keys].sort());
      expect(new Set(again.persons.map(({ imageId }) => imageId)).size).toBeLessThan(labelled.length);
    });
  });

  it('a cache, a thread and none of both give the same batches (slow)', async () => {
    const images: Float32Array[] = [];
    for (const data of [{ cacheBytes: 0 }, { cacheBytes: 1e9 }, { cacheBytes: 1e9, workers: 1 }]) {
      await withData({ batchSize: 40, ...data }, async (parts) => {
        await parts.trainBatch(0);
        images.push((await parts.trainBatch(3)).images);
      });
    }
    expect(images[1]).toEqual(images[0]);
    expect(images[2]).toEqual(images[0]);
  });
});

describe('ranking', () => {
  it('all labelled persons of the split, by picture, scored against all persons of all its pictures', async () => {
    await withData({}, async (parts) => {
      const batches = await ranked(parts);
      const ids = batches.flatMap(({ persons }) => persons.map(({ imageId }) => imageId));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      expect(ids).toHaveLength((await source.crops('val', 'ground-truth')).length);
      expect(batches[0]?.persons[0]?.score).toBe(1);
      const { truth } = parts.evaluation;
      expect(truth?.imageIds).toEqual(source.imageIds('val'));
      // Picture 7 is empty, 13 has a crowd: nothing to predict there, and to be scored against all the same.
      expect(truth?.persons.some(({ isCrowd }) => isCrowd)).toBe(true);
      expect(truth?.persons.length).toBeGreaterThan(ids.length);
    });
  });

  it('a limit counts pictures, evenly spaced, each with all of its persons', async () => {
    await withData({ rankingSamples: 5 }, async (parts) => {
      const all = source.imageIds('val');
      const chosen = [0, 3, 6, 9, 12].map((i) => all[i]);
      expect(parts.evaluation.truth?.imageIds).toEqual(chosen);
      const crops = await source.crops('val', 'ground-truth');
      const expected = crops.filter(({ imageId }) => chosen.includes(imageId)).map(({ key }) => key);
      expect((await ranked(parts)).flatMap(({ keys }) => keys)).toEqual(expected);
    });
  });

  it('detected boxes: as the file has them, with their scores; pictures without a box are scored too', async () => {
    const [first, second] = source.imageIds('val') as [number, number];
    const boxes = [
      { image_id: second, category_id: 1, bbox: [10, 5, 20, 40], score: 0.25 },
      { image_id: first, category_id: 1, bbox: [1, 2, 30, 40], score: 0.75 },
    ];
    const detections = join(folder, 'boxes.json');
    writeFileSync(detections, JSON.stringify(boxes));
    await withData({ detections }, async (parts) => {
      const batches = await ranked(parts);
      expect(batches.flatMap(({ persons }) => persons.map(({ imageId, score }) => [imageId, score]))).toEqual([
        [first, 0.75],
        [second, 0.25],
      ]);
      expect(batches[0]?.persons[0]?.centre).toEqual([16, 22]);
      expect(batches[0]?.targetWeights.every((weight) => weight === 0)).toBe(true);
      expect(parts.evaluation.truth?.imageIds).toHaveLength(15);
    });
  });

  it('more pictures than there are: all', async () => {
    const { truth } = await readRanking(source, { rankingSplit: 'val', rankingSamples: 99, detections: '' });
    expect(truth.imageIds).toHaveLength(15);
  });
});

describe('refused', () => {
  it('a data set of streets', async () => {
    const config = configWith({});
    const streets = { ...source, info: { ...source.info, task: 'segmentation', kind: 'cityscapes' } } as const;
    await expect(openKeypointsData(streets, config, config.data as KeypointsDataConfig)).rejects.toMatchObject({ code: 'sample-kind' });
  });

  it('a split that is not there', async () => {
    await expect(openSearchData(source, configWith({ rankingSplit: 'nowhere' }))).rejects.toMatchObject({ code: 'split-unknown' });
  });
});

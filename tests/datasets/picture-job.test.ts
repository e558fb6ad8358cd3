import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetKind } from '../../datasets/catalog.ts';
import { CITYSCAPES_CLASSES } from '../../datasets/cityscapes/labels.ts';
import { decodePng } from '../../datasets/decode/png-decode.ts';
import { encodePng } from '../../datasets/decode/png-encode.ts';
import { runPictureJob, type PictureLayer, type RenderJob } from '../../datasets/picture-job.ts';
import { probeSample } from '../../datasets/probe-picture.ts';
import type { ItemRef } from '../../datasets/source.ts';
import { pairPaths, writeTinyCityscapes } from './tiny-cityscapes.ts';

const [height, width] = [24, 40];
let root: string;
let predictionFile: string;
const ref = (index: number): ItemRef => {
  const { image, labels } = pairPaths(root, 'val', 'lindau', index);
  return { kind: 'cityscapes', key: `lindau_${index}`, imagePath: image, labelPath: labels } as ItemRef;
};
const draw = async (layer: PictureLayer, options: Partial<RenderJob> = {}) => {
  const result = await runPictureJob({ type: 'render', ref: ref(0), layer, classes: CITYSCAPES_CLASSES, predictionFile, ...options });
  return decodePng('png' in result ? result.png : new Uint8Array(0));
};

beforeAll(async () => {
  root = await writeTinyCityscapes({ height, width });
  predictionFile = join(root, 'prediction.png');
  await writeFile(predictionFile, encodePng({ width, height, channels: 1, data: new Uint8Array(width * height) }));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('drawing a sample', () => {
  test.each<[PictureLayer, number]>([
    ['image', 3],
    ['overlay', 3],
    ['labels', 4],
    ['prediction', 4],
    ['errors', 4],
    ['ids', 1],
    ['prediction-ids', 1],
  ])('%s has %i channels, and half the size when half the width is asked for', async (layer, channels) => {
    expect(await draw(layer)).toMatchObject({ height, width, channels });
    expect(await draw(layer, { width: 20 })).toMatchObject({ height: 12, width: 20, channels });
  });

  test('ids are the train ids that counting counts', async () => {
    const counted = await runPictureJob({ type: 'count', ref: ref(0) });
    const ids = (await draw('ids')).data8 as Uint8Array;
    const counts = new Uint32Array(256);
    for (const id of ids) counts[id] = (counts[id] as number) + 1;
    expect('counted' in counted ? counted.counted : undefined).toEqual({ height, width, counts });
  });

  test('a full overlay is the class colour', async () => {
    const full = (await draw('overlay', { opacity: 1 })).data8 as Uint8Array;
    const labels = (await draw('labels')).data8 as Uint8Array;
    expect([...full.subarray(0, 3)]).toEqual([...labels.subarray(0, 3)]);
  });

  test('a layer without its prediction is refused', async () => {
    const job: RenderJob = { type: 'render', ref: ref(0), layer: 'errors', classes: CITYSCAPES_CLASSES };
    await expect(runPictureJob(job)).rejects.toMatchObject({ code: 'no-prediction' });
  });
});

describe('probing a sample without decoding it', () => {
  const probe = (index: number) => probeSample(datasetKind('cityscapes').files(ref(index)));

  test('a sound one has its size and no problem', async () => {
    expect(await probe(0)).toEqual({ height, width });
  });

  test('a cut-off picture and an empty label map are told by name, with what to do', async () => {
    await truncate(pairPaths(root, 'val', 'lindau', 1).image, 90);
    expect(await probe(1)).toMatchObject({
      problem: { code: 'file-truncated', message: expect.stringContaining('90 bytes'), tip: expect.any(String) },
    });
    await truncate(pairPaths(root, 'val', 'lindau', 2).labels, 0);
    expect(await probe(2)).toMatchObject({
      height,
      width,
      problem: { code: 'file-zero-bytes', message: expect.stringContaining('label map') },
    });
    expect(await probe(7)).toMatchObject({ problem: { code: 'file-missing' } });
  });
});

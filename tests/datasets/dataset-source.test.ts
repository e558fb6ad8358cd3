import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openDataset } from '../../datasets/catalog.ts';
import { openCityscapes } from '../../datasets/cityscapes/source.ts';
import { synthesizeCityscapes } from '../../datasets/cityscapes/synthesize/synthesize.ts';
import { openCocoKeypoints } from '../../datasets/coco-keypoints/source.ts';
import { testDatasetSource } from '../conformance/dataset-source.ts';
import { writeArchivedSet, writeTinySet } from './coco-keypoints/tiny-coco.ts';
import { writeTinyCityscapes } from './tiny-cityscapes.ts';

let tiny: string;
let synthetic: string;
let coco: string;
let archived: string;

beforeAll(async () => {
  tiny = await writeTinyCityscapes();
  coco = await writeTinySet();
  archived = await writeArchivedSet();
  synthetic = join(await mkdtemp(join(tmpdir(), 'conformance-')), 'set');
  await synthesizeCityscapes(synthetic, { train: 12, val: 2, test: 2, height: 40, width: 72, workers: 0 });
});
afterAll(async () => {
  for (const root of [tiny, coco, archived]) await rm(root, { recursive: true });
  await rm(join(synthetic, '..'), { recursive: true });
});

testDatasetSource('cityscapes', () => openCityscapes(tiny), 'train');
testDatasetSource('cityscapes, unlabelled test', () => openCityscapes(tiny), 'test');
testDatasetSource('cityscapes, synthetic', () => openDataset(synthetic), 'val');
testDatasetSource('coco-keypoints', () => openCocoKeypoints(coco), 'val');
testDatasetSource('coco-keypoints, unlabelled test', () => openDataset(coco), 'test');
testDatasetSource('coco-keypoints, pictures in archives', () => openDataset(archived), 'train');

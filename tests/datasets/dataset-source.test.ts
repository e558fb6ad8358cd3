import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openDataset } from '../../datasets/catalog.ts';
import { openCityscapes } from '../../datasets/cityscapes/source.ts';
import { synthesizeCityscapes } from '../../datasets/cityscapes/synthesize/synthesize.ts';
import { testDatasetSource } from '../conformance/dataset-source.ts';
import { writeTinyCityscapes } from './tiny-cityscapes.ts';

let tiny: string;
let synthetic: string;

beforeAll(async () => {
  tiny = await writeTinyCityscapes();
  synthetic = join(await mkdtemp(join(tmpdir(), 'conformance-')), 'set');
  await synthesizeCityscapes(synthetic, { train: 12, val: 2, test: 2, height: 40, width: 72, workers: 0 });
});
afterAll(async () => {
  await rm(tiny, { recursive: true });
  await rm(join(synthetic, '..'), { recursive: true });
});

testDatasetSource('cityscapes', () => openCityscapes(tiny), 'train');
testDatasetSource('cityscapes, unlabelled test', () => openCityscapes(tiny), 'test');
testDatasetSource('cityscapes, synthetic', () => openDataset(synthetic), 'val');

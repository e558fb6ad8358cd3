/**
 * `npm run bench -- loader [--only decoding|training]`: decoding pairs of 1024x2048 PNG files (image and label map): milliseconds by part, and images
 * a second of the loader against the number of threads; persons a second that are cut out of decoded pictures; then images a second of the loader
 * alone, of training alone and of both, at the settings of the preset `desktop`, and the share of the time in which training waits for data. The
 * pictures are drawn first (a few seconds); nothing is kept between rounds but the file cache of the system.
 */
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { assembleBatch } from '../../datasets/assemble-batch.ts';
import { openCityscapes } from '../../datasets/cityscapes/source.ts';
import { synthesizeCityscapes } from '../../datasets/cityscapes/synthesize/synthesize.ts';
import { itemPaths } from '../../datasets/cityscapes/synthesize/write-item.ts';
import { readCocoItem, type CocoItemRef } from '../../datasets/coco-keypoints/read-item.ts';
import { openCocoKeypoints } from '../../datasets/coco-keypoints/source.ts';
import { synthesizeKeypoints } from '../../datasets/coco-keypoints/synthesize/synthesize.ts';
import { decodeInstanceMap, decodeLabelMap } from '../../datasets/decode/label-map.ts';
import { decodePng } from '../../datasets/decode/png-decode.ts';
import { createRandom } from '../../datasets/random.ts';
import { createLoader } from '../../datasets/loader.ts';
import { cocoTraining } from '../../datasets/transforms/keypoints.ts';
import { cityscapesEvaluation, cityscapesTraining, transformSegmentation } from '../../datasets/transforms/segmentation.ts';
import { openBackend } from '../../engine/backend/backend.ts';
import { findInstalled } from '../../engine/backend/tensorflow/installed.ts';
import { findPublished } from '../../engine/catalog.ts';
import { parseSearchConfig } from '../../engine/search/config.ts';
import { supernetOf, trainingSize } from '../../engine/search/network.ts';
import { measureTrainingWait } from './support/training-wait.ts';

const pictures = 12;
const rounds = 7;
const seconds = 6;
const trainingSeconds = 20;

async function medianMs(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[rounds >> 1] ?? NaN;
}

function print(name: string, value: string): void {
  process.stdout.write(`${name.padEnd(58)} ${value}\n`);
}

/** Times of the parts, one thread. */
async function measureParts(root: string): Promise<void> {
  const paths = itemPaths(root, 'train', 0);
  const [image, labels, instances] = await Promise.all([readFile(paths.image), readFile(paths.labelIds), readFile(paths.instanceIds)]);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  print(`RGB PNG (${(image.length / 1e6).toFixed(1)} MB), own decoder`, ms(await medianMs(() => decodePng(image))));
  print('RGB PNG, sharp', ms(await medianMs(() => sharp(image).removeAlpha().raw().toBuffer())));
  print('label PNG 8 bit, own decoder', ms(await medianMs(() => decodeLabelMap(labels))));
  print('instance PNG 16 bit, own decoder', ms(await medianMs(() => decodeInstanceMap(instances))));
  const source = await openCityscapes(root);
  const sample = await source.read('train', 0);
  print('training transform, crop 512x1024', ms(await medianMs(() => transformSegmentation(sample, cityscapesTraining, createRandom(1)))));
  print('evaluation transform, 1024x2048', ms(await medianMs(() => transformSegmentation(sample, cityscapesEvaluation, createRandom(1)))));
}

/** Persons cut out of pictures of COCO's usual size, with every random change, and their heat maps; one thread, decoding apart. */
async function measureCrops(root: string): Promise<void> {
  await synthesizeKeypoints(root, { train: pictures, val: 0, height: 480, width: 640 });
  const source = await openCocoKeypoints(root);
  const refs = await source.crops('train', 'ground-truth');
  const samples = await Promise.all(refs.map((ref) => readCocoItem(ref as CocoItemRef)));
  const items = refs.map((_, index) => ({ split: 'train', index, epoch: 0 }));
  const ms = await medianMs(() => assembleBatch(0, items, samples, cocoTraining, 0));
  print(`${samples.length} persons of 480x640, crop 256x192`, `${((samples.length * 1000) / ms).toFixed(0)} persons/s in one thread`);
}

/** The whole loader, augmentation included, without keeping decoded samples: images a second, and processor time over all threads. */
async function measureLoader(root: string, workers: number): Promise<string> {
  const loader = createLoader({
    source: await openCityscapes(root),
    split: 'train',
    batchSize: 2,
    seed: 0,
    transform: cityscapesTraining,
    order: 'shuffled',
    workers,
    readAhead: workers + 1,
    cacheBytes: 0,
  });
  await loader.batch(0);
  const began = performance.now();
  const cpuBegan = process.cpuUsage();
  let images = 0;
  for (let step = 1; performance.now() - began < seconds * 1000; step++) images += (await loader.batch(step)).size;
  const rate = (images * 1000) / (performance.now() - began);
  const { user, system } = process.cpuUsage(cpuBegan);
  await loader.close();
  return `${rate.toFixed(1)} images/s, ${((user + system) / 1000 / images).toFixed(0)} ms of processor an image`;
}

/** None, then one, two, four ... up to all cores. */
function workerCounts(): number[] {
  const cores = availableParallelism();
  const counts = [0];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

/** The supernet, which trains the slowest, and a network of the size that a search ends at: what a loader has to keep up with. */
async function measureTraining(root: string): Promise<void> {
  if (findInstalled() === undefined) {
    print('training and loader together', 'native TensorFlow is not installed: npm run native');
    return;
  }
  const backend = await openBackend('tensorflow');
  const data = { trainSplit: 'train', rankingSplit: 'val', rankingSamples: 0 };
  const cs2 = findPublished('hr-nas:cs2');
  const shrink = parseSearchConfig({ preset: 'desktop', data });
  const cases = [
    ['hr-nas:cs2', parseSearchConfig({ preset: 'desktop', data, strategy: { id: 'fixed', arch: cs2 } }), cs2],
    ['HR-NAS supernet', shrink, supernetOf(shrink)],
  ] as const;
  for (const [name, config, arch] of cases) {
    const found = await measureTrainingWait(config, arch, backend, root, trainingSeconds);
    const rate = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
    print(
      `${name}, crop ${trainingSize(config).join('x')}, tensorflow, ${backend.threads} threads`,
      `loader ${rate(found.loaderRate)}, training ${rate(found.trainingRate)}, together ${rate(found.togetherRate)} images/s; ` +
        `waits ${(100 * found.waitingShare).toFixed(1)} %`,
    );
  }
}

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
const root = join(await mkdtemp(join(tmpdir(), 'bench-loader-')), 'set');
try {
  await synthesizeCityscapes(root, { train: pictures, val: 2, test: 0, height: 1024, width: 2048 });
  print(`loader, ${pictures} pairs of 1024x2048, ${availableParallelism()} cores, Node ${process.version}`, '');
  if (only !== 'training') {
    await measureParts(root);
    await measureCrops(join(root, '..', 'people'));
    for (const workers of workerCounts()) {
      const where = workers === 0 ? "in the caller's thread" : `${workers} thread${workers > 1 ? 's' : ''}`;
      print(`decode and augment, ${where}`, await measureLoader(root, workers));
    }
  }
  if (only !== 'decoding') await measureTraining(root);
} finally {
  await rm(join(root, '..'), { recursive: true });
}

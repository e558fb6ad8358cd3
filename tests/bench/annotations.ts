/**
 * `npm run bench -- annotations`: a file of as many pictures and persons as COCO's person_keypoints_train2017.json is written and read: seconds,
 * megabytes a second, memory at its highest and what is kept. val2017 has a 23rd of it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAnnotations } from '../../datasets/coco-keypoints/read-annotations.ts';
import { trainSize, writeAnnotationFile } from './support/annotation-file.ts';

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function measure(folder: string, name: string, parts: number): Promise<void> {
  const path = join(folder, `${name}.json`);
  const size = { images: Math.round(trainSize.images / parts), persons: Math.round(trainSize.persons / parts) };
  const bytes = await writeAnnotationFile(path, size);
  const before = process.memoryUsage().rss;
  const cpuBegan = process.cpuUsage();
  const began = performance.now();
  const index = await readAnnotations(path);
  const seconds = (performance.now() - began) / 1000;
  const cpu = process.cpuUsage(cpuBegan);
  const again = performance.now();
  await readAnnotations(path);
  const againMs = performance.now() - again;
  process.stdout.write(
    `${name.padEnd(8)} ${megabytes(bytes).padStart(7)}  ${String(index.annotations.ids.length).padStart(7)} persons  ${seconds.toFixed(2)} s ` +
      `(${((cpu.user + cpu.system) / 1e6).toFixed(2)} s of processor)  ${(bytes / 1e6 / seconds).toFixed(0)} MB/s  again ${againMs.toFixed(1)} ms  ` +
      `memory ${megabytes(before)} before, ${megabytes(process.resourceUsage().maxRSS * 1024)} at most\n`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'annotations-'));
try {
  await measure(folder, 'val', 23);
  await measure(folder, 'train', 1);
} finally {
  await rm(folder, { recursive: true });
}

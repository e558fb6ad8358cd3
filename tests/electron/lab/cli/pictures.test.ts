import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '../../../../datasets/catalog.ts';
import { CITYSCAPES_CLASSES, RAW_ID_OF_TRAIN_ID } from '../../../../datasets/cityscapes/labels.ts';
import { decodeLabelMap } from '../../../../datasets/decode/label-map.ts';
import { decodePng } from '../../../../datasets/decode/png-decode.ts';
import { encodePng } from '../../../../datasets/decode/png-encode.ts';
import type { DatasetView, LabApi } from '../../../../electron/ipc/contract.ts';
import { openLab } from '../../../../electron/lab/lab.ts';
import type { OpenedLab } from '../../../../electron/lab/lab.ts';
import { readNpy, writeNpy } from '../../../../engine/export/npy.ts';
import { initialValues } from '../../../../engine/run/initial-values.ts';
import { writeSafetensors } from '../../../../engine/run/safetensors.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { writeTinyCityscapes } from '../../../datasets/tiny-cityscapes.ts';
import { runOn } from './fake-lab.ts';
import { scratch } from './run-lab.ts';
import type { CliError } from './run-lab.ts';

const folder = scratch();
let opened: OpenedLab;
afterAll(async () => {
  await opened.close();
  folder.remove();
});

const settings = {
  stages: [
    [1, [1], [4]],
    [2, [1, 1], [4, 8]],
  ],
  stem: [4, 4],
  expandRatio: 2,
  kernelSizes: [3, 5],
  lastChannels: 6,
  tokens: 3,
};
const arch = hrNas.largest({ ...hrNas.defaultSettings, ...settings });
const [archFile, weights, otherTask] = ['arch.json', 'w.safetensors', 'pose.json'].map(folder.path) as [string, string, string];
const network = [archFile, '--weights', weights];
let lab: Partial<LabApi>;
let root: string;

beforeAll(async () => {
  writeFileSync(archFile, JSON.stringify(arch));
  writeFileSync(otherTask, JSON.stringify({ ...arch, settings: { ...arch.settings, classes: 7 } }));
  const values = initialValues(3);
  const specs = hrNas.graph(arch, [32, 64, 3]).weights.filter((spec) => spec.kind !== 'count');
  writeFileSync(weights, writeSafetensors(specs.map((spec) => ({ name: spec.name, dtype: 'F32', shape: spec.shape, data: values(spec) }))));
  root = await writeTinyCityscapes({ height: 64, width: 128, perCity: 2 });
  const { info } = await openDataset(root);
  const city: DatasetView = { ...info, name: 'city', addedAt: '', isAvailable: true };
  opened = openLab({ home: folder.path('home') });
  await opened.api.addDataset({ root, name: 'city' });
  lab = { ...opened.api, dataset: (name) => Promise.resolve(name === 'other' ? { ...city, name, kind: 'voc' } : city) };
});

/** Two pictures of odd sizes that no step of the network divides, and one that it does. */
function pictures(
  name: string,
  sizes: Readonly<Record<string, readonly [number, number]>> = { 'a.png': [45, 70], 'b.PNG': [64, 96] },
): string {
  const dir = folder.path(name);
  mkdirSync(dir, { recursive: true });
  for (const [file, [height, width]] of Object.entries(sizes))
    writeFileSync(join(dir, file), encodePng({ width, height, channels: 3, data: pixels(height, width) }));
  return dir;
}

function pixels(height: number, width: number): Uint8Array {
  return Uint8Array.from(
    { length: height * width * 3 },
    (_, i) => (Math.floor(i / 11) * 53 + (i % 3) * 90 + Math.floor(i / (30 * width)) * 40) % 256,
  );
}

/** Half-pixel centres, as the network's output is resized: [h, w, classes] at (y, x) of [height, width]. */
function resized(
  data: ArrayLike<number>,
  [h, w, classes]: readonly [number, number, number],
  [height, width]: readonly [number, number],
  y: number,
  x: number,
): number[] {
  const taps = (position: number, count: number): readonly [number, number, number] => {
    const low = Math.min(Math.floor(Math.max(0, position)), count - 1);
    return [low, Math.min(low + 1, count - 1), Math.max(0, position) - low];
  };
  const [top, bottom, fy] = taps(((y + 0.5) * h) / height - 0.5, h);
  const [left, right, fx] = taps(((x + 0.5) * w) / width - 0.5, w);
  const at = (row: number, column: number, c: number): number => data[(row * w + column) * classes + c]!;
  return Array.from(
    { length: classes },
    (_, c) =>
      (1 - fy) * ((1 - fx) * at(top, left, c) + fx * at(top, right, c)) + fy * ((1 - fx) * at(bottom, left, c) + fx * at(bottom, right, c)),
  );
}

describe('lab predict --images, slow: runs networks', () => {
  test('each pixel has the raw id of the largest logit of the padded picture; the overlay blends its colour', async () => {
    const images = pictures('images');
    const [overlay, labels] = [folder.path('overlay'), folder.path('labels')];
    const run = await runOn({}, ['predict', ...network, '--images', images, '--overlay', overlay, '--labels', labels, '--json']);
    expect(run.exit, run.out).toBe(0);
    expect(run.json()).toMatchObject({
      pictures: [
        { picture: join(images, 'a.png'), overlay: join(overlay, 'a.png'), labels: join(labels, 'a.png'), height: 45, width: 70 },
        { picture: join(images, 'b.PNG'), labels: join(labels, 'b.png'), height: 64, width: 96 },
      ],
      failed: [],
      backend: 'wasm',
    });

    // The same by hand: normalise, pad 45x70 to 64x96 with zeros, run, resize to 64x96.
    const [mean, std] = [
      [123.675, 116.28, 103.53],
      [58.395, 57.12, 57.375],
    ];
    const x = new Float32Array(64 * 96 * 3);
    pixels(45, 70).forEach((value, i) => {
      const [pixel, c] = [Math.floor(i / 3), i % 3];
      x[(Math.floor(pixel / 70) * 96 + (pixel % 70)) * 3 + c] = (value - mean![c]!) / std![c]!;
    });
    writeFileSync(folder.path('x.npy'), writeNpy({ shape: [1, 64, 96, 3], data: x }));
    await runOn({}, ['predict', ...network, '--input', folder.path('x.npy'), '--output', folder.path('y.npy')]);
    const { shape, data } = readNpy(readFileSync(folder.path('y.npy')));
    const ids = decodeLabelMap(readFileSync(join(labels, 'a.png')));
    expect([ids.height, ids.width]).toEqual([45, 70]);
    expect(new Set(ids.values).size).toBeGreaterThan(2);
    let compared = 0;
    ids.values.forEach((id, i) => {
      const logits = resized(data, shape.slice(1) as [number, number, number], [64, 96], Math.floor(i / 70), i % 70);
      const [first = 0, second = 0] = logits.toSorted((a, b) => b - a);
      if (first - second < 1e-4 * Math.abs(first)) return;
      expect(id).toBe(RAW_ID_OF_TRAIN_ID[logits.indexOf(first)]);
      compared++;
    });
    expect(compared).toBeGreaterThan(0.95 * 45 * 70);

    // A pixel away from borders between classes: 0.45 of the picture and 0.55 of the class colour.
    const inner = ids.values.findIndex((id, i) => i % 70 < 69 && id === ids.values[i + 1] && id === ids.values[i + 70]);
    const color = CITYSCAPES_CLASSES[RAW_ID_OF_TRAIN_ID.indexOf(ids.values[inner]!)]!.color;
    const drawn = decodePng(readFileSync(join(overlay, 'a.png'))).data8!;
    for (let c = 0; c < 3; c++) expect(drawn[3 * inner + c]).toBe(Math.round(0.45 * pixels(45, 70)[3 * inner + c]! + 0.55 * color[c]!));
  });

  test('what exists is not replaced without --force; --size keeps the size of the label image', async () => {
    const images = pictures('again', { 'a.png': [45, 70] });
    const labels = folder.path('again-labels');
    const args = ['predict', ...network, '--images', images, '--labels', labels, '--size', '32x64', '--json'];
    expect((await runOn({}, args)).exit).toBe(0);
    expect(decodePng(readFileSync(join(labels, 'a.png')))).toMatchObject({ height: 45, width: 70, channels: 1 });
    writeFileSync(join(labels, 'a.png'), 'mine');
    const second = await runOn({}, args);
    expect(second.exit).toBe(2);
    expect(second.json<CliError>().error).toMatchObject({ code: 'file-exists', tip: expect.stringContaining('--force') as unknown });
    expect(readFileSync(join(labels, 'a.png'), 'utf8')).toBe('mine');
    expect((await runOn({}, [...args, '--force'])).exit).toBe(0);
    expect(decodePng(readFileSync(join(labels, 'a.png')))).toMatchObject({ height: 45 });
  });

  test('a picture that cannot be read is reported, the others go on: exit 1; other files are left alone', async () => {
    const images = pictures('some', { 'a.png': [32, 32], 'c.png': [32, 32] });
    writeFileSync(join(images, 'b.jpg'), '<html>');
    writeFileSync(join(images, '.hidden.png'), 'x');
    writeFileSync(join(images, 'notes.txt'), 'x');
    const labels = folder.path('some-labels');
    const run = await runOn({}, ['predict', ...network, '--images', images, '--labels', labels, '--json']);
    expect(run.exit).toBe(1);
    expect(run.json()).toMatchObject({
      failed: [{ picture: join(images, 'b.jpg'), code: 'file-not-image', message: expect.stringContaining('HTML') as unknown }],
    });
    expect(readdirSync(labels)).toEqual(['a.png', 'c.png']);
  });

  const one = (): string => pictures('one', { 'a.png': [32, 32] });
  test.each<[string, () => string[], string]>([
    ['nowhere to write', () => ['--images', one()], 'usage'],
    ['a folder and one input', () => ['--images', one(), '--labels', 'l', '--input', 'fill:1x32x32x3'], 'usage'],
    ['an output for a folder', () => ['--images', one(), '--labels', 'l', '--output', 'y.npy'], 'usage'],
    ['labels without a folder', () => ['--input', 'fill:1x32x32x3', '--output', 'y.npy', '--labels', 'l'], 'usage'],
    ['results over the pictures', () => ['--images', one(), '--overlay', `${one()}/`, '--force'], 'usage'],
    ['overlays and labels in one folder', () => ['--images', one(), '--overlay', 'o', '--labels', './o'], 'usage'],
    ['a folder that is none', () => ['--images', folder.path('nowhere'), '--labels', 'l'], 'folder-missing'],
    ['a folder without pictures', () => ['--images', pictures('empty', {}), '--labels', 'l'], 'no-pictures'],
    [
      'two pictures of one name',
      () => ['--images', pictures('twins', { 'a.png': [8, 8], 'A.jpg': [8, 8] }), '--labels', 'l'],
      'name-conflict',
    ],
    ['a size in one number', () => ['--images', one(), '--labels', 'l', '--size', '64'], 'usage'],
  ])('%s: exit 2', async (_, options, code) => {
    const run = await runOn({}, ['predict', ...network, ...options(), '--json']);
    expect(run.json<CliError>().error.code).toBe(code);
    expect(run.exit).toBe(2);
  });

  test('a network with other classes, or without weights: exit 2', async () => {
    const rest = ['--images', one(), '--labels', folder.path('never'), '--json'];
    expect((await runOn({}, ['predict', otherTask, '--weights', 'fill', ...rest])).json<CliError>().error).toMatchObject({
      code: 'wrong-task',
      message: expect.stringContaining('7 classes') as unknown,
    });
    expect((await runOn({}, ['predict', archFile, ...rest])).json<CliError>().error.code).toBe('usage');
  });
});

describe('lab submission cityscapes, slow: runs networks', () => {
  const submit = (...args: string[]) =>
    runOn(lab, ['submission', 'cityscapes', '--arch', archFile, '--weights', weights, '--data', 'city', ...args]);

  test.each([
    ['as they are', []],
    ['scaled', ['32x64']],
  ])('val, pictures %s: lab metric takes the folder, and its mean IoU is that of lab evaluate', async (name, [fit]) => {
    const out = folder.path(`val-${name}`);
    const run = await submit('--split', 'val', '--out', out, '--json', ...(fit === undefined ? [] : ['--size', fit]));
    expect(run.exit, run.out).toBe(0);
    expect(run.json()).toMatchObject({ kind: 'cityscapes', folder: out, split: 'val', files: 2 });
    expect(readdirSync(out)).toEqual(['lindau_000000_000019_pred_labelIds.png', 'lindau_000001_000019_pred_labelIds.png']);
    const scored = await runOn({}, ['metric', 'cityscapes', '--truth', root, '--predictions', out, '--json']);
    expect(scored.exit, scored.out).toBe(0);
    const evaluated = await runOn(lab, [
      'evaluate',
      ...network,
      '--data',
      'city',
      '--json',
      ...(fit === undefined ? [] : ['--input', fit]),
    ]);
    const { metrics } = evaluated.json<{ metrics: { value: number }[] }>();
    expect(metrics[0]!.value).toBeGreaterThan(0);
    expect(scored.json<{ averages: { classIoU: number } }>().averages.classIoU).toBeCloseTo(metrics[0]!.value, 12);
  });

  test('lab evaluate --input of another shape than the pictures: their proportions stay', async () => {
    const run = await runOn(lab, ['evaluate', ...network, '--data', 'city', '--input', '64x64', '--json']);
    expect(run.exit, run.out).toBe(0);
    expect(run.json()).toMatchObject({ input: [32, 64, 3], count: 2 });
  });

  test('lab evaluate of the test split, whose labels are withheld: refused before anything is computed', async () => {
    const run = await runOn(lab, ['evaluate', ...network, '--data', 'city', '--split', 'test', '--json']);
    expect(run.exit).toBe(2);
    expect(run.json<CliError>().error).toMatchObject({
      code: 'split-unlabelled',
      message: expect.stringMatching(/2 of its 2 pictures/) as unknown,
    });
  });

  test('test is the default split; its pictures need no labels; what to do next is said', async () => {
    const out = folder.path('test');
    const run = await submit('--out', out);
    expect(run.exit, run.err).toBe(0);
    expect(readdirSync(out)).toEqual(['bonn_000000_000019_pred_labelIds.png', 'bonn_000001_000019_pred_labelIds.png']);
    expect(run.out).toContain('zip -r');
    expect((await submit('--out', out, '--json')).json<CliError>().error.code).toBe('submission-not-empty');
    expect((await submit('--out', out, '--force')).exit).toBe(0);
  });

  test.each<[string, string[], string]>([
    ['a packed file', ['--out', 'results.zip'], 'usage'],
    ['no folder', [], 'usage'],
    ['a split that is none', ['--out', 'o', '--split', 'search-val'], 'usage'],
    ['a data set of another kind', ['--out', 'o', '--data', 'other'], 'wrong-kind'],
    ['a network with other classes', ['--out', folder.path('never'), '--arch', otherTask], 'wrong-task'],
    ['a size in one number', ['--out', 'o', '--size', '64'], 'usage'],
  ])('%s: exit 2', async (_, args, code) => {
    const run = await submit(...args, '--json');
    expect(run.json<CliError>().error.code).toBe(code);
    expect(run.exit).toBe(2);
  });

  test('a kind that is none; help says how to pack it', async () => {
    expect((await runOn(lab, ['submission', 'voc', '--arch', archFile, '--data', 'city', '--out', 'o'])).exit).toBe(2);
    expect((await runOn(lab, ['help', 'submission'])).out).toMatch(/zip -r[^]*lab submission cityscapes --arch/);
  });
});

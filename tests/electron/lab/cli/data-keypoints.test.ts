import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodePng } from '../../../../datasets/decode/png-decode.ts';
import { writeTinySet } from '../../../datasets/coco-keypoints/tiny-coco.ts';
import { runLab, scratch } from './run-lab.ts';

const folder = scratch();
const home = folder.path('home');
let root: string;
beforeAll(async () => {
  root = await writeTinySet();
});
afterAll(async () => {
  folder.remove();
  await rm(root, { recursive: true });
});

test('slow: processes: a set of persons is checked, registered, listed, described and drawn', async () => {
  const checked = await runLab(['data', 'check', root, '--json']);
  expect(checked.json()).toMatchObject({ kind: 'coco-keypoints', root, splits: { train: 12, val: 3, test: 2 } });
  const added = await runLab(['data', 'add', root, '--name', 'people', '--json'], { home });
  expect(added.json()).toMatchObject({ name: 'people', task: 'keypoints', splits: { 'search-train': 11, 'search-val': 1 } });
  expect((await runLab(['data', 'ls'], { home })).out).toMatch(/people +coco-keypoints +train 12, val 3/);
  const shown = (await runLab(['data', 'show', 'people'], { home })).out;
  expect(shown).toMatch(/persons +12 on 12 pictures of train, 12 with a labelled joint; 0 crowds/);
  expect(shown).toMatch(/joint +visible +hidden +not labelled\nnose +0 +12 +0\nleft_eye +12 +0 +0\n/);

  const counted = await runLab(['data', 'classes', 'people', '--split', 'val'], { home });
  expect(counted.out).toMatch(/persons +3 on 3 pictures of val, 2 with a labelled joint; 1 crowds[^]*right_ankle +0 +1 +2/);
  expect((await runLab(['data', 'classes', 'people', '--json'], { home })).json()).toMatchObject({ split: 'train', persons: 12 });

  const picture = folder.path('sample.png');
  const drawn = await runLab(['data', 'show', 'people', '--sample', '000000000009', '--out', picture, '--json'], { home });
  expect(drawn.json()).toMatchObject({ split: 'val', index: 2, key: '000000000009', height: 40, width: 56 });
  expect(decodePng(readFileSync(picture))).toMatchObject({ width: 56, height: 40, channels: 3 });
});

import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCocoKeypoints } from '../../datasets/coco-keypoints/source.ts';
import { decodePng, type Png } from '../../datasets/decode/png-decode.ts';
import type { KeypointsItemRef } from '../../datasets/keypoints-source.ts';
import { runPictureJob, type PictureLayer, type RenderJob } from '../../datasets/picture-job.ts';
import { TINY_HEIGHT, TINY_WIDTH, writeTinySet } from './coco-keypoints/tiny-coco.ts';

let root: string;
let ref: KeypointsItemRef;
beforeAll(async () => {
  root = await writeTinySet();
  const source = await openCocoKeypoints(root);
  const [crop] = await source.crops('train', 'ground-truth');
  const index = source.imageIds('train').indexOf(crop!.imageId);
  ref = source.itemRef('train', index);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const draw = async (layer: PictureLayer, options: Partial<RenderJob> = {}) => {
  const result = await runPictureJob({ type: 'render', ref, layer, classes: [], ...options });
  return decodePng('png' in result ? result.png : new Uint8Array(0));
};
/** Pixels that are not transparent. */
const drawn = ({ data8: data = new Uint8Array(0) }: Png): number =>
  Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3] as number).filter((alpha) => alpha > 0).length;

test('the labels alone are on transparent ground, the overlay is the picture with them', async () => {
  const labels = await draw('labels');
  expect([labels.height, labels.width, labels.channels]).toEqual([TINY_HEIGHT, TINY_WIDTH, 4]);
  expect(drawn(labels)).toBeGreaterThan(0);
  expect(drawn(labels)).toBeLessThan(TINY_HEIGHT * TINY_WIDTH);
  const [picture, overlay] = [await draw('image'), await draw('overlay')];
  expect(overlay.channels).toBe(3);
  expect([...(overlay.data8 ?? [])]).not.toEqual([...(picture.data8 ?? [])]);
});

test('a prediction is drawn without the labels; half the width is half the picture', async () => {
  const keypoints = Array.from({ length: 51 }, (_, i) => (i % 3 === 2 ? 1 : 10));
  const none = await draw('prediction', { persons: [] });
  expect(drawn(none)).toBe(0);
  const one = await draw('prediction', { persons: [{ keypoints, score: 1 }], width: TINY_WIDTH / 2 });
  expect([one.height, one.width]).toEqual([TINY_HEIGHT / 2, TINY_WIDTH / 2]);
  expect(drawn(one)).toBeGreaterThan(0);
});

test('layers of classes and predictions that are not named are refused', async () => {
  await expect(draw('ids')).rejects.toMatchObject({ code: 'no-class-layer' });
  await expect(draw('prediction')).rejects.toMatchObject({ code: 'no-prediction' });
});

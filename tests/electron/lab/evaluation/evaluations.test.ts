import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodePng } from '../../../../datasets/decode/png-decode.ts';
import type { EvaluationDetail, NetworkSubject } from '../../../../electron/ipc/evaluations.ts';
import { argumentSchemas } from '../../../../electron/ipc/schemas/arguments.ts';
import { openLab } from '../../../../electron/lab/lab.ts';
import { ConfusionMatrix } from '../../../../engine/metrics/segmentation-confusion.ts';
import { hrNas } from '../../../../engine/spaces/hr-nas/hr-nas.ts';
import { writeTinyCityscapes } from '../../../datasets/tiny-cityscapes.ts';

// Two processes that compute.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const home = mkdtempSync(join(tmpdir(), 'evaluations-'));
const lab = openLab({ home });
const { api } = lab;
const subject: NetworkSubject = {
  kind: 'architecture',
  label: 'smallest',
  arch: hrNas.smallest(hrNas.defaultSettings),
  weights: { kind: 'fill' },
};
const [height, width] = [32, 64];
let root: string;
let made: EvaluationDetail;

beforeAll(async () => {
  root = await writeTinyCityscapes({ height, width });
  await api.addDataset({ root, name: 'city' });
  made = await api.evaluate({ subject, dataset: 'city', backend: 'wasm' });
});
afterAll(async () => {
  await lab.close();
  rmSync(home, { recursive: true });
  rmSync(root, { recursive: true });
});

const layer = async (name: string, index = 0, query: Readonly<Record<string, string>> = {}) =>
  decodePng((await lab.serveMedia({ path: ['city', 'val', String(index), name], query: { evaluation: made.id, ...query } })).body);

describe('an evaluation, slow: processes', () => {
  it('its score follows from its matrix by the rule that leaves absent classes out', () => {
    const matrix = new ConfusionMatrix(19, made.confusion);
    const { meanIoU, classIoU, pixelAccuracy } = matrix.scores('nan-skip');
    expect(made.metrics).toEqual([{ name: 'mIoU', value: meanIoU, split: 'val', kind: 'untrained' }]);
    expect(made.classIou).toEqual(classIoU.map((value) => (Number.isNaN(value) ? null : value)));
    expect(made.pixelAccuracy).toBe(pixelAccuracy);
    expect(made).toMatchObject({ count: 3, input: [height, width, 3], backend: 'wasm', label: 'smallest', dataset: 'city' });
    expect(made.macs).toBeGreaterThan(0);
  });

  it('is kept, listed by data set, and may travel between processes', async () => {
    expect((await api.evaluation(made.id)).confusion).toEqual(made.confusion);
    expect((await api.evaluations({ dataset: 'city' })).map(({ id }) => id)).toEqual([made.id]);
    expect(await api.evaluations({ experiment: 'x' })).toEqual([]);
    const { id, dataset, fingerprint, split, createdAt: _at, hasPictures: _has, subject: judged, ...result } = made;
    const record = { id, dataset, fingerprint, split, subject: judged, result };
    expect(argumentSchemas.keepEvaluation.safeParse(JSON.parse(JSON.stringify([record]))).error).toBeUndefined();
  });

  it('predictions were written on the way: ids of both layers give the pixels of every cell of the matrix', async () => {
    const matrix = new ConfusionMatrix(19);
    for (let index = 0; index < 3; index++) {
      const truth = (await layer('ids.png', index)).data8 as Uint8Array;
      matrix.add(truth, (await layer('prediction-ids.png', index)).data8 as Uint8Array, 255);
    }
    expect([...matrix.counts]).toEqual(made.confusion);
    expect(existsSync(join(home, 'workspace/cache/predictions', made.id, '2.png'))).toBe(true);
  });

  it('a prediction that was thrown away is made again, the same', async () => {
    const before = await layer('prediction.png', 1);
    rmSync(join(home, 'workspace/cache'), { recursive: true });
    expect(await layer('prediction.png', 1)).toEqual(before);
    expect(await layer('errors.png', 1, { class: '0', width: '32' })).toMatchObject({ height: 16, width: 32, channels: 4 });
  });

  it('a cell of the matrix opens its pictures, most pixels first, which sum to the cell', async () => {
    const cell = made.confusion.indexOf(Math.max(...made.confusion));
    const [truth, predicted] = [Math.floor(cell / 19), cell % 19];
    const { total, samples } = await api.confusionSamples({ evaluation: made.id, truth, predicted });
    expect(total).toBe(samples.length);
    const pixels = samples.map((sample) => sample.pixels ?? 0);
    expect(pixels).toEqual(pixels.toSorted((a, b) => b - a));
    expect(pixels.reduce((sum, count) => sum + count, 0)).toBe(made.confusion[cell]);
    await expect(api.confusionSamples({ evaluation: made.id, truth: 0, predicted: 77 })).rejects.toMatchObject({ code: 'unknown-class' });
  });

  it('samples sort by their own IoU in it', async () => {
    const { samples } = await api.samples({ dataset: 'city', split: 'val', sort: 'worst', evaluation: made.id });
    const ious = samples.map(({ iou }) => iou as number);
    expect(ious).toHaveLength(3);
    expect(ious).toEqual(ious.toSorted((a, b) => a - b));
  });

  it('another split has no predictions of it', async () => {
    await expect(lab.serveMedia({ path: ['city', 'train', '0', 'errors.png'], query: { evaluation: made.id } })).rejects.toMatchObject({
      code: 'evaluation-other-data',
    });
  });

  it('removed, it is unknown, and so are its scores by picture', async () => {
    const other = await api.evaluate({ subject, dataset: 'city', split: 'search-val', backend: 'wasm' });
    await api.removeEvaluation(other.id);
    await expect(api.evaluation(other.id)).rejects.toMatchObject({ code: 'unknown-evaluation' });
    expect(existsSync(join(home, 'evaluations', `${other.id}.json.gz`))).toBe(false);
  });
});

describe('refused before anything is computed', () => {
  const evaluate = (change: object) => api.evaluate({ subject, dataset: 'city', backend: 'wasm', ...change });
  it.each([
    ['an unknown data set', { dataset: 'nowhere' }, 'unknown-dataset'],
    ['a trial that there is not', { subject: { kind: 'trial', experiment: 'x', number: 1 } }, 'unknown-experiment'],
    [
      'a network for other classes',
      { subject: { ...subject, arch: { ...subject.arch, settings: { ...subject.arch.settings, classes: 5 } } } },
      'wrong-task',
    ],
  ])('%s', async (_, change, code) => {
    await expect(evaluate(change)).rejects.toMatchObject({ code });
  });

  it('slow: a split without scored labels, weights that are not there', async () => {
    await expect(evaluate({ split: 'test' })).rejects.toMatchObject({ code: 'split-unlabelled' });
    await expect(evaluate({ subject: { ...subject, weights: { kind: 'file', path: join(home, 'none') } } })).rejects.toMatchObject({
      code: 'weights-not-found',
    });
  });
});

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readResultFile } from '../../../../datasets/coco-keypoints/result-file.ts';
import { synthesizeKeypoints } from '../../../../datasets/coco-keypoints/synthesize/synthesize.ts';
import { readLabels } from '../../../../datasets/coco-keypoints/truth.ts';
import type { EvaluationDetail, NetworkSubject } from '../../../../electron/ipc/evaluations.ts';
import { argumentSchemas } from '../../../../electron/ipc/schemas/arguments.ts';
import { openLab } from '../../../../electron/lab/lab.ts';
import { scoreKeypoints } from '../../../../engine/metrics/keypoints-ap.ts';

// Processes that compute.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const home = mkdtempSync(join(tmpdir(), 'pose-evaluations-'));
const root = mkdtempSync(join(tmpdir(), 'pose-data-'));
const lab = openLab({ home });
const { api } = lab;
const subject: NetworkSubject = { kind: 'published', name: 'lite-hrnet:naive-18', weights: { kind: 'fill' } };
const request = { subject, dataset: 'people', backend: 'wasm', fit: [64, 64] as const };
let made: EvaluationDetail;

beforeAll(async () => {
  await synthesizeKeypoints(join(root, 'set'), { train: 4, val: 3, height: 96, width: 128 });
  await api.addDataset({ root: join(root, 'set'), name: 'people' });
  made = await api.evaluate(request);
});
afterAll(async () => {
  await lab.close();
  rmSync(home, { recursive: true });
  rmSync(root, { recursive: true });
});

describe('an evaluation of key points, slow: processes', () => {
  it('its figures are those of its result file by the official rules, AP first', async () => {
    const { results } = await readResultFile(made.resultsFile as string);
    const truth = await readLabels(join(root, 'set/annotations/person_keypoints_val2017.json'));
    const stats = Object.entries(scoreKeypoints(truth, results).stats).map(([name, value]: [string, number]) => [
      name,
      value < 0 ? null : value,
    ]);
    expect(made.metrics.map(({ name, value }) => [name, value])).toEqual(stats);
    expect(made.metrics[0]).toMatchObject({ name: 'AP', split: 'val', kind: 'untrained' });
    expect(made).toMatchObject({ count: 3, input: [64, 64, 3], classIou: [], confusion: [], keypoints: { boxes: 'ground-truth' } });
  });

  it('figures of every joint, over the joints that are labelled', async () => {
    const { persons } = await readLabels(join(root, 'set/annotations/person_keypoints_val2017.json'));
    const counted = persons.filter(({ isCrowd, labelledJoints }) => !isCrowd && labelledJoints > 0);
    const { names, labelled, similarity } = made.keypoints!;
    expect(names[5]).toBe('left_shoulder');
    expect(labelled[5]).toBe(counted.filter(({ keypoints }) => (keypoints[17] as number) > 0).length);
    expect(similarity).toHaveLength(17);
  });

  it('is kept and may travel between processes', async () => {
    expect(await api.evaluation(made.id)).toEqual(made);
    const { id, dataset, fingerprint, split, createdAt: _at, hasPictures: _has, resultsFile: _file, subject: judged, ...result } = made;
    const record = { id, dataset, fingerprint, split, subject: judged, result };
    expect(argumentSchemas.keepEvaluation.safeParse(JSON.parse(JSON.stringify([record]))).error).toBeUndefined();
  });

  it('a sample comes with the persons that were predicted in it; evaluations of other splits are left out', async () => {
    const { results } = await readResultFile(made.resultsFile as string);
    const other = await api.evaluate({ ...request, split: 'search-val' });
    const { persons } = await api.sample({ dataset: 'people', split: 'val', index: 1, evaluations: [made.id, other.id] });
    const imageIds = [...new Set(results.map(({ imageId }) => imageId))];
    const [prediction] = persons!.predictions;
    expect(persons!.predictions).toHaveLength(1);
    expect(prediction).toMatchObject({ evaluation: made.id });
    const own = results.filter(({ keypoints }) => prediction!.persons.some((person) => person.keypoints.join() === keypoints.join()));
    expect(own).toHaveLength(prediction!.persons.length);
    expect(new Set(own.map(({ imageId }) => imageId)).size).toBe(Math.min(1, imageIds.length));
    await api.removeEvaluation(other.id);
    expect(existsSync(other.resultsFile as string)).toBe(false);
  });

  it('samples sort by the similarity of their persons', async () => {
    const { samples } = await api.samples({ dataset: 'people', split: 'val', sort: 'worst', evaluation: made.id });
    const scores = samples.map(({ iou }) => iou ?? Infinity);
    expect(scores).toHaveLength(3);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  it.each([
    ['which class was taken for which', () => api.confusionSamples({ evaluation: made.id, truth: 0, predicted: 0 }), 'wrong-task'],
    ['boxes that are not there', () => api.evaluate({ ...request, boxes: join(home, 'none.json') }), 'file-missing'],
    [
      'a network for pixels',
      () => api.evaluate({ ...request, subject: { kind: 'published', name: 'hr-nas:cs2', weights: { kind: 'fill' } } }),
      'wrong-task',
    ],
    [
      'a network for the joints of MPII',
      () =>
        api.evaluate({
          ...request,
          subject: {
            kind: 'architecture',
            label: 'mpii',
            arch: { ...made.arch, settings: { ...made.arch.settings, head: 'mpii' } },
            weights: { kind: 'fill' },
          },
        }),
      'wrong-task',
    ],
  ])('refused: %s', async (_, ask, code) => {
    await expect(ask()).rejects.toMatchObject({ code });
  });
});

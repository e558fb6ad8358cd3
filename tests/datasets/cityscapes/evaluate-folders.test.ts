import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pairPredictions, readScoredPair } from '../../../datasets/cityscapes/evaluate-folders.ts';
import { decodeLabelMap } from '../../../datasets/decode/label-map.ts';
import { encodePng } from '../../../datasets/decode/png-encode.ts';
import { CityscapesScore, type CityscapesScores } from '../../../engine/metrics/segmentation-cityscapes.ts';
import { generatePair, type PairRules } from '../../engine/metrics/cityscapes-reference.ts';

interface Reference {
  readonly pairs: Readonly<Record<string, PairRules>>;
  readonly expected: CityscapesScores;
}

const reference = JSON.parse(
  await readFile(join(import.meta.dirname, '../../fixtures/reference/metrics/cityscapes-all-abc.json'), 'utf8'),
) as Reference;
let root: string;

const keyOf = (i: number): string => `testcity_${String(i).padStart(6, '0')}_000019`;
const truthPath = (i: number): string => join(root, 'gtFine/val/testcity', `${keyOf(i)}_gtFine_labelIds.png`);
const predictionPath = (i: number): string => join(root, 'results', `${keyOf(i)}_pred.png`);

/** The three reference pairs as files in the official layout. */
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'metric-'));
  for (const [i, [name, rules]] of Object.entries(reference.pairs).entries()) {
    const { height, width, labelIds, instanceIds, prediction } = generatePair(name, rules);
    await mkdir(dirname(truthPath(i)), { recursive: true });
    await mkdir(dirname(predictionPath(i)), { recursive: true });
    await writeFile(truthPath(i), encodePng({ height, width, channels: 1, data: labelIds }));
    await writeFile(truthPath(i).replace('labelIds', 'instanceIds'), encodePng({ height, width, channels: 1, data: instanceIds }));
    await writeFile(predictionPath(i), encodePng({ height, width, channels: 1, data: prediction }));
  }
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function scoreFolders(truth: string, predictions: string): Promise<CityscapesScores> {
  const score = new CityscapesScore();
  for (const paths of await pairPredictions(truth, predictions)) {
    const pair = await readScoredPair(paths);
    score.add(pair.truth, pair.instances, pair.prediction);
  }
  return score.result();
}

describe('folders in the official layout', () => {
  test.each(['', 'gtFine', 'gtFine/val', 'gtFine/val/testcity'])('truth folder "%s": the official figures', async (inside) => {
    const result = await scoreFolders(join(root, inside), join(root, 'results'));
    expect(result.confusion).toEqual(reference.expected.confusion);
    expect(result.averages.classIoU).toBeCloseTo(reference.expected.averages.classIoU as number, 12);
    expect(result.averages.classIiou).toBeCloseTo(reference.expected.averages.classIiou as number, 12);
  });

  test('predictions in subfolders, with palettes and other endings, are found by key', async () => {
    const maps = await Promise.all([0, 1, 2].map(async (i) => decodeLabelMap(await readFile(predictionPath(i)))));
    const palette = new Uint8Array(3 * 256).fill(9);
    await rm(join(root, 'results'), { recursive: true });
    await mkdir(join(root, 'results/deep/er'), { recursive: true });
    for (const [i, name] of [`${keyOf(0)}.png`, `deep/er/${keyOf(1)}_gtFine_labelIds.png`, `deep/${keyOf(2)}-mine.PNG`].entries()) {
      const { width, height, values } = maps[i]!;
      const bytes = encodePng({ width, height, channels: 1, data: values, ...(i === 1 ? { palette } : {}) });
      await writeFile(join(root, 'results', name), bytes);
    }
    expect((await scoreFolders(root, join(root, 'results'))).confusion).toEqual(reference.expected.confusion);
  });

  test('train beside val is not scored', async () => {
    await cp(join(root, 'gtFine/val'), join(root, 'gtFine/train'), { recursive: true });
    expect((await pairPredictions(root, join(root, 'results'))).map((pair) => pair.key)).toEqual([0, 1, 2].map(keyOf));
  });

  test('predictions behind links are found; a link to a folder above ends', async () => {
    await rename(join(root, 'results'), join(root, 'elsewhere'));
    await mkdir(join(root, 'results'));
    await symlink(join(root, 'elsewhere'), join(root, 'results/here'));
    await symlink(join(root, 'results'), join(root, 'elsewhere/round'));
    expect((await scoreFolders(root, join(root, 'results'))).confusion).toEqual(reference.expected.confusion);
  });

  test('a missing instance map is refused and named, unless instances are left out: then there is no iIoU', async () => {
    await rm(truthPath(1).replace('labelIds', 'instanceIds'));
    await expect(pairPredictions(root, join(root, 'results'))).rejects.toMatchObject({
      code: 'metric-instances-missing',
      message: expect.stringContaining(truthPath(1)) as string,
    });
    const pairs = await pairPredictions(root, join(root, 'results'), 'val', 'left out');
    expect(pairs.map(({ instances }) => instances)).toEqual([undefined, undefined, undefined]);
    expect((await readScoredPair(pairs[0]!)).instances).toBeUndefined();
  });
});

describe('refusals name the file', () => {
  const grey = (height: number, width: number, value: number): Buffer =>
    encodePng({ height, width, channels: 1, data: new Uint8Array(height * width).fill(value) });
  const readSecond = async (): Promise<unknown> => readScoredPair((await pairPredictions(root, join(root, 'results')))[1]!);

  test('no prediction for a label map', async () => {
    await rm(predictionPath(2));
    await expect(pairPredictions(root, join(root, 'results'))).rejects.toMatchObject({
      code: 'metric-prediction-missing',
      message: expect.stringContaining(keyOf(2)) as string,
    });
  });

  test('two predictions for a label map', async () => {
    await writeFile(predictionPath(0).replace('_pred', '_again'), grey(4, 4, 0));
    await expect(pairPredictions(root, join(root, 'results'))).rejects.toMatchObject({
      code: 'metric-prediction-ambiguous',
      message: expect.stringContaining('_again.png') as string,
    });
  });

  test('a longer frame number is another key', async () => {
    await rm(predictionPath(0));
    await writeFile(join(root, 'results', `${keyOf(0)}9_pred.png`), grey(4, 4, 0));
    await expect(pairPredictions(root, join(root, 'results'))).rejects.toMatchObject({ code: 'metric-prediction-missing' });
  });

  test.each([
    ['a prediction of another size', 'pair-size-mismatch', (): Buffer => grey(64, 127, 7)],
    ['a prediction with id 34', 'label-unknown-value', (): Buffer => grey(64, 128, 34)],
    ['a prediction with train id 255', 'label-unknown-value', (): Buffer => grey(64, 128, 255)],
    [
      'a coloured prediction',
      'label-rgb',
      (): Buffer => encodePng({ height: 64, width: 128, channels: 3, data: new Uint8Array(64 * 128 * 3) }),
    ],
    ['an empty prediction', 'file-zero-bytes', (): Buffer => Buffer.alloc(0)],
    ['a cut-off prediction', 'file-truncated', (): Buffer => grey(64, 128, 7).subarray(0, 50)],
  ])('%s: %s', async (_, code, content) => {
    await writeFile(predictionPath(1), content());
    await expect(readSecond()).rejects.toMatchObject({ code, message: expect.stringContaining(predictionPath(1)) as string });
  });

  test('a label map with id 200', async () => {
    await writeFile(truthPath(1), grey(64, 128, 200));
    await expect(readSecond()).rejects.toMatchObject({
      code: 'label-unknown-value',
      message: expect.stringContaining(truthPath(1)) as string,
    });
  });

  test('8-bit instance maps', async () => {
    await writeFile(truthPath(1).replace('labelIds', 'instanceIds'), grey(64, 128, 7));
    await expect(readSecond()).rejects.toMatchObject({ code: 'instance-8bit' });
  });

  test('a link that leads round in a circle among the predictions', async () => {
    await symlink('loop', join(root, 'results/loop'));
    await expect(pairPredictions(root, join(root, 'results'))).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be opened \(ELOOP\)/) as string,
    });
  });

  test('folders without label maps, folders that do not exist', async () => {
    await expect(pairPredictions(join(root, 'results'), root)).rejects.toMatchObject({ code: 'metric-no-truth' });
    await expect(pairPredictions(root, join(root, 'nowhere'))).rejects.toMatchObject({ code: 'folder-missing' });
    await expect(pairPredictions(join(root, 'nowhere'), root)).rejects.toMatchObject({ code: 'folder-missing' });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CITYSCAPES_LABELS } from '../../../datasets/cityscapes/labels.ts';
import { CityscapesScore, type CityscapesScores } from '../../../engine/metrics/segmentation-cityscapes.ts';
import { SCORED_LABELS } from '../../../engine/metrics/segmentation-cityscapes-labels.ts';
import { ConfusionMatrix } from '../../../engine/metrics/segmentation-confusion.ts';
import { generatePair, hashBytes, type GeneratedPair, type PairRules } from './cityscapes-reference.ts';

interface Reference {
  readonly pairs: Readonly<Record<string, PairRules>>;
  readonly inputHashes: Readonly<Record<string, { readonly labelIds: number; readonly instanceIds: number; readonly prediction: number }>>;
  readonly expected: CityscapesScores;
}

const folder = join(import.meta.dirname, '../../fixtures/reference/metrics');
const readReference = (name: string): Reference => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Reference;
const pairsOf = (reference: Reference): GeneratedPair[] =>
  Object.entries(reference.pairs).map(([name, rules]) => generatePair(name, rules));

function scoreOf(pairs: readonly GeneratedPair[]): CityscapesScore {
  const score = new CityscapesScore();
  for (const pair of pairs) score.add(pair.labelIds, pair.instanceIds, pair.prediction);
  return score;
}

function expectClose(actual: Readonly<Record<string, number | null>>, expected: Readonly<Record<string, number | null>>): void {
  expect(Object.keys(actual)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) {
    const got = actual[name] ?? null;
    if (value === null || got === null) expect(got, name).toBe(value);
    else expect(Math.abs(got - value), name).toBeLessThan(1e-9);
  }
}

describe.each(['cityscapes-a', 'cityscapes-b', 'cityscapes-c', 'cityscapes-all-abc'])('%s', (name) => {
  const reference = readReference(name);

  test('the generated maps have the hashes of the reference', () => {
    for (const [pair, rules] of Object.entries(reference.pairs)) {
      const { labelIds, instanceIds, prediction } = generatePair(pair, rules);
      const hashes = {
        labelIds: hashBytes(labelIds),
        instanceIds: hashBytes(new Uint8Array(instanceIds.buffer)),
        prediction: hashBytes(prediction),
      };
      expect(hashes).toEqual(reference.inputHashes[pair]);
    }
  });

  test('scores equal the official tool to 1e-9, counts exactly', () => {
    const result = scoreOf(pairsOf(reference)).result();
    expect(result.confusion).toEqual(reference.expected.confusion);
    expectClose(result.averages, reference.expected.averages);
    for (const part of ['classIoU', 'classIiou', 'categoryIoU', 'categoryIiou'] as const)
      expectClose(result[part], reference.expected[part]);
  });
});

/** Vector CS-1, 4 x 6. */
const truth = [7, 7, 7, 7, 23, 23, 7, 7, 26, 26, 23, 23, 8, 8, 26, 26, 24, 24, 3, 3, 26, 26, 24, 24];
const predicted = [7, 7, 7, 8, 23, 23, 7, 7, 26, 27, 23, 11, 8, 7, 26, 26, 24, 25, 7, 26, 29, 26, 24, 24];
const instances = truth.map((id, i) => (id === 26 ? (i < 18 ? 26000 : 26001) : id === 24 && i % 6 === 4 ? 24000 : id));

describe('worked by hand (4 x 6)', () => {
  test('IoU, iIoU, categories and accuracy', () => {
    const score = new CityscapesScore();
    score.add(truth, instances, predicted);
    const { averages, classIoU, classIiou, categoryIoU, categoryIiou } = score.result();
    expect(classIoU).toMatchObject({
      road: 5 / 7,
      sidewalk: 1 / 3,
      building: 0,
      sky: 0.75,
      person: 0.75,
      rider: 0,
      car: 4 / 6,
      truck: 0,
      bus: null,
    });
    expect(averages.classIoU).toBeCloseTo(0.4017857, 7);
    expect(classIiou['person']).toBe(1);
    expect(classIiou['rider']).toBe(0);
    expect(classIiou['car']).toBeCloseTo(0.625, 12);
    expect(averages.classIiou).toBeCloseTo(0.40625, 12);
    expect(categoryIoU).toMatchObject({ flat: 1, construction: 0, sky: 0.75, human: 1, object: null });
    expect(categoryIoU['vehicle']).toBeCloseTo(5 / 6, 12);
    expect(averages.categoryIoU).toBeCloseTo(0.7166667, 7);
    expect(categoryIiou).toEqual({ human: 1, vehicle: 1 });
    expect(score.pixelAccuracy()).toBeCloseTo(16 / 22, 12);
  });

  test('a perfect prediction scores 1, whatever ignored pixels are called', () => {
    const score = new CityscapesScore();
    score.add(
      truth,
      instances,
      truth.map((id) => (id === 3 ? 26 : id)),
    );
    expect(score.result().averages).toEqual({ classIoU: 1, classIiou: 1, categoryIoU: 1, categoryIiou: 1 });
  });

  test('an ignored id predicted on a scored pixel is a miss', () => {
    const score = new CityscapesScore();
    score.add([7, 7], [7, 7], [7, 4]);
    expect(score.result().classIoU['road']).toBe(0.5);
  });

  test('all pixels ignored: null, no crash', () => {
    const score = new CityscapesScore();
    score.add([0, 3, 4], [0, 3, 4], [7, 7, 7]);
    expect(score.result().averages).toEqual({ classIoU: null, classIiou: null, categoryIoU: null, categoryIiou: null });
    expect(score.pixelAccuracy()).toBeNaN();
  });

  test('without instance maps IoU is scored and iIoU is null', () => {
    const score = new CityscapesScore();
    score.add(truth, undefined, predicted);
    const { averages } = score.result();
    expect(averages.classIoU).toBeCloseTo(0.4017857, 7);
    expect(averages.classIiou).toBeNull();
  });
});

describe('merging', () => {
  const pairs = pairsOf(readReference('cityscapes-all-abc'));

  test('the parts merged equal the whole, also through JSON and in another order', () => {
    const whole = scoreOf(pairs).result();
    const merged = new CityscapesScore();
    for (const pair of [...pairs].reverse()) merged.merge(new CityscapesScore(JSON.parse(JSON.stringify(scoreOf([pair]).state()))));
    const result = merged.result();
    expect(result.confusion).toEqual(whole.confusion);
    for (const part of ['averages', 'classIiou', 'categoryIiou'] as const) expectClose(result[part], whole[part]);
  });
});

describe('bad input', () => {
  test.each([
    ['a true id of 34', () => new CityscapesScore().add([34], [34], [7]), 'metric-label'],
    ['a predicted id of 255', () => new CityscapesScore().add([7], [7], [255]), 'metric-label'],
    ['unequal lengths', () => new CityscapesScore().add([7, 7], [7, 7], [7]), 'metric-shape'],
    ['instances of another length', () => new CityscapesScore().add([7], [7, 7], [7]), 'metric-shape'],
    ['an instance of no class', () => new CityscapesScore().add([7], [41000], [7]), 'metric-label'],
    ['a saved matrix of another size', () => new ConfusionMatrix(3, [1, 2]), 'metric-shape'],
  ])('%s is refused', (_, act, code) => {
    expect(act).toThrow(expect.objectContaining({ code }));
  });
});

test('the score and the data set agree on every label', () => {
  for (const { id, name, category, isIgnored, hasInstances } of CITYSCAPES_LABELS.filter((label) => label.id >= 0)) {
    expect(SCORED_LABELS[id]).toMatchObject({ id, name, category, isIgnored, hasInstances });
  }
});

describe('train-id matrix: classes that the truth lacks', () => {
  // Class 0: 3 of 4 pixels right; class 1: predicted once, not in the truth; class 2: in neither.
  const matrix = new ConfusionMatrix(3);
  matrix.add([0, 0, 0, 0, 255], [0, 0, 0, 1, 2], 255);

  test.each([
    ['nan-skip', [0.75, 0, NaN], 0.375],
    ['zero', [0.75, 0, 0], 0.25],
    ['one', [0.75, 1, 1], 2.75 / 3],
  ] as const)('%s', (rule, classIoU, meanIoU) => {
    const scores = matrix.scores(rule);
    expect(scores.classIoU).toEqual(classIoU);
    expect(scores.meanIoU).toBeCloseTo(meanIoU, 12);
    expect(scores.meanAccuracy).toBe(0.75);
    expect(scores.pixelAccuracy).toBe(0.75);
  });
});

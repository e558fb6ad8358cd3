import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scoreKeypoints, SIMILARITY_THRESHOLDS, type KeypointsScores } from '../../../engine/metrics/keypoints-ap.ts';
import { scoredPictures, type KeypointsResult } from '../../../engine/metrics/keypoints-results.ts';
import type { KeypointsTruth, TruePerson } from '../../../engine/metrics/keypoints-truth.ts';
import { readKeypointsFiles, resultsOf, truthOf } from './keypoints-files.ts';
import { generateKeypointsSet, officialSets } from './keypoints-sets.ts';

const folder = new URL('../../fixtures/reference/metrics/', import.meta.url);

/** Made by `npm run bench -- keypoints --pytorch PYTHON --official FILE` with pycocotools. */
const official = JSON.parse(readFileSync(new URL('../../fixtures/keypoints-official.json', import.meta.url), 'utf8')) as {
  readonly sets: readonly ({ readonly name: string } & KeypointsScores)[];
};

const everywhere = (x: number, y: number): number[] => Array.from({ length: 17 }, () => [x, y, 1]).flat();
const onlyNose = (x: number, y: number): number[] => [x, y, 2, ...Array<number>(48).fill(0)];
const person = (id: number, imageId: number, keypoints: number[], rest: Partial<TruePerson> = {}): TruePerson => ({
  id,
  imageId,
  box: [0, 0, 10, 10],
  areaPx2: 10000,
  isCrowd: false,
  labelledJoints: 1,
  keypoints,
  ...rest,
});
const result = (x: number, y: number, score: number): KeypointsResult => ({ imageId: 1, score, keypoints: everywhere(x, y) });

/** Two persons and a crowd in picture 1, one person in picture 2. */
const truth: KeypointsTruth = {
  imageIds: [1, 2],
  persons: [
    person(1, 1, onlyNose(100, 100)),
    person(2, 1, onlyNose(300, 300), { areaPx2: 5000 }),
    person(3, 1, Array<number>(51).fill(0), { areaPx2: 2500, isCrowd: true, labelledJoints: 0, box: [400, 400, 50, 50] }),
    person(4, 2, onlyNose(100, 100)),
  ],
};

describe('average precision of key points', () => {
  it('by hand: two of three found, one result in the crowd, one twice', () => {
    // For similarities up to .70: right, right, wrong, ignored, wrong; from .75 on the second is wrong as well (.716885).
    // Of 101 recalls 67 lie up to 2/3, 34 up to 1/3.
    const results = [result(100, 100, 0.9), result(303, 300, 0.8), result(10, 400, 0.7), result(480, 420, 0.6), result(102, 100, 0.5)];
    const { stats } = scoreKeypoints(truth, results);
    const expected = {
      AP: 0.5,
      AP50: 67 / 101,
      AP75: 34 / 101,
      APM: 0.5,
      APL: 51 / 101,
      AR: 0.5,
      AR50: 2 / 3,
      AR75: 1 / 3,
      ARM: 0.5,
      ARL: 0.5,
    };
    for (const [name, value] of Object.entries(expected)) expect(stats[name as 'AP'], name).toBeCloseTo(value, 12);
  });

  it.each(['a', 'b'])('keypoints-%s: all figures and similarities are the official ones', (name) => {
    const { truth, results } = readKeypointsFiles(folder, `keypoints-${name}`);
    const { expected } = JSON.parse(readFileSync(new URL(`keypoints-${name}.json`, folder), 'utf8'));
    const scores = scoreKeypoints(truth, results);
    expectClose(scores, { stats: expected.stats, byArea: expected.byArea });
    const { image, matrix } = expected.oks;
    const picture = scoredPictures(truth, results).find(({ imageId }) => imageId === image)!;
    expectClose([...picture.similarities], matrix.flat());
  });

  it.each(officialSets.map((rules) => [rules.name, rules] as const))(
    'generated set "%s": all figures are the official ones',
    (name, rules) => {
      const { truth, results } = generateKeypointsSet(rules);
      const scores = scoreKeypoints(truthOf(truth), resultsOf(results));
      const { stats, byArea } = official.sets.find((set) => set.name === name)!;
      expectClose(scores, { stats, byArea });
    },
  );

  it('nobody to find: -1; nothing found: 0; results alone: ignored or wrong, never a crash', () => {
    const nobody = scoreKeypoints({ imageIds: [1], persons: [] }, [result(1, 1, 0.5)]);
    expect(new Set(Object.values(nobody.stats))).toEqual(new Set([-1]));
    expect(scoreKeypoints(truth, []).stats).toMatchObject({ AP: 0, AR: 0 });
  });

  it('the order of the pictures does not matter, that of equal scores within a picture does', () => {
    const results = [result(100, 100, 0.5), result(300, 300, 0.5), { ...result(500, 500, 0.5), imageId: 2 }];
    const { stats } = scoreKeypoints(truth, results);
    expect(scoreKeypoints({ ...truth, imageIds: [2, 1] }, results.toReversed()).stats).toEqual(stats);
  });

  it('thresholds are those of numpy, the ninth a little under .9', () => {
    expect(SIMILARITY_THRESHOLDS[8]).toBe(0.8999999999999999);
    expect(SIMILARITY_THRESHOLDS).toHaveLength(10);
  });
});

describe('what is refused', () => {
  const of = (persons: TruePerson[], results: KeypointsResult[]): unknown => {
    try {
      return scoreKeypoints({ imageIds: [1], persons }, results);
    } catch (error) {
      return error;
    }
  };
  const box = [0, 0, 1, 1];

  it.each([
    ['the id 0', [person(0, 1, onlyNose(1, 1))], [], 'metric-truth', /id 0/],
    ['an id that comes twice', [person(5, 1, onlyNose(1, 1)), person(5, 1, onlyNose(2, 2))], [], 'metric-truth', /5 comes twice/],
    ['a person of an unknown picture', [person(1, 9, onlyNose(1, 1))], [], 'metric-truth', /image 9: there is no such image/],
    ['16 labelled joints', [person(1, 1, onlyNose(1, 1).slice(3))], [], 'metric-truth', /48 key point values; expected 51/],
    ['a result of an unknown picture', [], [{ ...result(1, 1, 1), imageId: 8 }], 'metric-results', /result 1 \(image 8\)/],
    [
      '16 predicted joints',
      [],
      [{ ...result(1, 1, 1), keypoints: everywhere(1, 1).slice(3) }],
      'metric-results',
      /48 key point values; expected 51/,
    ],
    ['a score that is no number', [], [result(1, 1, NaN)], 'metric-results', /score is NaN/],
    ['a joint that is nowhere', [], [result(NaN, 1, 1)], 'metric-results', /value 1 is NaN/],
    ['a box at the first result only', [], [{ ...result(1, 1, 1), box }, result(1, 1, 1)], 'metric-results', /result 2 .*no bbox/],
  ] as const)('%s', (_, persons, results, code, message) => {
    expect(of([...persons], [...results])).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

/** Numbers to 1e-9 wherever they stand. */
function expectClose(actual: unknown, expected: unknown, path = ''): void {
  if (typeof expected === 'number') {
    expect(Math.abs((actual as number) - expected), path).toBeLessThan(1e-9);
    return;
  }
  expect(Object.keys(actual as object), path).toEqual(Object.keys(expected as object));
  for (const [name, value] of Object.entries(expected as object))
    expectClose((actual as Record<string, unknown>)[name], value, `${path}.${name}`);
}

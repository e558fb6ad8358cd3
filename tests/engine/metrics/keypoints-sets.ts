import { hash32, mulberry32 } from '../../../engine/rng.ts';
import type { CocoResults, CocoTruth } from './keypoints-files.ts';

/** What a generated set is like; every set with the same name and rules is the same. */
export interface SetRules {
  readonly name: string;
  readonly images: number;
  /** Of an image, at most. */
  readonly people: number;
  /** Px. */
  readonly minHeight: number;
  readonly maxHeight: number;
  readonly crowdPercent: number;
  /** Persons without any labelled joint. */
  readonly unlabelledPercent: number;
  /** Persons whose area lies on an end of a range of areas, or just beside it. */
  readonly edgePercent: number;
  /** Persons that are annotated twice. */
  readonly twinPercent: number;
  /** Images with more results than the official tool looks at. */
  readonly manyPercent: number;
  /** Distinct scores: few make ties within and across images. */
  readonly scoreSteps: number;
  /** Results bring boxes. */
  readonly boxes: boolean;
}

export interface GeneratedSet {
  readonly truth: CocoTruth & { readonly categories: readonly object[] };
  readonly results: CocoResults;
}

const JOINTS = 17;
const edgeAreas = [1024, 9216, 1023.9999999999999, 1024.0000000000002, 9215.999999999998, 9216.000000000002, 1e10, 0, 1e-3];
const category = {
  id: 1,
  name: 'person',
  supercategory: 'person',
  keypoints: Array.from({ length: JOINTS }, (_, i) => `joint${i}`),
  skeleton: [],
};

type Annotation = CocoTruth['annotations'][number];

/**
 * A set in COCO's own format: image ids without order and with gaps, equal scores, crowds with and without joints, persons without labels or
 * with a count that does not fit them, areas at the ends of the ranges, persons annotated twice, exact results, results on nobody.
 */
export function generateKeypointsSet(rules: SetRules): GeneratedSet {
  const next = mulberry32(hash32(`keypoints/${rules.name}`));
  const draw = drawOf(next);
  const ids = Array.from({ length: rules.images }, (_, i) => 3 + 7 * i + draw.int(5));
  draw.shuffle(ids);
  const annotations: Annotation[] = [];
  const results: CocoResults[number][] = [];
  for (const image of ids) {
    const people: Annotation[] = [];
    for (let count = draw.int(rules.people + 1); count > 0; count--) {
      const person = drawPerson(rules, draw, image, 1 + people.length + annotations.length);
      people.push(person);
      if (draw.percent(rules.twinPercent)) people.push({ ...person, id: person.id + 1 });
    }
    annotations.push(...people);
    results.push(...drawResults(rules, draw, image, people));
  }
  // ids without order, as in the official files
  const last = annotations.length;
  const shown = annotations.map((each) => ({
    ...each,
    id: 1 + (((each.id - 1) * 7919) % Math.max(last, 1)) + 1000 * (each.id % 7) * last,
  }));
  draw.shuffle(results);
  return { truth: { images: ids.map((id) => ({ id })), annotations: shown, categories: [category] }, results };
}

interface Draw {
  int(below: number): number;
  percent(share: number): boolean;
  between(low: number, high: number): number;
  /** About 0, of deviation 1. */
  normal(): number;
  shuffle(values: unknown[]): void;
}

function drawOf(next: () => number): Draw {
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    percent: (share) => next() * 100 < share,
    between: (low, high) => low + next() * (high - low),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle: (values) => {
      for (let i = values.length - 1; i > 0; i--) {
        const j = int(i + 1);
        [values[i], values[j]] = [values[j], values[i]];
      }
    },
  };
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

function drawPerson(rules: SetRules, draw: Draw, image: number, id: number): Annotation {
  const height = draw.between(rules.minHeight, rules.maxHeight);
  const width = height * draw.between(0.3, 0.8);
  const [left, top] = [draw.between(0, 500), draw.between(0, 300)];
  const isCrowd = draw.percent(rules.crowdPercent);
  const isUnlabelled = draw.percent(rules.unlabelledPercent) || (isCrowd && draw.percent(70));
  const keypoints = Array.from({ length: JOINTS }, () => {
    const v = isUnlabelled ? 0 : draw.int(3);
    return v === 0 ? [0, 0, 0] : [Math.round(left + draw.between(0, width)), Math.round(top + draw.between(0, height)), v];
  }).flat();
  const labelled = keypoints.filter((value, i) => i % 3 === 2 && value > 0).length;
  return {
    id,
    image_id: image,
    bbox: [tenths(left), tenths(top), tenths(width), tenths(height)],
    area: draw.percent(rules.edgePercent) ? (edgeAreas[draw.int(edgeAreas.length)] as number) : tenths(width * height * 0.6),
    iscrowd: isCrowd ? 1 : 0,
    // now and then the file's count is not that of its labels
    num_keypoints: draw.percent(3) ? draw.int(2) : labelled,
    keypoints,
  };
}

function drawResults(rules: SetRules, draw: Draw, image: number, people: readonly Annotation[]): CocoResults[number][] {
  const results: CocoResults[number][] = [];
  const add = (keypoints: readonly number[]): void => {
    results.push({
      image_id: image,
      score: draw.int(rules.scoreSteps) / rules.scoreSteps,
      keypoints,
      ...(rules.boxes
        ? { bbox: [tenths(draw.between(0, 99)), tenths(draw.between(0, 99)), tenths(draw.between(20, 160)), tenths(draw.between(20, 160))] }
        : {}),
    });
  };
  const near = ({ keypoints, bbox: [x, y, w, h] }: Annotation, noise: number): number[] =>
    Array.from({ length: JOINTS }, (_, joint) => {
      const isLabelled = (keypoints[3 * joint + 2] as number) > 0;
      const [jointX, jointY] = isLabelled ? [keypoints[3 * joint] as number, keypoints[3 * joint + 1] as number] : [x + w / 2, y + h / 2];
      return [tenths(jointX + noise * h * draw.normal()), tenths(jointY + noise * h * draw.normal()), 1];
    }).flat();
  for (const person of people) {
    for (let count = draw.int(3); count > 0; count--) add(near(person, draw.percent(15) ? 0 : draw.between(0, 0.12)));
  }
  const extra = draw.percent(rules.manyPercent) ? 18 + draw.int(12) : draw.int(2);
  for (let i = 0; i < extra; i++) {
    const person = people[draw.int(people.length + 1)];
    const [x, y, size] = [draw.between(0, 600), draw.between(0, 400), draw.between(rules.minHeight, rules.maxHeight)];
    if (person !== undefined) add(near(person, draw.between(0, 0.4)));
    else add(Array.from({ length: JOINTS }, () => [tenths(x + draw.between(0, size)), tenths(y + draw.between(0, size)), 1]).flat());
  }
  return results;
}

const usual: Omit<SetRules, 'name'> = {
  images: 24,
  people: 5,
  minHeight: 20,
  maxHeight: 300,
  crowdPercent: 8,
  unlabelledPercent: 12,
  edgePercent: 10,
  twinPercent: 6,
  manyPercent: 8,
  scoreSteps: 1000,
  boxes: false,
};

/** The sets whose official answers are stored in tests/fixtures/keypoints-official.json. */
export const officialSets: readonly SetRules[] = [
  { ...usual, name: 'usual' },
  { ...usual, name: 'ties', scoreSteps: 3 },
  { ...usual, name: 'one score', scoreSteps: 1, manyPercent: 30 },
  { ...usual, name: 'boxes', boxes: true },
  { ...usual, name: 'boxes and ties', boxes: true, scoreSteps: 4, edgePercent: 50 },
  { ...usual, name: 'crowds', crowdPercent: 60, people: 8 },
  { ...usual, name: 'without labels', unlabelledPercent: 70 },
  { ...usual, name: 'nobody to find', unlabelledPercent: 100, images: 6 },
  { ...usual, name: 'edges of areas', edgePercent: 100 },
  { ...usual, name: 'many results', manyPercent: 80, images: 12 },
  { ...usual, name: 'twins', twinPercent: 70, scoreSteps: 10 },
  { ...usual, name: 'small', minHeight: 5, maxHeight: 40 },
  { ...usual, name: 'large', minHeight: 200, maxHeight: 450, people: 2 },
  { ...usual, name: 'one image', images: 1, people: 12 },
];

/** As many pictures and persons as COCO's val2017 has, and half as many results as the usual file of detected boxes gives (104,125). */
export const benchSet: SetRules = { ...usual, name: 'bench', images: 5000, people: 4, edgePercent: 1, twinPercent: 1, manyPercent: 35 };

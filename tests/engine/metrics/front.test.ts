import { describe, expect, test } from 'vitest';
import { hypervolume } from '../../../engine/metrics/hypervolume.ts';
import { kendallTauB } from '../../../engine/metrics/kendall.ts';
import { kneeOf } from '../../../engine/metrics/knee.ts';
import { paretoFront } from '../../../engine/metrics/pareto.ts';
import { createRng } from '../../../engine/rng.ts';

interface P {
  x: number;
  y: number;
}
const x = (p: P): number => p.x;
const y = (p: P): number => p.y;
const randomPoints = (n: number, seed: number, grid: number): P[] => {
  const rng = createRng(seed);
  return Array.from({ length: n }, () => ({ x: rng.int(grid), y: rng.int(grid) / grid }));
};

describe('paretoFront', () => {
  test('random points with ties: the same points as the definition, each once with its count', () => {
    for (const [seed, n, grid] of [
      [1, 40, 8],
      [2, 200, 25],
      [3, 1, 5],
      [4, 120, 1000],
    ] as const) {
      const points = randomPoints(n, seed, grid);
      const isDominated = (p: P): boolean => points.some((q) => q.x <= p.x && q.y >= p.y && (q.x < p.x || q.y > p.y));
      const expected = new Map<string, number>();
      for (const p of points.filter((q) => !isDominated(q))) expected.set(`${p.x},${p.y}`, (expected.get(`${p.x},${p.y}`) ?? 0) + 1);
      const { front } = paretoFront(points, x, y);
      expect(new Map(front.map((e) => [`${e.x},${e.y}`, e.count]))).toEqual(expected);
      expect(front.map((e) => e.x)).toEqual(front.map((e) => e.x).toSorted((p, q) => p - q));
    }
  });

  test('equal points: the first item given stands for all', () => {
    const items = [
      { x: 2, y: 0.5, id: 'b' },
      { x: 1, y: 0.4, id: 'a' },
      { x: 2, y: 0.5, id: 'c' },
    ];
    const { front } = paretoFront(items, x, y);
    expect(front.map((e) => [e.item.id, e.count])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('values that are not finite are counted, never on the front', () => {
    const { front, skipped } = paretoFront(
      [
        { x: 1, y: NaN },
        { x: NaN, y: 1 },
        { x: 3, y: 0.1 },
        { x: 1, y: Infinity },
      ],
      x,
      y,
    );
    expect(front.map((e) => e.x)).toEqual([3]);
    expect(skipped).toBe(3);
  });

  test('no points: an empty front', () => {
    expect(paretoFront<P>([], x, y)).toEqual({ front: [], skipped: 0 });
  });

  test('50,000 points with front and hypervolume: under 150 ms', () => {
    const points = randomPoints(50_000, 7, 1e9);
    let fastestMs = Infinity; // processor time of several rounds: others may be at work meanwhile
    let front: readonly unknown[] = [];
    let share = 0;
    for (let round = 0; round < 5; round++) {
      const start = process.cpuUsage();
      front = paretoFront(points, x, y).front;
      share = hypervolume(points, { x: 1e9, y: 0 });
      fastestMs = Math.min(fastestMs, process.cpuUsage(start).user / 1000);
    }
    expect(fastestMs).toBeLessThan(150);
    expect(front.length).toBeGreaterThan(3);
    expect(share).toBeGreaterThan(0.9);
  });
});

describe('kneeOf', () => {
  const front = [
    { x: 1e9, y: 0.5 },
    { x: 2e9, y: 0.7 },
    { x: 4e9, y: 0.75 },
    { x: 9e9, y: 0.8 },
  ];

  test('linear x: the point farthest from the chord, with the gains on both sides', () => {
    // scaled: (0, 0) (0.125, 0.667) (0.375, 0.833) (1, 1): y - x = 0.542 and 0.458
    const knee = kneeOf(front);
    expect(knee?.index).toBe(1);
    expect(knee?.gainLeft).toBeCloseTo(0.2e-9, 15);
    expect(knee?.gainRight).toBeCloseTo(0.025e-9, 15);
  });

  test('logarithmic x may choose another point', () => {
    expect(kneeOf(front, { logX: true })?.index).toBe(1);
    const other = [
      { x: 1, y: 0 },
      { x: 2, y: 0.4 },
      { x: 20, y: 0.62 },
      { x: 100, y: 1 },
    ];
    // linear: 0.390 and 0.428; log: 0.249 and -0.031
    expect(kneeOf(other)?.index).toBe(2);
    expect(kneeOf(other, { logX: true })?.index).toBe(1);
  });

  test('fewer than 3 points, or all on or below the chord: no knee', () => {
    expect(kneeOf(front.slice(0, 2))).toBeUndefined();
    expect(kneeOf([])).toBeUndefined();
    expect(
      kneeOf([
        { x: 0, y: 0.1 },
        { x: 1, y: 0.2 },
        { x: 2, y: 0.3 },
      ]),
    ).toBeUndefined();
    expect(
      kneeOf([
        { x: 0, y: 0 },
        { x: 1, y: 0.1 },
        { x: 2, y: 1 },
      ]),
    ).toBeUndefined();
  });

  test('equal distances: the cheaper point', () => {
    expect(
      kneeOf([
        { x: 0, y: 0 },
        { x: 1, y: 2 },
        { x: 2, y: 3 },
        { x: 4, y: 4 },
      ])?.index,
    ).toBe(1);
  });
});

describe('hypervolume', () => {
  test('two points and one outside, worked out by hand', () => {
    // reference (10, 0.2): box 10 * 0.8 = 8; (2, 0.4): (5 - 2) * 0.2 = 0.6; (5, 0.6): (10 - 5) * 0.4 = 2; (1, 0.1) is below the reference
    expect(
      hypervolume(
        [
          { x: 5, y: 0.6 },
          { x: 2, y: 0.4 },
          { x: 1, y: 0.1 },
          { x: 11, y: 0.9 },
        ],
        { x: 10, y: 0.2 },
      ),
    ).toBeCloseTo(2.6 / 8, 12);
  });

  test('the ideal point gives 1, no point gives 0, dominated points change nothing', () => {
    expect(hypervolume([{ x: 0, y: 1 }], { x: 3, y: 0.5 })).toBe(1);
    expect(hypervolume([], { x: 3, y: 0.5 })).toBe(0);
    const one = [{ x: 1, y: 0.8 }];
    expect(hypervolume([...one, { x: 2, y: 0.7 }, { x: 1, y: 0.8 }], { x: 3, y: 0.5 })).toBe(hypervolume(one, { x: 3, y: 0.5 }));
  });

  test('a reference without area is refused', () => {
    expect(() => hypervolume([], { x: 0, y: 0.5 })).toThrow(/x > 0/);
    expect(() => hypervolume([], { x: 1, y: 1 })).toThrow(/y < 1/);
  });
});

describe('kendallTauB', () => {
  test('ties on both sides: equal to the definition over all pairs', () => {
    const rng = createRng(5);
    for (const [n, grid] of [
      [30, 4],
      [51, 1000],
      [8, 2],
    ] as const) {
      const a = Array.from({ length: n }, () => rng.int(grid));
      const b = Array.from({ length: n }, () => rng.int(grid));
      let agree = 0,
        tiesA = 0,
        tiesB = 0;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
          const da = Math.sign((a[i] as number) - (a[j] as number));
          const db = Math.sign((b[i] as number) - (b[j] as number));
          agree += da * db;
          tiesA += da === 0 ? 1 : 0;
          tiesB += db === 0 ? 1 : 0;
        }
      }
      const all = (n * (n - 1)) / 2;
      expect(kendallTauB(a, b).tau).toBeCloseTo(agree / Math.sqrt((all - tiesA) * (all - tiesB)), 12);
    }
  });

  test('same and opposite order: 1 and -1; NaN pairs left out; too few below 8', () => {
    const a = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(kendallTauB(a, a)).toEqual({ tau: 1, n: 8, isTooFew: false });
    expect(kendallTauB(a, a.toReversed()).tau).toBe(-1);
    expect(kendallTauB([1, NaN, 3], [1, 2, 3])).toEqual({ tau: 1, n: 2, isTooFew: true });
  });

  test('one side all equal, or one pair: no agreement to speak of', () => {
    expect(kendallTauB([1, 1, 1], [1, 2, 3]).tau).toBeUndefined();
    expect(kendallTauB([1], [2])).toEqual({ tau: undefined, n: 1, isTooFew: true });
    expect(() => kendallTauB([1], [])).toThrow(/1 values against 0/);
  });
});

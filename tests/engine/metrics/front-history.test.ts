import { describe, expect, test } from 'vitest';
import { frontHistory } from '../../../engine/metrics/front-history.ts';
import { frontOf } from '../../../engine/metrics/front.ts';
import { RankSet } from '../../../engine/metrics/rank-set.ts';
import { createRng } from '../../../engine/rng.ts';

function randomColumns(count: number, seed: number, grid: number): { x: number[]; y: number[]; at: number[] } {
  const rng = createRng(seed);
  return {
    x: Array.from({ length: count }, () => 1 + rng.int(grid)),
    y: Array.from({ length: count }, () => rng.int(grid) / grid),
    at: Array.from({ length: count }, (_, row) => row),
  };
}

describe('RankSet', () => {
  test('neighbours of every number are those of the sorted members, over several levels', () => {
    const rng = createRng(3);
    const set = new RankSet(2_100);
    const members = new Set<number>();
    for (let round = 0; round < 400; round++) {
      const rank = rng.int(2_100);
      if (rng.int(3) === 0) {
        set.delete(rank);
        members.delete(rank);
      } else {
        set.add(rank);
        members.add(rank);
      }
    }
    const sorted = [...members].toSorted((a, b) => a - b);
    for (let rank = 0; rank < 2_100; rank += 7) {
      expect(set.atMost(rank)).toBe(sorted.findLast((member) => member <= rank) ?? -1);
      expect(set.atLeast(rank)).toBe(sorted.find((member) => member >= rank) ?? -1);
    }
    expect(new RankSet(5).atLeast(0)).toBe(-1);
  });
});

describe('frontHistory', () => {
  test('at every time the rows that entered and have not left are the front of the points until then', () => {
    const columns = randomColumns(120, 11, 30);
    const { entered, left, changes } = frontHistory(columns, { x: 25, y: 0.2 });
    for (let time = 0; time < 120; time++) {
      const known = columns.at.map((at) => at <= time);
      const expected = frontOf({ ...columns, competes: known }, { reference: { x: 25, y: 0.2 } });
      const rows = columns.at.filter((row) => entered[row]! >= 0 && entered[row]! <= time && (left[row]! < 0 || time < left[row]!));
      expect(rows.toSorted((a, b) => columns.x[a]! - columns.x[b]!)).toEqual(expected.points.map(({ row }) => row));
      const change = changes.findLast(({ at }) => at <= time)!;
      expect(change.size).toBe(expected.points.length);
      expect(change.hypervolume).toBeCloseTo(expected.hypervolume!, 12);
    }
  });

  test('rows of one time appear together: one that another of them dominates was never seen', () => {
    const { entered, left, changes } = frontHistory({ x: [5, 4, 9], y: [0.5, 0.6, 0.9], at: [3, 3, 4] });
    expect([...entered]).toEqual([3, 3, 4]);
    expect([...left]).toEqual([3, -1, -1]);
    expect(changes).toEqual([
      { at: 3, size: 1 },
      { at: 4, size: 2 },
    ]);
  });

  test('rows without a score or that do not compete never enter; of equal rows the first stands for all', () => {
    const { entered } = frontHistory({
      x: [1, 2, 2, 3],
      y: [NaN, 0.5, 0.5, 0.9],
      at: [0, 1, 2, 3],
      competes: [true, true, true, false],
    });
    expect([...entered]).toEqual([-1, 1, -1, -1]);
  });

  test('50,000 points that all are on the front: under 150 ms', () => {
    const count = 50_000;
    const rng = createRng(5);
    const x = Array.from({ length: count }, () => 1 + rng.int(1e9));
    const points = { x, y: x.map((value) => value / 2e9), at: x.map((_, row) => row) };
    let fastestMs = Infinity; // processor time of several rounds: others may be at work meanwhile
    let size = 0;
    for (let round = 0; round < 5; round++) {
      const start = process.cpuUsage();
      size = frontHistory(points, { x: 2e9, y: 0 }).changes.at(-1)!.size;
      fastestMs = Math.min(fastestMs, process.cpuUsage(start).user / 1000);
    }
    expect(size).toBe(new Set(x).size);
    expect(fastestMs).toBeLessThan(150);
  });
});

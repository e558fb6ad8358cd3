import { describe, expect, test } from 'vitest';
import { createRandom, drawNormal, hash32, itemSeed, permutation } from '../../datasets/random.ts';
import { hash32 as engineHash32 } from '../../engine/rng.ts';

describe('hash32', () => {
  test('FNV-1a test values, and the same as the engine', () => {
    expect(hash32('')).toBe(0x811c9dc5);
    expect(hash32('a')).toBe(0xe40c292c);
    expect(hash32('foobar')).toBe(0xbf9cf968);
    expect(hash32('Zürich/0')).toBe(engineHash32('Zürich/0'));
  });

  test('an item seed is the hash of its parts joined by slashes', () => {
    expect(itemSeed(3, 'train', 12, 'noise')).toBe(hash32('3/train/12/noise'));
  });
});

describe('createRandom', () => {
  test('equal seeds give equal streams, others do not', () => {
    const stream = (seed: number): number[] => Array.from({ length: 5 }, createRandom(seed).bits);
    expect(stream(7)).toEqual(stream(7));
    expect(stream(7)).not.toEqual(stream(8));
  });

  test('10,000 values: mean 1/2, variance 1/12, all in [0, 1)', () => {
    const random = createRandom(1);
    const values = Array.from({ length: 10_000 }, () => random.uniform());
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.012);
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.003);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
  });

  test('an empty list cannot be picked from', () => {
    expect(() => createRandom(0).pick([])).toThrow(RangeError);
  });
});

test('permutation: every number once; each of 3! orders about equally often in 6,000', () => {
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 6000; seed++) {
    const order = permutation(3, createRandom(seed)).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
});

test('drawNormal, 10,000 values: mean 0, variance 1, 69 % below 0.5, none is infinite', () => {
  const random = createRandom(8);
  const values = Array.from({ length: 10_000 }, () => drawNormal(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.04);
  expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  expect(Math.abs(values.filter((value) => value < 0.5).length / values.length - 0.6915)).toBeLessThan(0.02);
  expect(values.every(Number.isFinite)).toBe(true);
});

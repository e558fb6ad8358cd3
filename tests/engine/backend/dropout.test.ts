import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { testableBackends } from './testable-backends.ts';

function maskOf(size: number, rate: number, seed: number): number[] {
  return tf.tidy(() => Array.from(tf.dropout(tf.ones([size]), rate, seed).dataSync()));
}

describe('dropout', () => {
  const masks = new Map<string, number[]>();
  describe.each(testableBackends)('on %s', (id) => {
    beforeAll(() => openBackend(id).then(() => undefined));

    test('the mask depends on seed and place alone, and is the same on every backend', () => {
      for (const seed of [0, 1, -7, 2 ** 31, 4294967295]) {
        const mask = maskOf(103, 0.3, seed);
        expect(maskOf(103, 0.3, seed)).toEqual(mask);
        const known = masks.get(String(seed));
        if (known) expect(mask).toEqual(known);
        masks.set(String(seed), mask);
      }
      expect(new Set([...masks.values()].map((mask) => mask.join())).size).toBe(5);
    });

    test('a share of about `rate` is dropped, and the rest keeps the mean', () => {
      const mask = maskOf(20_000, 0.25, 3);
      const dropped = mask.filter((value) => value === 0).length / mask.length;
      expect(Math.abs(dropped - 0.25)).toBeLessThan(0.01); // 3 standard deviations: 0.0092
      for (const value of new Set(mask)) expect(value === 0 || Math.abs(value - 1 / 0.75) < 1e-6).toBe(true);
    });

    test('rate 0 changes nothing', () => {
      expect(maskOf(9, 0, 5)).toEqual(Array.from({ length: 9 }, () => 1));
    });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { passes } from '../../../engine/verify/check.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'dpc');

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

describe('golden files of DPC on wasm', () => {
  it.each<[string, number]>([
    ['top1-small', 7],
    ['top1', 7],
    ['aspp', 7],
    ['random-a', 7],
    ['mobilenet-v2-os16', 9],
    ['mobilenet-v2-os16-even', 9],
  ])(
    'slow: %s passes with %i outputs, and nothing is left in memory',
    async (name, outputs) => {
      const before = tf.memory().numTensors;
      const value: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      const result = await verifyGolden(name, value, defaultVerifyOptions(backend));
      expect(result.checks.filter((check) => !passes(check))).toEqual([]);
      expect(result).toMatchObject({ pass: true, skipped: [], absent: ['train', 'trainSmallStep'] });
      expect(result.checks.filter(({ what }) => /^output '/.test(what))).toHaveLength(outputs);
      expect(tf.memory().numTensors).toBe(before);
    },
    60_000,
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { passes } from '../../../engine/verify/check.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'vit-resnas');

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

describe('golden files of ViT-ResNAS on wasm', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'tiny-112',
      [],
      ['output 0 at 1x3x112x112, in standard deviations', 'train: loss of step 1, relative', 'trainSmallStep: loss of step 3, relative'],
    ],
    ['tiny', ['train', 'trainSmallStep'], ['output 0 at 1x3x224x224, in standard deviations']],
    [
      'supernet-tiny-subnet-a',
      ['bufferCount', 'norms', 'train', 'trainSmallStep'],
      ['number of parameters of the sub-network', 'output 0 at 1x3x112x112, in standard deviations'],
    ],
  ])(
    'slow: %s passes, and nothing is left in memory',
    async (name, absent, compared) => {
      const before = tf.memory().numTensors;
      const golden: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      const result = await verifyGolden(name, golden, defaultVerifyOptions(backend));
      expect(result.checks.filter((check) => !passes(check))).toEqual([]);
      expect(result).toMatchObject({ pass: true, skipped: [], absent });
      expect(result.checks.map((check) => check.what)).toEqual(expect.arrayContaining([...compared]));
      expect(tf.memory().numTensors).toBe(before);
    },
    180_000,
  );
});

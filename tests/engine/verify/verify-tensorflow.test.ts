import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import { findInstalled } from '../../../engine/backend/tensorflow/installed.ts';
import { tensorflowCounts } from '../../../engine/backend/tensorflow/open.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { passes, type GoldenCheck } from '../../../engine/verify/check.ts';
import { knownSystems } from '../../../engine/verify/systems.ts';
import { verifyGolden } from '../../../engine/verify/verify.ts';

const reference = join(import.meta.dirname, '..', '..', 'fixtures', 'reference');
const files = knownSystems().flatMap((system) =>
  readdirSync(join(reference, system))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(system, name)),
);

/**
 * The loss of cs2 after two updates hangs on values within rounding of the kink of a ReLU (docs/backends.md): off by 7.8e-6 with AVX-512, 2.41e-5
 * with AVX2 and 2.5e-6 without either, where 2.27e-5 is allowed. Nothing else may fail, and this not by more.
 */
const notReached = { file: 'hr-nas/cityscapes-cs2.json', what: 'trainSmallStep: loss of step 3, relative', deviation: 2.5e-5 };

describe.skipIf(findInstalled() === undefined)('golden files on native TensorFlow', () => {
  beforeAll(() => openBackend('tensorflow', { threads: 2 }).then(() => undefined));

  it.each(files)(
    'slow: %s passes compiled, and nothing is left in memory',
    async (file) => {
      const before = tf.memory().numTensors;
      const { functions } = tensorflowCounts()!;
      const golden: unknown = JSON.parse(readFileSync(join(reference, file), 'utf8'));
      const result = await verifyGolden(file, golden, { training: true, maxForwardMacs: Infinity, mode: 'compiled' });
      const isKnown = ({ what, deviation }: GoldenCheck): boolean =>
        file === notReached.file && what === notReached.what && deviation <= notReached.deviation;
      expect(result.checks.filter((check) => !passes(check) && !isKnown(check))).toEqual([]);
      expect(result.skipped).toEqual([]);
      expect(tf.memory().numTensors).toBe(before);
      expect(tensorflowCounts()!.functions).toBe(functions);
    },
    240_000,
  );
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend, type Backend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { GoldenFile } from '../../../engine/verify/golden-file.ts';
import { passes, type GoldenCheck } from '../../../engine/verify/check.ts';
import { defaultVerifyOptions, verifyGolden } from '../../../engine/verify/verify.ts';

const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'reference', 'hr-nas');

/** Every compared loss is allowed ten times the float32 figure of its own step, or 5e-6. */
function checkLossLimits(checks: readonly GoldenCheck[], golden: GoldenFile): void {
  const limits = new Map(checks.map(({ what, allowed }) => [what, allowed]));
  for (const [name, steps] of [
    ['train', 1],
    ['trainSmallStep', 3],
  ] as const) {
    const figures = golden[name];
    for (let step = 0; figures !== undefined && step < steps; step++) {
      const limit = Math.max((10 * figures.float32.lossDiffs[step]!) / figures.losses[step]!, 5e-6);
      expect(limits.get(`${name}: loss of step ${step + 1}, relative`)).toBeCloseTo(limit, 12);
    }
  }
}

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

describe('golden files on wasm', () => {
  it.each(['cityscapes-cs2', 'cityscapes-supernet', 'cityscapes-supernet-transformer'])(
    'slow: %s passes: structure, forward passes, losses, gradients, and nothing is left in memory',
    async (name) => {
      const before = tf.memory().numTensors;
      const golden: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      const result = await verifyGolden(name, golden, defaultVerifyOptions(backend));
      expect(result.checks.filter((check) => !passes(check))).toEqual([]);
      const absent = name.endsWith('transformer') ? ['train', 'trainSmallStep'] : [];
      expect(result).toMatchObject({ pass: true, skipped: [], absent });
      checkLossLimits(result.checks, golden as GoldenFile);
      expect(tf.memory().numTensors).toBe(before);
    },
    180_000,
  );

  it('slow: a wrong output value fails with its position, and the modules show that nothing before differs', async () => {
    const golden = JSON.parse(readFileSync(join(folder, 'cityscapes-cs2.json'), 'utf8')) as {
      eval: { outputs: { values: number[] }[] }[];
    } & GoldenFile;
    golden.eval[0]!.outputs[0]!.values[3]! += 1; // the standard deviation is 110
    const result = await verifyGolden(
      'damaged',
      { ...golden, eval: golden.eval.slice(0, 1) },
      { training: false, maxForwardMacs: Infinity, mode: 'eager' },
    );
    expect(result.pass).toBe(false);
    expect(result.checks.at(-1)).toMatchObject({ what: 'output 0 at 1x3x64x128, in standard deviations', detail: 'largest at value 941' });
    expect(result.modules).toHaveLength(30);
    expect(result.modules?.every(passes)).toBe(true);
  }, 180_000);

  it.each(['mean', 'first', 'std'] as const)(
    'slow: a wrong %s of a gradient fails, though the losses agree',
    async (figure) => {
      const golden = structuredClone(JSON.parse(readFileSync(join(folder, 'cityscapes-cs2.json'), 'utf8'))) as GoldenFile & {
        trainSmallStep?: unknown;
        eval: unknown[];
      };
      const wrong = golden.train!.gradientsStep1!.map((entry, i) =>
        i === 7 ? { ...entry, [figure]: entry[figure] + 0.02 * entry.std } : entry,
      );
      const damaged = {
        ...golden,
        eval: golden.eval.slice(0, 1),
        trainSmallStep: undefined,
        train: { ...golden.train, gradientsStep1: wrong },
      };
      const result = await verifyGolden('damaged', damaged, { training: true, maxForwardMacs: 0, mode: 'eager' });
      const failed = result.checks.filter((check) => !passes(check));
      expect(failed).toHaveLength(1);
      expect(failed[0]!.what).toContain(`of the gradient of ${wrong[7]!.name}`);
      expect(result.absent).toEqual(['trainSmallStep']);
    },
    60_000,
  );
});

import { beforeAll, describe, expect, it } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { findInstalled } from '../../../../engine/backend/tensorflow/installed.ts';
import { createStep, dispose, type StepMode } from '../../../../engine/backend/tf.ts';
import { benchEntries } from '../../../bench/support/bench-table.ts';
import { goldenNetwork } from '../../../bench/support/golden-training.ts';

/** The supernets take minutes: `npm run bench -- exactness` has them too, and ends with 1 when they differ. */
const files = benchEntries.flatMap(({ golden }) => (golden === undefined || golden.includes('supernet') ? [] : golden));
const steps = 20;

async function lossesOf(file: string, mode: StepMode): Promise<number[]> {
  const network = goldenNetwork(file, 1);
  const step = createStep('golden', network.train, mode);
  const losses: number[] = [];
  for (let i = 1; i <= steps; i++) {
    const [result] = await step.run({ tensors: network.tensors, numbers: network.numbersAt(i), seeds: [] });
    losses.push((await result!.data())[0]!);
    dispose(result!);
  }
  step.dispose();
  return losses;
}

describe.skipIf(findInstalled() === undefined)('networks of the golden files on native TensorFlow', () => {
  beforeAll(() => openBackend('tensorflow', { threads: 2 }).then(() => undefined));

  it.each(files)('slow: %s: losses of 20 training steps, compiled and op by op, agree to 1e-6', async (file) => {
    const [eager, compiled] = [await lossesOf(file, 'eager'), await lossesOf(file, 'compiled')];
    expect(new Set(eager).size).toBeGreaterThan(steps / 2);
    eager.forEach((loss, i) => expect(Math.abs(compiled[i]! / loss - 1)).toBeLessThan(1e-6));
  }, 300_000);
});

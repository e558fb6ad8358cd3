import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hasNative, largestDifference } from './native-ops.ts';

type Results = Record<string, string[]>;

/** What kernels-fingerprint.ts prints. */
async function resultsWith(threads: number, instructionSet: string): Promise<Results> {
  const script = join(import.meta.dirname, 'kernels-fingerprint.ts');
  const env = { ...process.env, PARETOSCOPE_INSTRUCTION_SET: instructionSet };
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(threads)], { env, maxBuffer: 2 ** 30 });
  return JSON.parse(stdout) as Results;
}

function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

describe.skipIf(!hasNative)('own kernels in processes of their own', () => {
  it('1, 2 and 3 threads give the same bits', async () => {
    const one = await resultsWith(1, 'avx512');
    expect(Object.keys(one)).toHaveLength(33);
    for (const threads of [2, 3]) {
      const several = await resultsWith(threads, 'avx512');
      expect(Object.keys(one).filter((name) => one[name]!.join() !== several[name]!.join())).toEqual([]);
    }
  }, 60_000);

  it.each(['avx2', 'base'])(
    '%s agrees with the best of the processor',
    async (instructionSet) => {
      const [best, other] = await Promise.all([resultsWith(2, 'avx512'), resultsWith(2, instructionSet)]);
      for (const [name, outputs] of Object.entries(best)) {
        outputs.forEach((bytes, i) => {
          const difference = largestDifference(floats(other[name]![i]!), floats(bytes));
          expect({ name, i, isClose: difference < 3e-6 }).toEqual({ name, i, isClose: true });
        });
      }
    },
    60_000,
  );
});

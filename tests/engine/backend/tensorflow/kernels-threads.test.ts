import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { kernelCases } from './kernel-cases.ts';
import { hasNative, largestDifference } from './native-ops.ts';

type Results = Record<string, string[]>;

/** What a script beside this one prints, run in a process of its own. */
async function printed(script: string, threads: number, env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const args = [join(import.meta.dirname, script), String(threads)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env }, maxBuffer: 2 ** 30 });
  return JSON.parse(stdout) as unknown;
}

async function resultsWith(threads: number, instructionSet: string): Promise<Results> {
  return (await printed('kernels-fingerprint.ts', threads, { PARETOSCOPE_INSTRUCTION_SET: instructionSet })) as Results;
}

function floats(base64: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new Float32Array(bytes.buffer);
}

/** Those that the best of this processor can be compared with: without AVX-512 that is AVX2 itself. */
const otherSets = cpuFlags().includes('avx512f') ? ['avx2', 'base'] : ['base'];

function cpuFlags(): readonly string[] {
  const info = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return /^flags\s*:(.*)$/m.exec(info)?.[1]?.split(' ') ?? [];
}

describe.skipIf(!hasNative)('own kernels in processes of their own', () => {
  it('1, 2 and 3 threads give the same bits', async () => {
    const one = await resultsWith(1, 'avx512');
    expect(Object.keys(one)).toHaveLength(kernelCases.length);
    for (const threads of [2, 3]) {
      const several = await resultsWith(threads, 'avx512');
      expect(Object.keys(one).filter((name) => one[name]!.join() !== several[name]!.join())).toEqual([]);
    }
  }, 60_000);

  it('products, sums and means as the engine calls them: 1, 2 and 3 threads give the same bits', async () => {
    const one = await printed('ops-fingerprint.ts', 1);
    expect(Object.keys(one as object)).toHaveLength(21);
    for (const threads of [2, 3]) expect(await printed('ops-fingerprint.ts', threads)).toEqual(one);
  }, 60_000);

  it.each(otherSets)(
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

import { beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../../engine/backend/backend.ts';
import { maxDifference, readKernelCase } from '../../../conformance/kernel.ts';
import { webgpuCases } from './cases.ts';
import { runWebgpuProcess, swiftshader, swiftshaderEnvironment } from './swiftshader.ts';

interface KernelAnswer {
  readonly output: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  /** Tensors that were not freed. */
  readonly left: number;
}

const title = swiftshader === undefined ? 'webgpu on SwiftShader, which is not installed (apt-get install chromium-common)' : 'webgpu on SwiftShader';

describe.skipIf(swiftshader === undefined)(title, () => {
  let answers: ReadonlyMap<string, unknown>;
  beforeAll(async () => {
    [answers] = await Promise.all([runWebgpuProcess(swiftshaderEnvironment(true)), openBackend('cpu')]);
  }, 180_000);

  test('opens after its self test', () => {
    expect(answers.get('description')).toEqual({ isAvailable: true });
    expect(answers.get('opened')).toBe('webgpu');
    expect(answers.get('adapter')).toContain('SwiftShader');
  });

  test.each(webgpuCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))(
    '%s: output and gradients agree with cpu, no tensor is left',
    async (name, kernelCase) => {
      const { output, gradients, left } = answers.get(name) as KernelAnswer;
      const expected = await readKernelCase(kernelCase);
      expect(left).toBe(0);
      expect(maxDifference(Float32Array.from(output), expected.output)).toBeLessThan(2e-5 * scaleOf(expected.output));
      expect(gradients).toHaveLength(expected.gradients.length);
      gradients.forEach((gradient, i) => {
        const reference = expected.gradients[i]!;
        expect(maxDifference(Float32Array.from(gradient), reference)).toBeLessThan(5e-5 * scaleOf(reference));
      });
    },
  );

  test('a training step has the same bits each time', () => {
    const [first, second] = answers.get('fingerprints') as string[];
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(second).toBe(first);
  });

  test('free buffers of sizes that do not come again are given back: 1 MB may stay, 2 MB are in use', () => {
    expect(answers.get('bytes')).toBeLessThan(4.5e6);
  });

  test.each([
    ['bool as float', 'Float32Array 1 0 1'],
    ['bool as int', 'Int32Array 1 0 1'],
    ['int as float', 'Float32Array 3 -4'],
  ])('%s is read in its new type', (name, expected) => {
    expect(answers.get(name)).toBe(expected);
  });

  test('reading synchronously is refused', () => {
    expect(answers.get('read now')).toMatchObject({ code: 'no-sync-read', message: expect.stringContaining('dataSync') });
  });

  test('a tensor larger than a buffer may be is refused with both sizes', () => {
    expect(answers.get('too large')).toMatchObject({ code: 'out-of-memory', message: expect.stringContaining('2147.5 MB') });
  });

  test('a command that the device refuses is told by the next read', () => {
    expect(answers.get('wrong command')).toMatchObject({ code: 'backend-failed', message: expect.stringContaining('refused a command') });
  });

  test.each(['lost', 'after the loss'])('%s: a device that is gone is told with what to do', (name) => {
    expect(answers.get(name)).toMatchObject({ code: 'device-lost', tip: expect.stringContaining('Resume') });
  });

  test('without the option for tests a software adapter is neither listed as ready nor opened', async () => {
    const refused = await runWebgpuProcess(swiftshaderEnvironment(false));
    expect(refused.get('description')).toMatchObject({ isAvailable: false, reason: expect.stringContaining('computes on the CPU') });
    expect(refused.get('refused')).toMatchObject({ code: 'software-adapter' });
  });
});

/** The largest magnitude, at least 1. */
function scaleOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { kernelCases, largeKernelCases, maxDifference, runKernelCase } from '../../conformance/kernel.ts';
import type { CaseResult } from '../../conformance/kernel.ts';

const reference = new Map<string, CaseResult>();

for (const id of ['cpu', 'wasm']) {
  describe(`ops on ${id}`, () => {
    let tensors = 0;
    beforeAll(async () => {
      await openBackend(id);
      tensors = tf.memory().numTensors;
    });
    afterAll(() => expect(tf.memory().numTensors).toBe(tensors));

    test.each(kernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))('%s: gradient agrees with finite differences', (title, kernelCase) => {
      const result = runKernelCase(kernelCase);
      if (id === 'cpu') reference.set(title, result);
      for (const { measured, claimed } of result.slopes) {
        expect(Math.abs(measured - claimed)).toBeLessThanOrEqual(4e-3 * Math.max(1, Math.abs(claimed)) + 1e-3);
      }
    });

    if (id === 'cpu') {
      test.each(largeKernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))('%s: finite values (slow)', (title, kernelCase) => {
        const result = runKernelCase(kernelCase);
        reference.set(title, result);
        expect(result.output.every(Number.isFinite)).toBe(true);
      });
    } else {
      test.each(largeKernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))('%s: agrees with cpu in proportion', (title, kernelCase) => {
        const result = runKernelCase(kernelCase);
        const expected = reference.get(title)!;
        expect(maxDifference(result.output, expected.output)).toBeLessThan(1e-5 * scaleOf(expected.output));
        result.gradients.forEach((gradient, i) => expect(maxDifference(gradient, expected.gradients[i]!)).toBeLessThan(2e-5 * scaleOf(expected.gradients[i]!)));
      });

      test.each(kernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))('%s: agrees with cpu', (title, kernelCase) => {
        const result = runKernelCase(kernelCase);
        const expected = reference.get(title)!;
        expect(maxDifference(result.output, expected.output)).toBeLessThan(2e-5);
        result.gradients.forEach((gradient, i) => expect(maxDifference(gradient, expected.gradients[i]!)).toBeLessThan(5e-5));
      });
    }
  });
}

/** The largest magnitude, at least 1. */
function scaleOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
}

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBackend } from '../../../engine/backend/backend.ts';
import * as tf from '../../../engine/backend/tf.ts';
import { kernelCases, largeKernelCases, maxDifference, runKernelCase } from '../../conformance/kernel.ts';
import type { CaseResult } from '../../conformance/kernel.ts';
import { testableBackends } from './testable-backends.ts';

const reference = new Map<string, CaseResult>();

for (const id of testableBackends) {
  describe(`ops on ${id}`, () => {
    let tensors = 0;
    beforeAll(async () => {
      await openBackend(id);
      tensors = tf.memory().numTensors;
    });
    afterAll(() => expect(tf.memory().numTensors).toBe(tensors));

    test.each(kernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))(
      '%s: gradient agrees with finite differences',
      (title, kernelCase) => {
        const result = runKernelCase(kernelCase);
        if (id === 'cpu') reference.set(title, result);
        for (const { measured, claimed } of result.slopes) {
          expect(Math.abs(measured - claimed)).toBeLessThanOrEqual(4e-3 * Math.max(1, Math.abs(claimed)) + 1e-3);
        }
      },
    );

    if (id === 'cpu') {
      test.each(largeKernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))(
        '%s: finite values (slow)',
        (title, kernelCase) => {
          const result = runKernelCase(kernelCase);
          reference.set(title, result);
          expect(result.output.every(Number.isFinite)).toBe(true);
        },
      );
    } else {
      test.each(largeKernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))(
        '%s: agrees with cpu in proportion',
        (title, kernelCase) => {
          const result = runKernelCase(kernelCase);
          const expected = reference.get(title)!;
          expect(maxDifference(result.output, expected.output)).toBeLessThan(1e-5 * scaleOf(expected.output));
          result.gradients.forEach((gradient, i) =>
            expect(maxDifference(gradient, expected.gradients[i]!)).toBeLessThan(2e-5 * scaleOf(expected.gradients[i]!)),
          );
        },
      );

      test.each(kernelCases.map((kernelCase) => [kernelCase.title, kernelCase] as const))('%s: agrees with cpu', (title, kernelCase) => {
        const result = runKernelCase(kernelCase);
        const expected = reference.get(title)!;
        expect(maxDifference(result.output, expected.output)).toBeLessThan(2e-5);
        result.gradients.forEach((gradient, i) => expect(maxDifference(gradient, expected.gradients[i]!)).toBeLessThan(5e-5));
      });
    }
  });
}

/** Exported, but nothing to differentiate: constants, lifetime, updates in place, and what is a constant for gradients. */
const withoutGradient = new Set([
  'tensor',
  'tensor1d',
  'tensor2d',
  'tensor3d',
  'tensor4d',
  'scalar',
  'variable',
  'zeros',
  'ones',
  'zerosLike',
  'onesLike',
  'fill',
  'oneHot',
  'range',
  'linspace',
  'keep',
  'dispose',
  'memory',
  'tidy',
  'stopGradient',
  'valueAndGradients',
  'adamCorrections',
  'canCompile',
  'createStep',
  'deriveSeed',
  'enterScope',
  'updateAdamW',
  'updateEma',
  'updateRmsProp',
  'updateSgd',
  'floor',
  'round',
  'argMax',
  'greater',
  'greaterEqual',
  'less',
  'lessEqual',
  'equal',
  'notEqual',
  'logicalAnd',
  'logicalOr',
  'logicalNot',
  'currentScope',
]);

test.each(['max', 'min', 'maximum', 'minimum', 'abs'])(
  '%s, whose gradient is wrong at ties, at 0 or under broadcasting, is not to be had',
  (name) => {
    expect(Object.keys(tf)).not.toContain(name);
  },
);

test('every differentiable function of the door to TensorFlow.js has a case', () => {
  const called = kernelCases.map(({ run }) => run.toString()).join('\n');
  const names = Object.keys(tf).filter((name) => !withoutGradient.has(name));
  expect(names.length).toBeGreaterThan(40);
  expect(names.filter((name) => !called.includes(`.${name})(`) && !called.includes(`.${name}(`))).toEqual([]);
});

describe.each(testableBackends)('ties on %s', (id) => {
  beforeAll(() => openBackend(id).then(() => undefined));

  test.each<[string, (a: tf.Tensor1D, b: tf.Tensor1D) => tf.Tensor, number[]]>([
    ['where', (a, b) => tf.where(tf.greater(a, b), a, b), [1, 1, 1, 1]],
    [
      'maxPool',
      (a, b) => tf.maxPool(tf.reshape(tf.stack([a, b]), [1, 2, 4, 1]), { size: [2, 1], stride: [1, 1], padding: [0, 0, 0, 0] }),
      [1, 1, 1, 1],
    ],
  ])('%s: the gradients of equal values add up to that of the result', (_, f, expected) => {
    const [a, b] = tf.tidy(() => [tf.variable(tf.tensor1d([1, 2, 3, 0])), tf.variable(tf.tensor1d([1, 2, 1, 0]))]) as [
      tf.Variable,
      tf.Variable,
    ];
    const { value, grads } = tf.valueAndGradients(() => tf.sum(f(a as unknown as tf.Tensor1D, b as unknown as tf.Tensor1D)), [a, b]);
    const [first, second] = grads.map((gradient) => Array.from(gradient.dataSync()));
    expect(first!.map((share, i) => share + second![i]!)).toEqual(expected);
    tf.dispose([value, a, b, ...grads]);
  });
});

/** The largest magnitude, at least 1. */
function scaleOf(values: Float32Array): number {
  return values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
}

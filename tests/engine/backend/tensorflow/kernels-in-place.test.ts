import { describe, expect, it } from 'vitest';
import { kernelCases } from './kernel-cases.ts';
import { NativeOps, hasNative } from './native-ops.ts';

describe.skipIf(!hasNative)('own kernels in a function', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  it.each(kernelCases.map((c, i) => [`${i} ${c.op}`, c] as const))(
    '%s: known shapes, and in the place of its inputs the same bits as beside them',
    (_, { op, inputs, attributes, outputs }) => {
      const eager = ops!.run(op, inputs, attributes, outputs);
      const inPlace = ops!.runInFunction(op, inputs, attributes, outputs);
      expect(inPlace.map(({ shape }) => shape)).toEqual(eager.map(({ shape }) => shape));
      const bytes = eager.map(({ values }) => Buffer.from(values.buffer));
      expect(inPlace.map(({ values }, i) => Buffer.from(values.buffer).equals(bytes[i]!))).toEqual(eager.map(() => true));
      expect(ops!.binding.counts()).toMatchObject({ tensors: 0, graphs: 0, functions: 0 });
    },
  );
});

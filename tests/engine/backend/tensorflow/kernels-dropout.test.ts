import { describe, expect, it } from 'vitest';
import { dropLimit, randomBits } from '../../../../engine/backend/ops/dropout.ts';
import { NativeOps, hasNative, randomTensor } from './native-ops.ts';
import type { NativeInput } from './native-ops.ts';

const seedOf = (seed: number): NativeInput => ({ shape: [], values: Int32Array.of(seed) });

describe.skipIf(!hasNative)('dropout of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  // 30,001 values: several blocks and a rest
  it.each([
    [0, 12],
    [0.1, -7],
    [0.5, 0x7fffffff],
    [0.999, 3],
  ])('rate %s, seed %s: the mask of randomBits, bit for bit', (rate, seed) => {
    const x = randomTensor([30001], 1);
    const factor = 1 / (1 - rate);
    const [y] = ops!.run('LabDropout', [x, seedOf(seed)], { limit: dropLimit(rate), factor: { float: factor } });
    const wanted = x.values.map((value, i) => (randomBits(seed, i) >= dropLimit(rate) ? value * Math.fround(factor) : 0));
    expect(Array.from(y!.values, Number)).toEqual(Array.from(wanted, (value) => value + 0));
  });

  it('a seed that is no single number is refused', () => {
    const two = { shape: [2], values: Int32Array.of(1, 2) };
    expect(() => ops!.run('LabDropout', [randomTensor([3], 1), two], { limit: 1, factor: { float: 1 } })).toThrow(/seed \[2\]/);
  });

  it('derived seeds: (seed ^ mask) * factor in 32 bits', () => {
    const [mask, factor] = [Math.imul(5, 0x9e3779b1), 0x85ebca6b | 0];
    const [derived] = ops!.run('LabDeriveSeed', [seedOf(1234567)], { mask, factor });
    expect(Number(derived!.values[0])).toBe(Math.imul(1234567 ^ mask, factor));
  });
});

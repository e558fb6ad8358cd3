import { expect, test } from 'vitest';
import { factorHistogram } from '../../../engine/search/factor-histogram.ts';

test('four bins a decade from 1e-6; atoms by size, tokens by value, the rest below or in the last', () => {
  const { from, perDecade, atoms, tokens, below } = factorHistogram(
    [
      [1e-3, -1.1e-3, 0],
      [0.5, 99],
    ],
    [[0.5, -0.5, 1e-9]],
  );
  const bin = (value: number): number => Math.floor((Math.log10(value) - from) * perDecade);
  expect(atoms[bin(1.05e-3)]).toBe(2);
  expect(atoms[bin(0.5)]).toBe(1);
  expect(atoms.at(-1)).toBe(1);
  expect(tokens[bin(0.5)]).toBe(1);
  expect(below).toEqual({ atoms: 1, tokens: 2 });
  expect([atoms.length, tokens.length]).toEqual([28, 28]);
});

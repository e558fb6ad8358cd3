import { describe, expect, test } from 'vitest';
import { choiceImportance } from '../../../engine/metrics/choice-importance.ts';
import { comparabilityFindings } from '../../../engine/metrics/comparability.ts';
import { createRng } from '../../../engine/rng.ts';

describe('choiceImportance', () => {
  test('a choice that settles the score alone: 1; two groups of means 1 and 3 with spread 1 around them: by hand', () => {
    expect(choiceImportance([0, 0, 0, 0, 1, 1, 1, 1], [2, 2, 2, 2, 5, 5, 5, 5])).toBeCloseTo(1, 12);
    // total = 8 * 1 (between: 8 * 1^2) + 8 * 1 (within) = 16; noise = 8 / 6 * 1; (8 - 8/6) / 16
    expect(choiceImportance([0, 0, 0, 0, 1, 1, 1, 1], [0, 2, 0, 2, 2, 4, 2, 4])).toBeCloseTo((8 - 8 / 6) / 16, 12);
  });

  test('a choice of 200 values that has nothing to do with the score: about 0, though every value is rare', () => {
    const rng = createRng(1);
    const values = Array.from({ length: 400 }, () => rng.int(200));
    const scores = values.map(() => rng.int(1000));
    expect(choiceImportance(values, scores)).toBeLessThan(0.05);
    expect(
      choiceImportance(
        values,
        values.map((value) => value ** 2),
      ),
    ).toBeGreaterThan(0.85);
  });

  test('too few trials, or scores that are all equal: undefined', () => {
    expect(choiceImportance([1, 2, 3], [1, 2, 3])).toBeUndefined();
    expect(choiceImportance([1, 2, 3, 4, 5, 6, 7, 8], new Array<number>(8).fill(0.5))).toBeUndefined();
    expect(choiceImportance([1, 2, 3, 4, 5, 6, 7, 8], [NaN, 1, 2, 3, 4, 5, 6, 7])).toBeUndefined();
  });
});

describe('comparabilityFindings', () => {
  test('two inputs: one finding that names both values and whose they are; equal or unsaid facts: none', () => {
    const findings = comparabilityFindings([
      { label: 'a', facts: { input: ['512x1024'], split: ['val'] } },
      { label: 'b', facts: { input: ['1024x2048'], split: ['val'], scope: ['full'] } },
    ]);
    expect(findings).toEqual([
      {
        fact: 'input',
        values: [
          { value: '512x1024', sources: ['a'] },
          { value: '1024x2048', sources: ['b'] },
        ],
        message: 'not comparable: input 512x1024 against 1024x2048',
      },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { scorePckh } from '../../../engine/metrics/keypoints-pckh.ts';

/** All joints at [50, 50], predicted to the right by `errors` px; `missing` ones are not annotated. */
function person(headDiagonalPx: number, errors: Readonly<Record<number, number>>, missing: readonly number[] = []) {
  const joints = Array.from({ length: 16 }, (_, joint) => joint);
  return {
    headDiagonalPx,
    truth: joints.flatMap((joint) => [50, 50, missing.includes(joint) ? 0 : 1]),
    predicted: joints.flatMap((joint) => [50 + (errors[joint] ?? 0), 50, 1]),
  };
}

describe('PCKh', () => {
  it('heads of 30, 60 and 30 px: two of three ankles, one of two knees, all others', () => {
    const persons = [person(50, { 0: 15, 1: 14 }), person(100, { 0: 15, 1: 31 }), person(50, { 0: 16, 1: 900 }, [1])];
    const { joints, parts, mean } = scorePckh(persons);
    expect(joints.slice(0, 3)).toEqual([2 / 3, 1 / 2, 1]);
    expect(parts).toMatchObject({ head: 1, knee: 0.75, shoulder: 1 });
    expect(parts['ankle']).toBeCloseTo((2 / 3 + 1) / 2, 12);
    expect(mean).toBeCloseTo(39 / 41, 12);
  });

  it('pelvis and thorax are no part of the mean; the threshold is one of head sizes', () => {
    expect(scorePckh([person(100, { 6: 999, 7: 999 })]).mean).toBe(1);
    expect(scorePckh([person(100, { 9: 6.5 })], 0.11).parts['head']).toBe(1);
    expect(scorePckh([person(100, { 9: 6.7 })], 0.11).parts['head']).toBe(0);
  });

  it('nothing annotated: null', () => {
    expect(scorePckh([])).toMatchObject({ mean: null, parts: { head: null, wrist: null } });
  });

  it('17 joints or a head of no size: refused', () => {
    const wrong = { ...person(50, {}), truth: Array<number>(51).fill(1) };
    expect(() => scorePckh([wrong])).toThrow(expect.objectContaining({ code: 'metric-truth' }));
    expect(() => scorePckh([person(0, {})])).toThrow(expect.objectContaining({ code: 'metric-truth' }));
  });
});

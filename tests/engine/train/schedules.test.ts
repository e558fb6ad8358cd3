import { describe, expect, it } from 'vitest';
import { emaDecayAt } from '../../../engine/train/ema.ts';
import { ratesAt, type ScheduleOptions } from '../../../engine/train/schedules/learning-rate.ts';
import { penaltyAt } from '../../../engine/train/schedules/penalty-ramp.ts';

const rate = (schedule: ScheduleOptions, step: number, total: number, rateWarmupSteps = 0): number =>
  ratesAt({ schedule, learningRate: 2, rateWarmupSteps, rateWarmupStart: 0 }, step, total).learningRate;

describe('ratesAt', () => {
  it('step: the factor applies at each milestone, from that step on', () => {
    const schedule: ScheduleOptions = { id: 'step', milestones: [0.5, 0.8], factor: 0.1 };
    const rates = [4, 5, 7, 8].map((step) => rate(schedule, step, 10));
    [2, 0.2, 0.2, 0.02].forEach((expected, i) => expect(rates[i]).toBeCloseTo(expected, 12));
  });

  it('cosine: half way is half, the end is the final share', () => {
    const schedule: ScheduleOptions = { id: 'cosine', finalFactor: 0.2 };
    const rates = [0, 5, 10].map((step) => rate(schedule, step, 10));
    [2, 1.2, 0.4].forEach((expected, i) => expect(rates[i]).toBeCloseTo(expected, 12));
  });

  it('poly: (peak - floor) (1 - t)^power + floor', () => {
    expect(rate({ id: 'poly', power: 2, floor: 1 }, 5, 10)).toBe(1.25);
  });

  it('exponential: stairs hold, the smooth form does not', () => {
    const options = { id: 'exponential', everySteps: 4, factor: 0.25 } as const;
    expect([3, 4].map((step) => rate({ ...options, staircase: true }, step, 10))).toEqual([2, 0.5]);
    expect(rate({ ...options, staircase: false }, 2, 10)).toBe(1);
  });

  it('rate warm-up rises linearly and then leaves the schedule alone', () => {
    const rates = [0, 1, 2, 3, 4].map((step) => rate({ id: 'constant' }, step, 10, 3));
    expect(rates).toEqual([0.5, 1, 1.5, 2, 2]);
  });

  it('a rise with a start has that share at step 0, half of the rest half way, and the whole rate at its end', () => {
    const options = { schedule: { id: 'constant' }, learningRate: 2, rateWarmupSteps: 4, rateWarmupStart: 0.2 } as const;
    const rates = [0, 2, 4, 5].map((step) => ratesAt(options, step, 10).learningRate);
    [0.4, 1.2, 2, 2].forEach((expected, i) => expect(rates[i]).toBeCloseTo(expected, 12));
  });

  it('one-cycle: figures of torch 2 OneCycleLR(max_lr=0.04, total_steps=10)', () => {
    // worked out by hand from its definition: start 0.0016, peak at step 2, end 1.6e-7; step 1 is half way up: (0.0016 + 0.04) / 2
    const options = {
      schedule: { id: 'one-cycle', upShare: 0.3, startDivisor: 25, finalDivisor: 1e4, beta1: [0.85, 0.95] },
      learningRate: 0.04,
      rateWarmupSteps: 0,
      rateWarmupStart: 0,
    } as const;
    const rates = Array.from({ length: 10 }, (_, step) => ratesAt(options, step, 10));
    [0.0016, 0.0208, 0.04].forEach((expected, i) => expect(rates[i]!.learningRate).toBeCloseTo(expected, 12));
    expect(rates[9]!.learningRate).toBeCloseTo(1.6e-7, 15);
    expect(rates[3]!.learningRate).toBeCloseTo(1.6e-7 + ((0.04 - 1.6e-7) / 2) * (1 + Math.cos(Math.PI / 7)), 12);
    [
      [0, 0.95],
      [2, 0.85],
      [9, 0.95],
    ].forEach(([step, beta1]) => expect(rates[step!]!.beta1).toBeCloseTo(beta1!, 12));
  });

  it.each([1, 2, 3])('one-cycle over only %i steps stays finite and at most the peak', (total) => {
    const schedule: ScheduleOptions = { id: 'one-cycle', upShare: 0.3, startDivisor: 25, finalDivisor: 1e4, beta1: [0.85, 0.95] };
    for (let step = 0; step < total; step++) {
      const value = rate(schedule, step, total);
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThanOrEqual(2);
    }
  });
});

it('penalty ramp: the worked example of the HR-NAS spec 11.4, and the plateau', () => {
  expect(penaltyAt(1.4e-4, 1000, 25 * 93)).toBeCloseTo(6.02151e-5, 10);
  expect([0, 2325, 9999].map((step) => penaltyAt(1.4e-4, step, 2325))).toEqual([0, 1.4e-4, 1.4e-4]);
  expect(penaltyAt(3, 0, 0)).toBe(3);
});

it('EMA decay: (1 + t) / (10 + t) rules small batches, the adjusted decay the rest', () => {
  const options = { decay: 0.9999, referenceBatch: 4096 };
  expect([0, 90].map((step) => emaDecayAt(options, 32, step))).toEqual([0.1, 0.91]);
  expect(emaDecayAt(options, 4096, 1e9)).toBe(0.9999);
  expect(emaDecayAt(options, 32, 1e12)).toBeCloseTo(0.99999922, 8);
});

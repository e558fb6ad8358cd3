import { assertNever } from '../../assert-never.ts';
import { oneCycle, type OneCycleOptions } from './one-cycle.ts';

/** How the learning rate moves over a run; shares are of its steps. */
export type ScheduleOptions =
  | { readonly id: 'constant' }
  /** Multiplied by `factor` at each milestone (share of the steps). */
  | { readonly id: 'step'; readonly milestones: readonly number[]; readonly factor: number }
  | { readonly id: 'exponential'; readonly everySteps: number; readonly factor: number; readonly staircase: boolean }
  | { readonly id: 'cosine'; readonly finalFactor: number }
  | { readonly id: 'poly'; readonly power: number; readonly floor: number }
  | OneCycleOptions;

/** The scalars of one step that a schedule decides. */
export interface StepRates {
  readonly learningRate: number;
  /** Only where the schedule cycles it; else the optimiser's own. */
  readonly beta1?: number;
}

export interface RateOptions {
  readonly schedule: ScheduleOptions;
  /** The peak. */
  readonly learningRate: number;
  /**
   * Linear rise over so many first steps; 0 is none. Differs from HR-NAS's released code (spec 5.1), which rises from the unscaled base
   * rate, only for ImageNet and only when batch scaling raised the rate above it; Cityscapes and COCO have no rise there.
   */
  readonly rateWarmupSteps: number;
  /** Share of the rate that the first step has (mmcv's `warmup_ratio`; Lite-HRNet spec 6.2); with 0 the step without effect is left out. */
  readonly rateWarmupStart: number;
}

/** Learning rate of step `step` (0 .. totalSteps - 1). Pure: nothing is carried from step to step. */
export function ratesAt(options: RateOptions, step: number, totalSteps: number): StepRates {
  const { schedule, learningRate } = options;
  if (schedule.id === 'one-cycle') return oneCycle(schedule, learningRate, step, totalSteps);
  return { learningRate: riseAt(options, step) * decayed(schedule, learningRate, step, totalSteps) };
}

function riseAt({ rateWarmupSteps, rateWarmupStart }: RateOptions, step: number): number {
  if (step >= rateWarmupSteps) return 1;
  if (rateWarmupStart === 0) return (step + 1) / (rateWarmupSteps + 1);
  return rateWarmupStart + (1 - rateWarmupStart) * (step / rateWarmupSteps);
}

function decayed(schedule: Exclude<ScheduleOptions, OneCycleOptions>, peak: number, step: number, totalSteps: number): number {
  switch (schedule.id) {
    case 'constant':
      return peak;
    case 'step':
      return peak * schedule.factor ** schedule.milestones.filter((share) => step >= share * totalSteps).length;
    case 'exponential': {
      const periods = step / schedule.everySteps;
      return peak * schedule.factor ** (schedule.staircase ? Math.floor(periods) : periods);
    }
    case 'cosine': {
      const half = 0.5 * (1 + Math.cos((Math.PI * step) / totalSteps));
      return peak * (schedule.finalFactor + (1 - schedule.finalFactor) * half);
    }
    case 'poly':
      return (peak - schedule.floor) * (1 - step / totalSteps) ** schedule.power + schedule.floor;
    default:
      return assertNever(schedule);
  }
}

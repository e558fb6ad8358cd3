import type { StepRates } from './learning-rate.ts';

export interface OneCycleOptions {
  readonly id: 'one-cycle';
  /** Share of the steps that rise. */
  readonly upShare: number;
  readonly startDivisor: number;
  readonly finalDivisor: number;
  /** [at the peak, at both ends]. */
  readonly beta1: readonly [number, number];
}

/**
 * Rises from peak/startDivisor to the peak over `upShare` of the steps, then falls to peak/startDivisor/finalDivisor, both along
 * a cosine; beta1 moves the other way. The arithmetic of torch.optim.lr_scheduler.OneCycleLR (HR-NAS spec 5.1): the peak is
 * reached at step upShare * total - 1 and the end at the last step.
 */
export function oneCycle(config: OneCycleOptions, peak: number, step: number, totalSteps: number): StepRates {
  const start = peak / config.startDivisor;
  const end = start / config.finalDivisor;
  const [beta1Low, beta1High] = config.beta1;
  const top = Math.max(config.upShare * totalSteps - 1, 0);
  if (step < top) {
    const share = step / top;
    return { learningRate: cosine(start, peak, share), beta1: cosine(beta1High, beta1Low, share) };
  }
  const last = totalSteps - 1;
  const share = last > top ? (step - top) / (last - top) : 1;
  return { learningRate: cosine(peak, end, share), beta1: cosine(beta1Low, beta1High, share) };
}

/** From `from` at share 0 to `to` at share 1. */
function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

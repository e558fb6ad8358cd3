import { orMissing } from './missing.ts';

/** A fraction as per cent: 0.7391 -> '73.9 %'. */
export function percent(value: number | null | undefined, digits = 1): string {
  return orMissing(value, (given) => `${(100 * given).toFixed(digits)}\u00a0%`);
}

/** Mean and standard deviation of fractions: '73.9 ± 0.2 %'. */
export function percentWithDeviation(mean: number, deviation: number | undefined, digits = 1): string {
  return deviation === undefined ? percent(mean, digits) : `${(100 * mean).toFixed(digits)} ± ${(100 * deviation).toFixed(digits)}\u00a0%`;
}

/** Difference of two fractions in points, with its sign: '+1.2 pp'. */
export function points(difference: number | null | undefined, digits = 1): string {
  return orMissing(difference, (given) => `${given < 0 ? '−' : '+'}${Math.abs(100 * given).toFixed(digits)}\u00a0pp`);
}

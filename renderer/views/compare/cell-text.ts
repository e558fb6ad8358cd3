import type { ComparisonCell, ComparisonRow } from '../../../engine/export/comparison.ts';
import { bytes } from '../../format/bytes.ts';
import { latency } from '../../format/duration.ts';
import { missing } from '../../format/missing.ts';
import { percent, percentWithDeviation, points } from '../../format/percent.ts';
import { quantity } from '../../format/quantity.ts';

/** The value of a cell with its unit. */
export function cellText({ unit, of }: Pick<ComparisonRow, 'unit' | 'of'>, { value, sd }: ComparisonCell): string {
  if (value === null) return missing;
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'share':
      return sd === undefined ? percent(value, 2) : percentWithDeviation(value, sd, 2);
    case 'count':
      return quantity(value, of);
    case 'bytes':
      return bytes(value);
    case 'ms':
      return latency(value);
    case 'text':
    case 'choice':
      return String(value);
  }
}

/** What it is against the base: '−29 %', '+1.2 pp'; '' where nothing changed or it cannot be told. */
export function changeText({ unit }: Pick<ComparisonRow, 'unit'>, { change }: ComparisonCell): string {
  if (change === undefined || change === 0) return '';
  const sign = change < 0 ? '−' : '+';
  switch (unit) {
    case 'share':
      return points(change);
    case 'count':
    case 'bytes':
      return `${sign}${Math.abs(100 * change).toFixed(Math.abs(change) < 0.1 ? 1 : 0)}\u00a0%`;
    case 'ms':
      return `${sign}${latency(Math.abs(change))}`;
    case 'choice':
      return `${sign}${Math.abs(change)}`;
    case 'text':
      return '';
  }
}

/** Whether a change is for the better; undefined where neither is. */
export function isBetter({ better }: Pick<ComparisonRow, 'better'>, { change, isUnfair }: ComparisonCell): boolean | undefined {
  if (better === undefined || change === undefined || change === 0 || isUnfair === true) return undefined;
  return (better === 'higher') === change > 0;
}

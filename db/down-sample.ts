import type { ScalarPoint } from './store.ts';

/**
 * At most `maxPoints` points of a series: the first, the last, and of each equal part of what lies between the smallest and the largest value,
 * so that peaks survive. A series that is short enough is returned as it is.
 */
export function downSample(points: readonly ScalarPoint[], maxPoints: number | undefined): readonly ScalarPoint[] {
  if (maxPoints === undefined || points.length <= maxPoints) return points;
  const first = points[0] as ScalarPoint;
  const last = points[points.length - 1] as ScalarPoint;
  if (maxPoints < 4) return maxPoints < 2 ? [last] : [first, last];
  const inner = points.slice(1, -1);
  const parts = Math.floor((maxPoints - 2) / 2);
  const result: ScalarPoint[] = [first];
  for (let part = 0; part < parts; part++) {
    const start = Math.floor((part * inner.length) / parts);
    const end = Math.floor(((part + 1) * inner.length) / parts);
    result.push(...extremes(inner.slice(start, end)));
  }
  result.push(last);
  return result;
}

/** The smallest and the largest value in the order of their steps; a value that is not a number counts as smaller than any. */
function extremes(points: readonly ScalarPoint[]): readonly ScalarPoint[] {
  let low: ScalarPoint | undefined;
  let high: ScalarPoint | undefined;
  for (const point of points) {
    if (low === undefined || Number.isNaN(point.value) || point.value < low.value) low = point;
    if (high === undefined || Number.isNaN(high.value) || point.value > high.value) high = point;
  }
  if (low === undefined || high === undefined) return [];
  if (low === high) return [low];
  return low.step < high.step ? [low, high] : [high, low];
}

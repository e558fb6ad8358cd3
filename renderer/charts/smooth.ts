/**
 * Exponential moving average with `weight` 0..1 of what was before, free of the pull to 0 at the beginning (as in Adam, Kingma and Ba 2015,
 * sec. 3). Values that are no numbers stay gaps.
 */
export function smoothed(values: readonly number[], weight: number): readonly number[] {
  if (weight <= 0) return values;
  let sum = 0;
  let total = 0;
  return values.map((value) => {
    if (!Number.isFinite(value)) return NaN;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}

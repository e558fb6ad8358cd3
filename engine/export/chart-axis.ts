/** A linear axis with round tick marks. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** Decimals that the tick marks need. */
  readonly decimals: number;
}

/** An axis over [low, high] whose ends are tick marks: steps of 1, 2, 2.5 or 5 times a power of ten, about `count` of them. */
export function linearAxis(low: number, high: number, count = 5): Axis {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { from: 0, to: 1, ticks: [0, 1], decimals: 0 };
  const width = high > low ? high - low : Math.abs(high) || 1;
  const raw = width / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= raw * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  const decimals = Math.max(0, ...ticks.map((tick) => (String(tick).split('.')[1] ?? '').length));
  return { from: ticks[0] as number, to: ticks.at(-1) as number, ticks, decimals };
}

/** A logarithmic axis over [low, high], both above 0: tick marks at 1, 2 and 5 times powers of ten, or powers alone when there are many. */
export function logAxis(low: number, high: number): Axis {
  if (!(low > 0) || !Number.isFinite(high) || high < low) return linearAxis(low, high);
  const powers = (factors: readonly number[]): number[] => {
    const ticks: number[] = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
      for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
    const first = Math.max(
      0,
      ticks.findLastIndex((tick) => tick <= low * (1 + 1e-9)),
    );
    const last = ticks.findIndex((tick) => tick >= high * (1 - 1e-9));
    const shown = ticks.slice(first, (last < 0 ? ticks.length - 1 : last) + 1);
    return shown.length > 1 ? shown : ticks.slice(first, first + 2);
  };
  const fine = powers([1, 2, 5]);
  const ticks = fine.length <= 9 ? fine : powers([1]);
  const decimals = Math.max(0, ...ticks.map((tick) => (String(tick).split('.')[1] ?? '').length));
  return { from: ticks[0] as number, to: ticks.at(-1) as number, ticks, decimals };
}

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

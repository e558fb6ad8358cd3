import type { FrontScene } from './front-scene.ts';

/** Ranges of the two axes, in their own units. */
export interface Domain {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

/** Far points may not squeeze the others: a side is cut at this share of the points when that makes the rest half as large again. */
const cut = 0.01;
const worthwhile = 1.5;

/**
 * Axes on which the whole front, the limit and nearly all points can be seen. Published networks do not stretch them. Below 0, where no score
 * lies, there is only room for the marks of points at 0.
 */
export function domainOf(
  { points, stairs, look }: FrontScene,
  options: { readonly isLog: boolean; readonly limit?: number | undefined },
): Domain {
  const shown = points.x.filter((_, i) => look[i] !== 255);
  const heights = points.y.filter((_, i) => look[i] !== 255);
  const front = stairs.flatMap((line) => line.points);
  const scale = (value: number): number => (options.isLog ? Math.log10(value) : value);
  const back = (value: number): number => (options.isLog ? 10 ** value : value);
  const xs = [...front.map((i) => points.x[i] as number), ...(options.limit === undefined ? [] : [options.limit])].filter(
    (x) => !options.isLog || x > 0,
  );
  const [left, right] = padded(ranged(shown.filter((x) => !options.isLog || x > 0).map(scale), xs.map(scale)), 0.04);
  const [bottom, top] = padded(
    ranged(
      heights,
      front.map((i) => points.y[i] as number),
    ),
    0.06,
  );
  return { x: [options.isLog ? back(left) : Math.max(0, left), back(right)], y: [Math.max(bottom, -0.03 * top), top] };
}

/** The extent of `values`, cut where few of them are far away, but never cutting `needed`. */
function ranged(values: readonly number[], needed: readonly number[]): readonly [number, number] {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0 && needed.length === 0) return [0, 1];
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const all = [at(0), at(1)] as const;
  const core = [at(cut), at(1 - cut)] as const;
  const must = needed.reduce<readonly [number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
  const isWorthwhile = sorted.length >= 20 && core[1] > core[0] && all[1] - all[0] > worthwhile * (core[1] - core[0]);
  const [low, high] = isWorthwhile ? core : all;
  return [Math.min(low, must[0]), Math.max(high, must[1])];
}

function padded([low, high]: readonly [number, number], share: number): readonly [number, number] {
  const width = high - low || Math.abs(high) * 0.2 || 1;
  return [low - share * width, high + share * width];
}

/** Points that are there and lie outside of the axes. */
export function countOutside({ points, look }: FrontScene, { x, y }: Domain): number {
  let outside = 0;
  for (let i = 0; i < look.length; i++) {
    if (look[i] === 255) continue;
    const px = points.x[i] as number;
    const py = points.y[i] as number;
    if (px < x[0] || px > x[1] || py < y[0] || py > y[1]) outside++;
  }
  return outside;
}

/** Published networks whose cost or score lies outside of the axes. */
export function countPublishedOutside({ published }: FrontScene, domain: Domain): number {
  const isBeyond = (value: number | null, [low, high]: Domain['x']): boolean => value !== null && (value < low || value > high);
  return published.filter(({ x, y }) => isBeyond(x, domain.x) || isBeyond(y, domain.y)).length;
}

/** Zoomed by `factor` (below 1: closer) about a place given as shares of the axes from the lower left. */
export function zoomed(domain: Domain, factor: number, at: { readonly x: number; readonly y: number }, isLog: boolean): Domain {
  return { x: stretched(domain.x, factor, at.x, isLog), y: stretched(domain.y, factor, at.y, false) };
}

/** Moved by shares of the axes. */
export function moved(domain: Domain, by: { readonly x: number; readonly y: number }, isLog: boolean): Domain {
  const shift = (range: readonly [number, number], share: number, log: boolean): readonly [number, number] =>
    through(range, log, ([low, high]) => [low + share * (high - low), high + share * (high - low)]);
  return { x: shift(domain.x, by.x, isLog), y: shift(domain.y, by.y, false) };
}

function stretched(range: readonly [number, number], factor: number, at: number, isLog: boolean): readonly [number, number] {
  return through(range, isLog, ([low, high]) => {
    const fixed = low + at * (high - low);
    return [fixed + factor * (low - fixed), fixed + factor * (high - fixed)];
  });
}

function through(
  range: readonly [number, number],
  isLog: boolean,
  change: (range: readonly [number, number]) => readonly [number, number],
): readonly [number, number] {
  if (!isLog) return change(range);
  const [low, high] = change([Math.log10(range[0]), Math.log10(range[1])]);
  return [10 ** low, 10 ** high];
}

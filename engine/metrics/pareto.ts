/**
 * The front of two objectives: `x` (a cost) is better when lower, `y` (an accuracy) when higher.
 */

export interface FrontEntry<T> {
  readonly x: number;
  readonly y: number;
  /** The first of the equal items in the order given. */
  readonly item: T;
  /** How many items lie at exactly this point. */
  readonly count: number;
}

export interface ParetoFront<T> {
  /** Non-dominated points, by rising x (and so by rising y); equal points once. */
  readonly front: readonly FrontEntry<T>[];
  /** Items left out because x or y is not a finite number. */
  readonly skipped: number;
}

/**
 * The non-dominated items in O(n log n): sorted by cost, a point is on the front when it is more accurate than everything cheaper.
 * A point is dominated when another is at least as good in both objectives and better in one.
 */
export function paretoFront<T>(items: readonly T[], x: (item: T) => number, y: (item: T) => number): ParetoFront<T> {
  const points = items
    .map((item, index) => ({ item, index, x: x(item), y: y(item) }))
    .filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  points.sort((a, b) => a.x - b.x || b.y - a.y || a.index - b.index);
  const front: FrontEntry<T>[] = [];
  for (const point of points) {
    const last = front.at(-1);
    if (last === undefined || point.y > last.y) {
      front.push({ x: point.x, y: point.y, item: point.item, count: 1 });
    } else if (point.x === last.x && point.y === last.y) {
      front[front.length - 1] = { ...last, count: last.count + 1 };
    }
  }
  return { front, skipped: items.length - points.length };
}

import { paretoFront } from './pareto.ts';
import type { PlanePoint } from './knee.ts';

/**
 * The share of the box between the reference point and the ideal point (x = 0, y = 1) that the points dominate, 0..1:
 * dominated area / (reference.x * (1 - reference.y)), linear in x. Lower x and higher y are better; y is a fraction.
 * Points that are not better than the reference in both objectives add nothing.
 */
export function hypervolume(points: readonly PlanePoint[], reference: PlanePoint): number {
  if (!(reference.x > 0) || !(reference.y < 1)) {
    throw new RangeError(`hypervolume: the reference needs x > 0 and y < 1, got (${reference.x}, ${reference.y})`);
  }
  const inside = points.filter((point) => point.x < reference.x && point.y > reference.y);
  const { front } = paretoFront(
    inside,
    (point) => point.x,
    (point) => point.y,
  );
  let area = 0;
  front.forEach((point, i) => {
    const next = front[i + 1]?.x ?? reference.x;
    area += (next - point.x) * (Math.min(point.y, 1) - reference.y);
  });
  return area / (reference.x * (1 - reference.y));
}

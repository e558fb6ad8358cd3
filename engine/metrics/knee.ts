/** A point of a front: lower `x` and higher `y` are better. */
export interface PlanePoint {
  readonly x: number;
  readonly y: number;
}

export interface Knee {
  /** Position in the front that was given. */
  readonly index: number;
  /** Gain in y for one unit of x from the left neighbour to the knee; undefined where there is no neighbour. */
  readonly gainLeft: number | undefined;
  /** Gain in y for one unit of x from the knee to its right neighbour. */
  readonly gainRight: number | undefined;
}

/**
 * The point of a front that lies farthest above the chord between its two ends, after min-max scaling of both axes
 * (x through its logarithm when `logX`). Undefined with fewer than 3 points, or when none lies above the chord.
 * `front` is sorted by rising x and y, as `paretoFront` returns it. The gains are always in units of x itself, also with `logX`.
 */
export function kneeOf(front: readonly PlanePoint[], options: { readonly logX?: boolean } = {}): Knee | undefined {
  const first = front[0];
  const last = front.at(-1);
  if (front.length < 3 || first === undefined || last === undefined) return undefined;
  const scaleX = (x: number): number => (options.logX === true ? Math.log(x) : x);
  const width = scaleX(last.x) - scaleX(first.x);
  const height = last.y - first.y;
  let best = -1;
  let bestDistance = 1e-12; // rounding of points that lie on the chord
  for (let i = 1; i < front.length - 1; i++) {
    const point = front[i] as PlanePoint;
    // Both ends lie on the diagonal of the unit square: the distance to it is proportional to y - x.
    const distance = (point.y - first.y) / height - (scaleX(point.x) - scaleX(first.x)) / width;
    if (distance > bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  if (best < 0) return undefined;
  return { index: best, gainLeft: gain(front[best - 1], front[best]), gainRight: gain(front[best], front[best + 1]) };
}

function gain(from: PlanePoint | undefined, to: PlanePoint | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : (to.y - from.y) / (to.x - from.x);
}

export type Point = readonly [x: number, y: number];

/**
 * Calls `span(y, start, end)` for every run of pixels (end exclusive) whose centres lie inside the polygon, even-odd rule, cut to
 * the picture. An edge from x = 10 to x = 11 covers pixel 10. Other rasterisers differ at edges, so maps of the real set are never
 * drawn again from polygons.
 */
export function scanPolygon(
  polygon: readonly Point[],
  height: number,
  width: number,
  span: (y: number, start: number, end: number) => void,
): void {
  let top = Infinity;
  let bottom = -Infinity;
  for (const [, y] of polygon) {
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const crossings: number[] = [];
  const last = Math.min(height - 1, Math.ceil(bottom) - 1);
  for (let row = Math.max(0, Math.floor(top)); row <= last; row++) {
    const y = row + 0.5;
    crossings.length = 0;
    for (let i = 0; i < polygon.length; i++) {
      const [x1, y1] = polygon[i] as Point;
      const [x2, y2] = polygon[(i + 1) % polygon.length] as Point;
      if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) * (x2 - x1)) / (y2 - y1));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const start = Math.max(0, Math.ceil((crossings[i] as number) - 0.5));
      const end = Math.min(width, Math.ceil((crossings[i + 1] as number) - 0.5));
      if (start < end) span(row, start, end);
    }
  }
}

/** Cuts a polygon to the picture (Sutherland and Hodgman) and rounds its corners; fewer than 3 corners mean that nothing is left. */
export function clipToPicture(polygon: readonly Point[], height: number, width: number): readonly Point[] {
  let points = polygon;
  points = clipHalf(points, ([x]) => x, 0, false);
  points = clipHalf(points, ([x]) => x, width, true);
  points = clipHalf(points, ([, y]) => y, 0, false);
  points = clipHalf(points, ([, y]) => y, height, true);
  const rounded = points.map(([x, y]): Point => [Math.round(x), Math.round(y)]);
  return rounded.filter(([x, y], i) => {
    const [beforeX, beforeY] = rounded[(i + rounded.length - 1) % rounded.length] as Point;
    return x !== beforeX || y !== beforeY;
  });
}

function clipHalf(points: readonly Point[], axis: (point: Point) => number, limit: number, isUpper: boolean): readonly Point[] {
  const isInside = (point: Point): boolean => (isUpper ? axis(point) <= limit : axis(point) >= limit);
  const out: Point[] = [];
  points.forEach((point, i) => {
    const before = points[(i + points.length - 1) % points.length] as Point;
    if (isInside(point) !== isInside(before)) {
      const t = (limit - axis(before)) / (axis(point) - axis(before));
      out.push([before[0] + t * (point[0] - before[0]), before[1] + t * (point[1] - before[1])]);
    }
    if (isInside(point)) out.push(point);
  });
  return out;
}

import { decodeMask, encodeMask, type Rle } from './rle.ts';

/** Outlines are walked on a grid five times as fine as the pixels (COCO's maskApi.c, rleFrPoly). */
const FINENESS = 5;

interface FinePoint {
  readonly x: number;
  readonly y: number;
}

/**
 * The mask of a polygon [x1, y1, x2, y2, ...] in px as the official library draws it: a pixel is inside when its column's centre line is
 * between two crossings of the outline.
 */
export function polygonMask(polygon: readonly number[], height: number, width: number): Rle {
  const crossings = crossingsOf(outline(polygon), height, width);
  crossings.push(height * width);
  crossings.sort((a, b) => a - b);
  return { height, width, counts: runsBetween(crossings) };
}

/** Parts of one object: a pixel counts when it is in any of them. */
export function polygonsMask(polygons: readonly (readonly number[])[], height: number, width: number): Rle {
  const union = new Uint8Array(height * width);
  for (const polygon of polygons) {
    decodeMask(polygonMask(polygon, height, width)).forEach((value, i) => {
      if (value === 1) union[i] = 1;
    });
  }
  return encodeMask(union, height, width);
}

/** Every point of the fine grid along the closed outline. */
function outline(polygon: readonly number[]): readonly FinePoint[] {
  const corners: FinePoint[] = [];
  for (let i = 0; i + 1 < polygon.length; i += 2) {
    corners.push({
      x: Math.trunc(FINENESS * (polygon[i] as number) + 0.5),
      y: Math.trunc(FINENESS * (polygon[i + 1] as number) + 0.5),
    });
  }
  return corners.flatMap((corner, i) => edge(corner, corners[(i + 1) % corners.length] as FinePoint));
}

/** Rounded as seen from the end with the smaller coordinate, whichever way the edge is walked. */
function edge(from: FinePoint, to: FinePoint): readonly FinePoint[] {
  const isFlat = Math.abs(to.x - from.x) >= Math.abs(to.y - from.y);
  const isBackward = isFlat ? from.x > to.x : from.y > to.y;
  const [start, end] = isBackward ? [to, from] : [from, to];
  const length = isFlat ? end.x - start.x : end.y - start.y;
  const slope = length === 0 ? 0 : (isFlat ? end.y - start.y : end.x - start.x) / length;
  const points = Array.from({ length: length + 1 }, (_, i): FinePoint =>
    isFlat ? { x: start.x + i, y: Math.trunc(start.y + slope * i + 0.5) } : { x: Math.trunc(start.x + slope * i + 0.5), y: start.y + i },
  );
  return isBackward ? points.reverse() : points;
}

/** Where the outline crosses centres of columns: places in the column-major mask. */
function crossingsOf(points: readonly FinePoint[], height: number, width: number): number[] {
  const crossings: number[] = [];
  for (let i = 1; i < points.length; i++) {
    const [before, point] = [points[i - 1] as FinePoint, points[i] as FinePoint];
    if (point.x === before.x) continue;
    const column = (Math.min(point.x, before.x) + 0.5) / FINENESS - 0.5;
    if (!Number.isInteger(column) || column < 0 || column > width - 1) continue;
    const row = (Math.min(point.y, before.y) + 0.5) / FINENESS - 0.5;
    crossings.push(column * height + Math.ceil(Math.min(Math.max(row, 0), height)));
  }
  return crossings;
}

/** Lengths between sorted places; two crossings at one place are none. */
function runsBetween(places: readonly number[]): readonly number[] {
  const lengths = places.map((place, i) => place - (i === 0 ? 0 : (places[i - 1] as number)));
  const runs: number[] = [lengths[0] as number];
  for (let i = 1; i < lengths.length; i++) {
    const length = lengths[i] as number;
    if (length > 0) runs.push(length);
    else if (++i < lengths.length) runs.push((runs.pop() as number) + (lengths[i] as number));
  }
  return runs;
}

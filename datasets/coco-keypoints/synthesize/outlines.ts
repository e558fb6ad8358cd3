/** x, y, x, y, ... px: corners of pixels. */
export type Outline = readonly number[];

/**
 * The outer outlines of a mask, one for each of its connected parts (pixels that share a side), holes filled: along the sides of the pixels, then
 * with corners left out that lie within `tolerance` px of what is kept. Each has 3 corners or more. [height, width] bytes, 0 = outside
 */
export function traceOutlines(mask: Uint8Array, height: number, width: number, tolerance: number): readonly Outline[] {
  const seen = new Uint8Array(mask.length);
  const outlines: Outline[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || seen[start] === 1) continue;
    flood(mask, seen, height, width, start);
    const corners = follow(mask, height, width, start);
    const fewer = simplify(corners, tolerance);
    outlines.push(fewer.length >= 6 ? fewer : corners);
  }
  return outlines;
}

/** Marks the part of `start` as seen. */
function flood(mask: Uint8Array, seen: Uint8Array, height: number, width: number, start: number): void {
  const open = [start];
  seen[start] = 1;
  const visit = (pixel: number): void => {
    if (mask[pixel] === 0 || seen[pixel] === 1) return;
    seen[pixel] = 1;
    open.push(pixel);
  };
  for (let pixel = open.pop(); pixel !== undefined; pixel = open.pop()) {
    const x = pixel % width;
    if (x > 0) visit(pixel - 1);
    if (x < width - 1) visit(pixel + 1);
    if (pixel >= width) visit(pixel - width);
    if (pixel < width * (height - 1)) visit(pixel + width);
  }
}

/** Right, down, left, up. */
const STEPS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** Clockwise around the part whose first pixel in reading order is `start`, the mask on the right hand: the corners where it turns. */
function follow(mask: Uint8Array, height: number, width: number, start: number): number[] {
  const isInside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && mask[y * width + x] !== 0;
  const [startX, startY] = [start % width, Math.floor(start / width)];
  const corners = [startX, startY];
  let [x, y, direction] = [startX + 1, startY, 0];
  while (x !== startX || y !== startY) {
    const next = turn(isInside, x, y, direction);
    if (next !== direction) corners.push(x, y);
    direction = next;
    x += STEPS[direction as 0 | 1 | 2 | 3][0];
    y += STEPS[direction as 0 | 1 | 2 | 3][1];
  }
  return corners;
}

/** The way on from a corner: right where two parts touch at it, so that they stay apart. */
function turn(isInside: (x: number, y: number) => boolean, x: number, y: number, direction: number): number {
  // The two pixels ahead of the corner, on the right and on the left of the way.
  const ahead = [
    [x, y, x, y - 1],
    [x - 1, y, x, y],
    [x - 1, y - 1, x - 1, y],
    [x, y - 1, x - 1, y - 1],
  ][direction] as [number, number, number, number];
  if (!isInside(ahead[0], ahead[1])) return (direction + 1) % 4;
  return isInside(ahead[2], ahead[3]) ? (direction + 3) % 4 : direction;
}

/** Douglas and Peucker's rule on a closed line: split at the corner that is farthest from the first one. */
function simplify(corners: readonly number[], tolerance: number): number[] {
  const count = corners.length / 2;
  if (count <= 4) return [...corners];
  let far = 0;
  let farthest = -1;
  for (let i = 1; i < count; i++) {
    const [dx, dy] = [at(corners, 2 * i) - at(corners, 0), at(corners, 2 * i + 1) - at(corners, 1)];
    if (dx * dx + dy * dy > farthest) [farthest, far] = [dx * dx + dy * dy, i];
  }
  const isKept = new Uint8Array(count + 1);
  isKept[0] = isKept[far] = 1;
  keepBetween(corners, 0, far, tolerance, isKept);
  keepBetween(corners, far, count, tolerance, isKept);
  return corners.filter((_, i) => isKept[i >> 1] === 1);
}

function keepBetween(corners: readonly number[], from: number, to: number, tolerance: number, isKept: Uint8Array): void {
  const count = corners.length / 2;
  const [x1, y1] = [at(corners, 2 * from), at(corners, 2 * from + 1)];
  const [dx, dy] = [at(corners, 2 * (to % count)) - x1, at(corners, 2 * (to % count) + 1) - y1];
  let far = 0;
  let farthest = tolerance * tolerance * (dx * dx + dy * dy);
  for (let i = from + 1; i < to; i++) {
    const distance = (at(corners, 2 * i) - x1) * dy - (at(corners, 2 * i + 1) - y1) * dx;
    if (distance * distance > farthest) [farthest, far] = [distance * distance, i];
  }
  if (far === 0) return;
  isKept[far] = 1;
  keepBetween(corners, from, far, tolerance, isKept);
  keepBetween(corners, far, to, tolerance, isKept);
}

function at(values: readonly number[], i: number): number {
  return values[i] as number;
}

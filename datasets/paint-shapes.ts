import type { Rgba } from './picture-layers.ts';

/** A layer that shapes are painted on, with smooth edges. Coordinates are px, (0, 0) the centre of the first pixel. */
export interface Canvas {
  readonly height: number;
  readonly width: number;
  /** [height, width, 4], transparent where nothing was painted. */
  readonly data: Rgba;
}

export type Color = readonly [number, number, number];
type Point = readonly [x: number, y: number];

export function createCanvas(height: number, width: number): Canvas {
  return { height, width, data: new Uint8Array(height * width * 4) };
}

/** A line with round ends. */
export function paintLine(canvas: Canvas, from: Point, to: Point, thickness: number, color: Color): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const lengthSquared = dx * dx + dy * dy;
  paintWithin(canvas, [from, to], thickness / 2, color, (x, y) => {
    const along = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, ((x - from[0]) * dx + (y - from[1]) * dy) / lengthSquared));
    return thickness / 2 - Math.hypot(x - from[0] - along * dx, y - from[1] - along * dy);
  });
}

export function paintDisc(canvas: Canvas, centre: Point, radius: number, color: Color): void {
  paintWithin(canvas, [centre], radius, color, (x, y) => radius - Math.hypot(x - centre[0], y - centre[1]));
}

export function paintRing(canvas: Canvas, centre: Point, radius: number, thickness: number, color: Color): void {
  const reach = radius + thickness / 2;
  paintWithin(canvas, [centre], reach, color, (x, y) => thickness / 2 - Math.abs(radius - Math.hypot(x - centre[0], y - centre[1])));
}

export function paintBox(canvas: Canvas, [x, y, width, height]: readonly number[], thickness: number, color: Color): void {
  const [left, top, right, bottom] = [x ?? 0, y ?? 0, (x ?? 0) + (width ?? 0), (y ?? 0) + (height ?? 0)];
  const corners: readonly Point[] = [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
  corners.forEach((corner, i) => paintLine(canvas, corner, corners[(i + 1) % corners.length] as Point, thickness, color));
}

export interface Stripe {
  readonly color: Color;
  /** 0..1 */
  readonly opacity: number;
}

/** Diagonal stripes, dark and light in turns so that they show on any ground, over the pixels that `isInside`. */
export function paintStripes(
  canvas: Canvas,
  isInside: (x: number, y: number) => boolean,
  { period, dark, light }: { readonly period: number; readonly dark: Stripe; readonly light: Stripe },
): void {
  for (let y = 0; y < canvas.height; y++) {
    for (let x = 0; x < canvas.width; x++) {
      if (!isInside(x, y)) continue;
      const { color, opacity } = (x + y) % period < period / 2 ? dark : light;
      cover(canvas.data, y * canvas.width + x, color, opacity);
    }
  }
}

/** `depth` says how far inside of the shape a place is, in px: half a pixel is covered at the edge. */
function paintWithin(
  { height, width, data }: Canvas,
  points: readonly Point[],
  reach: number,
  color: Color,
  depth: (x: number, y: number) => number,
): void {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const left = Math.max(0, Math.floor(Math.min(...xs) - reach - 1));
  const right = Math.min(width - 1, Math.ceil(Math.max(...xs) + reach + 1));
  const top = Math.max(0, Math.floor(Math.min(...ys) - reach - 1));
  const bottom = Math.min(height - 1, Math.ceil(Math.max(...ys) + reach + 1));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const coverage = Math.min(1, Math.max(0, depth(x, y) + 0.5));
      if (coverage > 0) cover(data, y * width + x, color, coverage);
    }
  }
}

/** Paints over what is there; opacity 0..1. */
function cover(data: Rgba, pixel: number, color: Color, opacity: number): void {
  const at = 4 * pixel;
  const below = ((data[at + 3] as number) / 255) * (1 - opacity);
  const whole = opacity + below;
  if (whole === 0) return;
  for (let c = 0; c < 3; c++) data[at + c] = Math.round(((color[c] as number) * opacity + (data[at + c] as number) * below) / whole);
  data[at + 3] = Math.round(255 * whole);
}

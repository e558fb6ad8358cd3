import type { Point } from '../rasterize.ts';

/** A point in metres: across (right is positive), above the ground, ahead of the camera. */
export type Place = readonly [x: number, up: number, z: number];

/** Pin-hole camera above a street that bends by `bend` * z^2. */
export interface Camera {
  readonly height: number;
  readonly width: number;
  /** Focal length, px. */
  readonly focal: number;
  /** Row of the horizon, px. */
  readonly horizon: number;
  /** Metres above the ground. */
  readonly eyeHeight: number;
  /** 1/m */
  readonly bend: number;
}

const NEAR = 0.8; // metres

export function project(camera: Camera, [x, up, z]: Place): Point {
  const depth = Math.max(z, NEAR);
  const column = camera.width / 2 + (camera.focal * (x + camera.bend * depth * depth)) / depth;
  return [column, camera.horizon + (camera.focal * (camera.eyeHeight - up)) / depth];
}

/** Convex hull (Andrew's monotone chain) of projected places: the outline of a convex body. */
export function outlineOf(camera: Camera, places: readonly Place[]): readonly Point[] {
  const points = places.map((place) => project(camera, place)).sort(([ax, ay], [bx, by]) => ax - bx || ay - by);
  const half = (ordered: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length >= 2 && turn(chain[chain.length - 2] as Point, chain[chain.length - 1] as Point, point) <= 0) chain.pop();
      chain.push(point);
    }
    chain.pop();
    return chain;
  };
  return [...half(points), ...half([...points].reverse())];
}

function turn([ax, ay]: Point, [bx, by]: Point, [cx, cy]: Point): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/** The corners of a box that stands on the ground. */
export function boxCorners(x: number, z: number, width: number, height: number, length: number, bottom = 0): readonly Place[] {
  const corners: Place[] = [];
  for (const side of [-0.5, 0.5]) {
    for (const up of [bottom, height]) {
      for (const ahead of [0, length]) corners.push([x + side * width, up, z + ahead]);
    }
  }
  return corners;
}

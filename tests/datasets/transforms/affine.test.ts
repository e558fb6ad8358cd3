import { expect, test } from 'vitest';
import { apply, cropToPicture, invert, thenMirror, type Affine, type Crop } from '../../../datasets/transforms/affine.ts';

type Point = readonly [number, number];

/** The map through three pairs of points, found by Cramer's rule: HRNet's get_affine_transform, turned around. */
function throughPoints({ centre, scale }: Crop, degrees: number, height: number, width: number): Affine {
  const radians = (degrees * Math.PI) / 180;
  const up: Point = [0, -0.5 * scale[0] * 200];
  const turned: Point = [up[0] * Math.cos(radians) - up[1] * Math.sin(radians), up[0] * Math.sin(radians) + up[1] * Math.cos(radians)];
  const third = (a: Point, b: Point): Point => [b[0] - (a[1] - b[1]), b[1] + (a[0] - b[0])];
  const above: Point = [centre[0] + turned[0], centre[1] + turned[1]];
  const picture = [centre, above, third(centre, above)] as const;
  const middle: Point = [width / 2, height / 2];
  const crop = [middle, [width / 2, height / 2 - width / 2], third(middle, [width / 2, height / 2 - width / 2])] as const;
  const [[ax, ay], [bx, by], [cx, cy]] = crop;
  const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
  const row = (axis: 0 | 1): Point => {
    const [a, b, c] = [picture[0][axis], picture[1][axis], picture[2][axis]];
    return [((b - a) * (cy - ay) - (c - a) * (by - ay)) / area, ((bx - ax) * (c - a) - (cx - ax) * (b - a)) / area];
  };
  const [[xx, xy], [yx, yy]] = [row(0), row(1)];
  return { xx, xy, x0: centre[0] - xx * middle[0] - xy * middle[1], yx, yy, y0: centre[1] - yx * middle[0] - yy * middle[1] };
}

const crops: readonly (readonly [Crop, number])[] = [
  [{ centre: [60, 120], scale: [0.9375, 1.25] }, 0],
  [{ centre: [13.25, -4.5], scale: [0.3, 0.4] }, 30],
  [{ centre: [320, 200], scale: [1.5, 2] }, -57.5],
];

test('a crop is mapped as through its middle, a point above it and one to its side', () => {
  for (const [crop, degrees] of crops) {
    const own = cropToPicture(crop, degrees, 256, 192);
    const direct = throughPoints(crop, degrees, 256, 192);
    for (const key of ['xx', 'xy', 'x0', 'yx', 'yy', 'y0'] as const) expect(own[key]).toBeCloseTo(direct[key], 9);
  }
});

test('the crop of the box 10, 20, 100, 200: its corners lie 93.75 px left and right of the middle, 125 px above and below', () => {
  const map = cropToPicture({ centre: [60, 120], scale: [0.9375, 1.25] }, 0, 256, 192);
  expect(apply(map, 0, 0)).toEqual([-33.75, -5]);
  expect(apply(map, 192, 256)).toEqual([153.75, 245]);
});

test('the inverse leads back', () => {
  for (const [crop, degrees] of crops) {
    const map = cropToPicture(crop, degrees, 96, 72);
    const [x, y] = apply(invert(map), ...apply(map, 31.5, 77.25));
    expect(Math.max(Math.abs(x - 31.5), Math.abs(y - 77.25))).toBeLessThan(1e-10);
  }
});

test('mirrored: x becomes width - 1 - x, y stays', () => {
  const [crop, degrees] = crops[1] as (typeof crops)[number];
  const map = cropToPicture(crop, degrees, 96, 72);
  const [x, y] = apply(map, 20, 10);
  const [mirroredX, mirroredY] = apply(thenMirror(map, 101), 20, 10);
  expect(mirroredX).toBeCloseTo(100 - x, 10);
  expect(mirroredY).toBe(y);
});

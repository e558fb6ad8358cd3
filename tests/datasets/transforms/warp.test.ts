import { expect, test } from 'vitest';
import { createRandom } from '../../../datasets/random.ts';
import { apply, cropToPicture, type Affine } from '../../../datasets/transforms/affine.ts';
import { imagenetNormalization, normalizationTables } from '../../../datasets/transforms/normalize.ts';
import { warpInto } from '../../../datasets/transforms/warp.ts';

const bytes = normalizationTables({ mean: [0, 0, 0], std: [1, 1, 1] });
const picture = { height: 7, width: 9, rgb: new Uint8Array(7 * 9 * 3) };
const random = createRandom(11);
picture.rgb.forEach((_, i) => (picture.rgb[i] = random.int(256)));

/** The four pixels around each place, one by one; what is outside is black. */
function direct(map: Affine, height: number, width: number): readonly number[] {
  const pixel = (x: number, y: number, channel: number): number =>
    x < 0 || y < 0 || x >= picture.width || y >= picture.height ? 0 : (picture.rgb[3 * (y * picture.width + x) + channel] as number);
  return Array.from({ length: height * width * 3 }, (_, i) => {
    const at = Math.floor(i / 3);
    const [x, y] = apply(map, at % width, Math.floor(at / width));
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - left, y - top];
    const upper = (1 - fx) * pixel(left, top, i % 3) + fx * pixel(left + 1, top, i % 3);
    const lower = (1 - fx) * pixel(left, top + 1, i % 3) + fx * pixel(left + 1, top + 1, i % 3);
    return Math.round((1 - fy) * upper + fy * lower);
  });
}

function warp(map: Affine, height: number, width: number): Float32Array {
  const out = new Float32Array(height * width * 3).fill(-1);
  warpInto(out, height, width, picture, map, bytes);
  return out;
}

test('turned, scaled and moved crops agree with a direct computation', () => {
  for (const [centre, scale, degrees] of [
    [[4, 3], 0.02, 0],
    [[4.3, 3.1], 0.03, 33],
    [[0, 6], 0.05, -71.5],
    [[8.5, -2], 0.01, 180],
  ] as const) {
    const map = cropToPicture({ centre: [centre[0], centre[1]], scale: [scale, scale] }, degrees, 11, 13);
    const found = warp(map, 11, 13);
    expect(Math.max(...direct(map, 11, 13).map((value, i) => Math.abs(value - (found[i] as number))))).toBe(0);
  }
});

test('one to one: the picture itself, also its last row and column', () => {
  const same: Affine = { xx: 1, xy: 0, x0: 0, yx: 0, yy: 1, y0: 0 };
  expect([...warp(same, 7, 9)]).toEqual([...picture.rgb]);
});

test('half a pixel outside: half as bright; a whole one: black', () => {
  const shifted: Affine = { xx: 1, xy: 0, x0: -0.5, yx: 0, yy: 1, y0: 0 };
  expect(warp(shifted, 1, 1)[0]).toBe(Math.round((picture.rgb[0] as number) / 2));
  expect([...warp({ ...shifted, x0: -1 }, 1, 1)]).toEqual([0, 0, 0]);
  expect([...warp({ ...shifted, x0: 9 }, 1, 1)]).toEqual([0, 0, 0]);
});

test('a crop beside the picture: black, normalised', () => {
  const out = new Float32Array(2 * 2 * 3);
  const far: Affine = { xx: 1, xy: 0, x0: 1000, yx: 0, yy: 1, y0: 1000 };
  warpInto(out, 2, 2, picture, far, normalizationTables(imagenetNormalization));
  const black = [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225];
  expect(Math.max(...Array.from(out, (value, i) => Math.abs(value - (black[i % 3] as number))))).toBeLessThan(1e-6);
});

import { describe, expect, it } from 'vitest';
import { averageMirrored, decodePerson, type HeatMapStack } from '../../../engine/metrics/keypoints-decode.ts';

const [height, width] = [8, 6];
/** A crop whose maps lie on the picture pixel by pixel, from [100, 200] on. */
const place = { centre: [100 + width / 2, 200 + height / 2], scale: [width / 200, height / 200] } as const;

/** [1, height, width, joints] that are 0 but for the given [joint, x, y, value]. */
function stack(joints: number, points: readonly (readonly [number, number, number, number])[], size = 1): HeatMapStack {
  const values = new Float32Array(size * height * width * joints);
  for (const [joint, x, y, value] of points) values[(y * width + x) * joints + joint] = value;
  return { size, height, width, joints, values };
}
const decode = (points: readonly (readonly [number, number, number, number])[]): number[] => [...decodePerson(stack(1, points), 0, place)];

describe('joints of heat maps', () => {
  it('the peak, a quarter pixel towards the higher neighbours', () => {
    expect(decode([[0, 3, 4, 1], [0, 4, 4, 0.5], [0, 2, 4, 0.25], [0, 3, 3, 0.5]])).toEqual([103.25, 203.75, 1]); // prettier-ignore
  });

  it('equal neighbours move nothing', () => {
    expect(decode([[0, 3, 4, 1], [0, 4, 4, 0.5], [0, 2, 4, 0.5]])).toEqual([103, 204, 1]); // prettier-ignore
  });

  it.each([
    [1, 4, false],
    [2, 4, true],
    [4, 4, true],
    [5, 4, false],
    [3, 1, false],
    [3, 2, true],
    [3, 6, true],
    [3, 7, false],
  ])('peak at [%i, %i]: moved %s, only strictly inside of the second row and column', (x, y, isMoved) => {
    const neighbours = [[0, x - 1, y, 0.5], [0, x, y - 1, 0.5]] as const; // prettier-ignore
    expect(decode([[0, x, y, 1], ...neighbours])).toEqual([100 + x - (isMoved ? 0.25 : 0), 200 + y - (isMoved ? 0.25 : 0), 1]);
  });

  it('nothing above 0: the corner, with the value as score', () => {
    const maps = { ...stack(1, []), values: new Float32Array(height * width).fill(-0.5) };
    expect([...decodePerson(maps, 0, place)]).toEqual([100, 200, -0.5]);
    expect(decode([])).toEqual([100, 200, 0]);
  });

  it.each([NaN, Infinity])('a map of %d: the corner, with the score 0', (value) => {
    expect([...decodePerson({ ...stack(1, []), values: new Float32Array(height * width).fill(value) }, 0, place)]).toEqual([100, 200, 0]);
  });

  it('of equal peaks the first, row by row', () => {
    expect(decode([[0, 4, 1, 1], [0, 0, 2, 1]])).toEqual([104, 201, 1]); // prettier-ignore
  });

  it('the crop of the box 10, 20, 100, 200 on maps of 48x64: pixels of 3.90625 px about its middle', () => {
    const maps = { size: 1, height: 64, width: 48, joints: 1, values: new Float32Array(64 * 48) };
    maps.values[0] = 1;
    expect([...decodePerson(maps, 0, { centre: [60, 120], scale: [0.9375, 1.25] })]).toEqual([60 - 93.75, 120 - 125, 1]);
  });
});

describe('averages with mirror images', () => {
  it('a mirrored map is mirrored back, its joints change places, and it moves right by one pixel', () => {
    // joint 1 of the mirrored picture at x = 4 lies at 1 mirrored back, at 2 shifted, and is joint 0
    const two = stack(2, [[0, 2, 3, 1]], 2);
    (two.values as Float32Array)[((height + 3) * width + 4) * 2 + 1] = 0.5;
    const averaged = averageMirrored(two, [1, 0]);
    expect(averaged).toMatchObject({ size: 1, height, width, joints: 2 });
    expect(averaged.values[(3 * width + 2) * 2]).toBe(0.75);
    expect([...(averaged.values as Float32Array)].filter((value) => value !== 0)).toEqual([0.75]);
  });

  it('the first column keeps its own value beside giving it to the second', () => {
    const two = stack(1, [], 2);
    (two.values as Float32Array)[(height + 2) * width + width - 1] = 1;
    const { values } = averageMirrored(two, [0]);
    expect([values[2 * width], values[2 * width + 1], values[2 * width + 2]]).toEqual([0.5, 0.5, 0]);
  });
});

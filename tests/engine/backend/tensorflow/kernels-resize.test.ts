import { describe, expect, it } from 'vitest';
import { bilinearMix, nearestMix } from '../../../../engine/backend/ops/resize.ts';
import type { Mix } from '../../../../engine/backend/ops/resize.ts';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput } from './native-ops.ts';

/** Pairs of positions and shares, as the ops take them. */
function mixInputs(mix: readonly Mix[]): NativeInput[] {
  return [
    { shape: [mix.length, 2], values: Int32Array.from(mix.flatMap(({ low, high }) => [low, high])) },
    { shape: [mix.length], values: Float32Array.from(mix, ({ share }) => share) },
  ];
}

const terms = ({ low, high, share }: Mix): [number, number][] => [
  [low, 1 - share],
  [high, share],
];

const cases: Readonly<Record<string, { mix: (from: number, to: number) => Mix[]; map: number[]; size: [number, number] }>> = {
  'bilinear, larger, half-pixel centres': { mix: (a, b) => bilinearMix(a, b, false), map: [2, 4, 5, 19], size: [9, 13] },
  'bilinear, larger, aligned corners': { mix: (a, b) => bilinearMix(a, b, true), map: [2, 3, 7, 5], size: [8, 9] },
  'bilinear, smaller': { mix: (a, b) => bilinearMix(a, b, false), map: [1, 11, 13, 18], size: [4, 5] },
  'nearest, larger': { mix: nearestMix, map: [2, 3, 5, 32], size: [7, 10] },
  'nearest, smaller (some inputs unused)': { mix: nearestMix, map: [2, 9, 7, 3], size: [2, 3] },
};

describe.skipIf(!hasNative)('resizing of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  it.each(Object.entries(cases))('%s: output and gradient as the sum of the mixes', (_, { mix, map, size }) => {
    const [batch, height, width, channels] = map as [number, number, number, number];
    const [rows, columns] = [mix(height, size[0]), mix(width, size[1])];
    const x = randomTensor(map, 1);
    const dy = randomTensor([batch, ...size, channels], 2);
    const y = new Float64Array(dy.values.length);
    const dx = new Float64Array(x.values.length);
    for (let n = 0; n < batch; n++)
      rows.forEach((row, oh) =>
        columns.forEach((column, ow) => {
          for (const [ih, a] of terms(row))
            for (const [iw, b] of terms(column))
              for (let c = 0; c < channels; c++) {
                const [to, from] = [((n * size[0] + oh) * size[1] + ow) * channels + c, ((n * height + ih) * width + iw) * channels + c];
                y[to]! += a * b * x.values[from]!;
                dx[from]! += a * b * dy.values[to]!;
              }
        }),
      );
    const mixes = [...mixInputs(rows), ...mixInputs(columns)];
    const [resized] = ops!.run('LabResize', [x, ...mixes]);
    const [gradient] = ops!.run('LabResizeGradient', [dy, ...mixes, { shape: [height, width, 0], values: new Float32Array(0) }]);
    expect([resized!.shape, gradient!.shape]).toEqual([dy.shape, x.shape]);
    expect(largestDifference(resized!.values, Array.from(y))).toBeLessThan(1e-6);
    expect(largestDifference(gradient!.values, Array.from(dx))).toBeLessThan(1e-6);
  });

  it('positions beyond the input are refused', () => {
    const mixes = [...mixInputs(nearestMix(5, 3)), ...mixInputs(nearestMix(4, 3))];
    expect(() => ops!.run('LabResize', [randomTensor([1, 4, 4, 2], 1), ...mixes])).not.toThrow();
    expect(() => ops!.run('LabResize', [randomTensor([1, 3, 4, 2], 1), ...mixes])).toThrow(
      /positions must lie on the input.*x \[1, 3, 4, 2\]/,
    );
  });
});

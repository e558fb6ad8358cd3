import { describe, expect, it } from 'vitest';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput } from './native-ops.ts';

interface Case {
  readonly map: readonly [batch: number, height: number, width: number, channels: number];
  readonly taps: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** top, bottom, left, right */
  readonly padding?: readonly [number, number, number, number];
}

const cases: Readonly<Record<string, Case>> = {
  '3x3 same': { map: [2, 7, 9, 18], taps: [3, 3], padding: [1, 1, 1, 1] },
  '3x3, wide rows, whole vectors': { map: [1, 4, 33, 32], taps: [3, 3], padding: [1, 1, 1, 1] },
  '3x3 valid': { map: [2, 5, 8, 5], taps: [3, 3] },
  '5x5 same': { map: [2, 9, 11, 17], taps: [5, 5], padding: [2, 2, 2, 2] },
  '7x7 same': { map: [1, 8, 13, 3], taps: [7, 7], padding: [3, 3, 3, 3] },
  '9x9 on a map that is smaller': { map: [2, 4, 6, 19], taps: [9, 9], padding: [4, 4, 4, 4] },
  '3x5, stride 2x1': { map: [2, 9, 7, 20], taps: [3, 5], stride: [2, 1], padding: [1, 1, 2, 2] },
  '3x3, stride 2': { map: [2, 9, 12, 24], taps: [3, 3], stride: [2, 2], padding: [0, 1, 0, 1] },
  '5x5, stride 2': { map: [1, 11, 8, 18], taps: [5, 5], stride: [2, 2], padding: [2, 2, 2, 2] },
  '3x3, dilation 2x3': { map: [2, 9, 11, 7], taps: [3, 3], dilation: [2, 3], padding: [2, 2, 3, 3] },
  '3x3, stride 2, dilation 2': { map: [1, 10, 13, 18], taps: [3, 3], stride: [2, 2], dilation: [2, 2], padding: [2, 2, 2, 2] },
  '1x1, stride 3': { map: [2, 7, 8, 5], taps: [1, 1], stride: [3, 3] },
  'many rows': { map: [3, 60, 40, 18], taps: [3, 3], padding: [1, 1, 1, 1] },
};

function geometry({ map, taps, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0] }: Case) {
  const out = [0, 1].map((axis) => {
    const room = map[axis + 1]! + padding[2 * axis]! + padding[2 * axis + 1]! - dilation[axis]! * (taps[axis]! - 1) - 1;
    return Math.floor(room / stride[axis]!) + 1;
  }) as [number, number];
  return { out, attributes: { strides: stride, dilations: dilation, padding } };
}

/** Calls f(x index, kernel index, y index) for every product of the convolution. */
function eachProduct(c: Case, f: (x: number, kernel: number, y: number) => void): void {
  const { map, taps, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0] } = c;
  const [batch, height, width, channels] = map;
  const [outHeight, outWidth] = geometry(c).out;
  for (let n = 0; n < batch; n++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++)
        for (let i = 0; i < taps[0]; i++)
          for (let j = 0; j < taps[1]; j++) {
            const ih = oh * stride[0]! + i * dilation[0]! - padding[0]!;
            const iw = ow * stride[1]! + j * dilation[1]! - padding[2]!;
            if (ih < 0 || ih >= height || iw < 0 || iw >= width) continue;
            const at = [
              ((n * height + ih) * width + iw) * channels,
              (i * taps[1] + j) * channels,
              ((n * outHeight + oh) * outWidth + ow) * channels,
            ];
            for (let ch = 0; ch < channels; ch++) f(at[0]! + ch, at[1]! + ch, at[2]! + ch);
          }
}

const sizeOf = (rows: number, columns: number): NativeInput => ({ shape: [rows, columns, 0], values: new Float32Array(0) });

describe.skipIf(!hasNative)('depthwise convolution of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  it.each(Object.entries(cases))('%s: output and both gradients as the sum over all taps', (_, c) => {
    const { out, attributes } = geometry(c);
    const channels = c.map[3];
    const x = randomTensor(c.map, 1);
    const kernel = randomTensor([...c.taps, channels, 1], 2);
    const dy = randomTensor([c.map[0], ...out, channels], 3);
    const wanted = [dy, x, kernel].map(({ values }) => new Float64Array(values.length));
    eachProduct(c, (xi, ki, yi) => {
      wanted[0]![yi]! += x.values[xi]! * kernel.values[ki]!;
      wanted[1]![xi]! += dy.values[yi]! * kernel.values[ki]!;
      wanted[2]![ki]! += x.values[xi]! * dy.values[yi]!;
    });
    const outputs = [
      ops!.run('LabDepthwiseConv2d', [x, kernel, sizeOf(...out)], attributes)[0]!,
      ops!.run('LabDepthwiseConv2dInputGradient', [dy, kernel, sizeOf(c.map[1], c.map[2])], attributes)[0]!,
      ops!.run('LabDepthwiseConv2dKernelGradient', [dy, x, sizeOf(...c.taps)], attributes)[0]!,
    ];
    expect(outputs.map(({ shape }) => shape)).toEqual([dy.shape, x.shape, kernel.shape]);
    outputs.forEach(({ values }, i) => expect(largestDifference(values, Array.from(wanted[i]!))).toBeLessThan(2e-6));
  });

  it('sizes that do not agree are refused with all shapes', () => {
    const attributes = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1] };
    const x = randomTensor([1, 4, 5, 3], 1);
    const kernel = randomTensor([3, 3, 3, 1], 2);
    expect(() => ops!.run('LabDepthwiseConv2d', [x, kernel, sizeOf(4, 6)], attributes)).toThrow(/x \[1, 4, 5, 3\].*size \[4, 6, 0\]/);
    expect(() => ops!.run('LabDepthwiseConv2d', [x, randomTensor([3, 3, 4, 1], 2), sizeOf(4, 5)], attributes)).toThrow(
      /kernel \[3, 3, 4, 1\]/,
    );
    expect(() => ops!.run('LabDepthwiseConv2d', [x, randomTensor([9, 9, 3, 1], 2), sizeOf(1, 1)], attributes)).toThrow(
      /fit the padded input/,
    );
    expect(() => ops!.run('LabDepthwiseConv2d', [x, kernel, sizeOf(4, 5)], { ...attributes, strides: [0, 1] })).toThrow(/strides/);
  });

  it('in a graph the shapes of all results are known before the run', () => {
    const { binding } = ops!;
    const graph = binding.graphNew();
    const place = (shape: number[]): number => binding.graphPlaceholder(graph, binding.TF_FLOAT, shape);
    const list = (name: string, value: number[]) => ({ name, type: binding.TF_ATTR_INT, value });
    const attributes = [list('strides', [2, 2]), list('dilations', [1, 1]), list('padding', [1, 1, 1, 1])];
    const [x, kernel, dy] = [place([2, 9, 7, 5]), place([3, 3, 5, 1]), place([2, 5, 4, 5])];
    const shapeOf = (name: string, inputs: number[]): number[] => binding.graphOp(graph, name, attributes, inputs, 1)[0]!.shape;
    expect(shapeOf('LabDepthwiseConv2d', [x, kernel, place([5, 4, 0])])).toEqual([2, 5, 4, 5]);
    expect(shapeOf('LabDepthwiseConv2dInputGradient', [dy, kernel, place([9, 7, 0])])).toEqual([2, 9, 7, 5]);
    expect(shapeOf('LabDepthwiseConv2dKernelGradient', [dy, x, place([3, 3, 0])])).toEqual([3, 3, 5, 1]);
    binding.graphDelete(graph);
  });
});

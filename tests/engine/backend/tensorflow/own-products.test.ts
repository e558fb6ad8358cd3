import { describe, expect, it } from 'vitest';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput } from './native-ops.ts';

interface Case {
  readonly map: readonly [batch: number, height: number, width: number, channels: number];
  readonly kernel: readonly [height: number, width: number, outChannels: number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  /** top, bottom, left, right */
  readonly padding?: readonly [number, number, number, number];
}

const cases: Readonly<Record<string, Case>> = {
  '3x3 same, 3 to 5 channels': { map: [2, 7, 9, 3], kernel: [3, 3, 5], padding: [1, 1, 1, 1] },
  '3x3, stride 2, uneven padding': { map: [2, 7, 9, 3], kernel: [3, 3, 33], stride: [2, 2], padding: [0, 1, 1, 0] },
  '3x3, dilation 2x3': { map: [2, 7, 9, 5], kernel: [3, 3, 18], dilation: [2, 3], padding: [2, 1, 3, 2] },
  '2x5, stride 2x3, dilation 3x2': { map: [2, 9, 13, 4], kernel: [2, 5, 7], stride: [2, 3], dilation: [3, 2], padding: [2, 1, 4, 3] },
  '1x1': { map: [2, 7, 9, 18], kernel: [1, 1, 72] },
  '1x1, stride 3x2': { map: [2, 7, 9, 17], kernel: [1, 1, 50], stride: [3, 2] },
  '5x5 on a map that is smaller': { map: [2, 3, 4, 6], kernel: [5, 5, 19], padding: [2, 2, 2, 2] },
  'padding wider than the window': { map: [1, 4, 5, 2], kernel: [2, 1, 3], padding: [3, 2, 2, 4] },
  '3x3, 64 channels, two chunks of terms': { map: [2, 8, 9, 64], kernel: [3, 3, 80], padding: [1, 1, 1, 1] },
  '1x1, 1100 to 40 channels': { map: [1, 5, 5, 1100], kernel: [1, 1, 40] },
};

function geometry({ map, kernel, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0] }: Case) {
  const out = [0, 1].map((axis) => {
    const room = map[axis + 1]! + padding[2 * axis]! + padding[2 * axis + 1]! - dilation[axis]! * (kernel[axis]! - 1) - 1;
    return Math.floor(room / stride[axis]!) + 1;
  }) as [number, number];
  return { out, attributes: { strides: stride, dilations: dilation, padding } };
}

/** Calls f(x index, kernel index, y index) for every tap that lies on the map: each of first channels. */
function eachTap(c: Case, f: (x: number, kernel: number, y: number) => void): void {
  const { map, kernel, stride = [1, 1], dilation = [1, 1], padding = [0, 0, 0, 0] } = c;
  const [batch, height, width, channels] = map;
  const [outHeight, outWidth] = geometry(c).out;
  for (let n = 0; n < batch; n++)
    for (let oh = 0; oh < outHeight; oh++)
      for (let ow = 0; ow < outWidth; ow++)
        for (let i = 0; i < kernel[0]; i++)
          for (let j = 0; j < kernel[1]; j++) {
            const ih = oh * stride[0]! + i * dilation[0]! - padding[0]!;
            const iw = ow * stride[1]! + j * dilation[1]! - padding[2]!;
            if (ih < 0 || ih >= height || iw < 0 || iw >= width) continue;
            f(
              ((n * height + ih) * width + iw) * channels,
              (i * kernel[1] + j) * channels * kernel[2],
              ((n * outHeight + oh) * outWidth + ow) * kernel[2],
            );
          }
}

interface Tensors {
  readonly x: NativeInput;
  readonly kernel: NativeInput;
  readonly dy: NativeInput;
}

function tensorsOf(c: Case): Tensors {
  const { out } = geometry(c);
  return {
    x: randomTensor(c.map, 1),
    kernel: randomTensor([c.kernel[0], c.kernel[1], c.map[3], c.kernel[2]], 2),
    dy: randomTensor([c.map[0], ...out, c.kernel[2]], 3),
  };
}

/** Output, input gradient and kernel gradient in double precision. */
function wanted(c: Case, { x, kernel, dy }: Tensors): Float64Array[] {
  const [channels, outChannels] = [c.map[3], c.kernel[2]];
  const [y, dx, dKernel] = [new Float64Array(dy.values.length), new Float64Array(x.values.length), new Float64Array(kernel.values.length)];
  eachTap(c, (xAt, kernelAt, yAt) => {
    for (let ci = 0; ci < channels; ci++)
      for (let co = 0; co < outChannels; co++) {
        const k = kernelAt + ci * outChannels + co;
        y[yAt + co]! += x.values[xAt + ci]! * kernel.values[k]!;
        dx[xAt + ci]! += dy.values[yAt + co]! * kernel.values[k]!;
        dKernel[k]! += x.values[xAt + ci]! * dy.values[yAt + co]!;
      }
  });
  return [y, dx, dKernel];
}

const sizeOf = (rows: number, columns: number): NativeInput => ({ shape: [rows, columns, 0], values: new Float32Array(0) });

/** [m, k] times [k, n] in double precision. */
function productOf(a: NativeInput, b: NativeInput, transposeA: boolean, transposeB: boolean) {
  const [m, k] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const n = transposeB ? b.shape[0]! : b.shape[1]!;
  const values = new Float64Array(m * n);
  for (let i = 0; i < m; i++)
    for (let p = 0; p < k; p++) {
      const left = a.values[transposeA ? p * m + i : i * k + p]!;
      for (let j = 0; j < n; j++) values[i * n + j]! += left * b.values[transposeB ? j * k + p : p * n + j]!;
    }
  return { shape: [m, n], values };
}

// TensorFlow opens once a process.
const ops = hasNative ? new NativeOps(2) : undefined;

describe.skipIf(!hasNative)('dense convolution of the addon', () => {
  it.each(Object.entries(cases))('%s: output and both gradients as the sum over all taps', (_, c) => {
    const { out, attributes } = geometry(c);
    const tensors = tensorsOf(c);
    const { x, kernel, dy } = tensors;
    const outputs = [
      ops!.run('LabConv2d', [x, kernel, sizeOf(...out)], attributes)[0]!,
      ops!.run('LabConv2dInputGradient', [dy, kernel, sizeOf(c.map[1], c.map[2])], attributes)[0]!,
      ops!.run('LabConv2dKernelGradient', [dy, x, sizeOf(c.kernel[0], c.kernel[1])], attributes)[0]!,
    ];
    expect(outputs.map(({ shape }) => shape)).toEqual([dy.shape, x.shape, kernel.shape]);
    const exact = wanted(c, tensors);
    outputs.forEach(({ values }, i) => expect(largestDifference(values, Array.from(exact[i]!))).toBeLessThan(1e-6));
  });

  it('sizes that do not agree are refused with all shapes', () => {
    const attributes = { strides: [1, 1], dilations: [1, 1], padding: [1, 1, 1, 1] };
    const [x, kernel] = [randomTensor([1, 4, 5, 3], 1), randomTensor([3, 3, 3, 2], 2)];
    expect(() => ops!.run('LabConv2d', [x, kernel, sizeOf(4, 6)], attributes)).toThrow(/x \[1, 4, 5, 3\].*size \[4, 6, 0\]/);
    expect(() => ops!.run('LabConv2d', [x, randomTensor([3, 3, 4, 2], 2), sizeOf(4, 5)], attributes)).toThrow(/channels of map and kernel/);
    expect(() => ops!.run('LabConv2d', [x, randomTensor([9, 9, 3, 2], 2), sizeOf(1, 1)], attributes)).toThrow(/fit the padded input/);
  });
});

describe.skipIf(!hasNative)('matrix product of the addon', () => {
  const sizes = [
    [7, 5, 3],
    [100, 300, 70],
    [3, 1300, 200],
    [40, 1, 16],
  ] as const;
  const flags = [false, true];
  const all = sizes.flatMap(([m, k, n]) => flags.flatMap((tA) => flags.map((tB) => [m, k, n, tA, tB] as const)));

  it.each(all)('%i x %i times x %i, transposed: %s, %s', (m, k, n, transposeA, transposeB) => {
    const a = randomTensor(transposeA ? [k, m] : [m, k], 1);
    const b = randomTensor(transposeB ? [n, k] : [k, n], 2);
    const { shape, values } = ops!.run('LabMatMul', [a, b, sizeOf(m, n)], { transpose_a: transposeA, transpose_b: transposeB })[0]!;
    const exact = productOf(a, b, transposeA, transposeB);
    expect(shape).toEqual(exact.shape);
    expect(largestDifference(values, Array.from(exact.values))).toBeLessThan(1e-6);
  });

  it.each(flags)('a sum of 100 000 terms (transposed: %s) is at least four times as exact as one float32 sum', (transposeA) => {
    const k = 100_000;
    const a = randomTensor(transposeA ? [k, 2] : [2, k], 3, 1, 1);
    const b = randomTensor([k, 3], 4, 1, 1);
    const { values } = ops!.run('LabMatMul', [a, b, sizeOf(2, 3)], { transpose_a: transposeA, transpose_b: false })[0]!;
    const exact = productOf(a, b, transposeA, false).values;
    const naive = Array.from(exact, (_, i) => {
      let sum = 0;
      for (let p = 0; p < k; p++) {
        const left = a.values[transposeA ? 2 * p + Math.floor(i / 3) : Math.floor(i / 3) * k + p]!;
        sum = Math.fround(sum + Math.fround(left * b.values[3 * p + (i % 3)]!));
      }
      return sum;
    });
    const error = largestDifference(values, Array.from(exact));
    expect(error).toBeLessThan(1e-6);
    expect(error).toBeLessThan(largestDifference(naive, Array.from(exact)) / 4);
  });

  it.each([
    ['as many matrices', [3], [3]],
    ['so many that each goes to one thread', [2, 10], [2, 10]],
    ['one matrix for all', [4], []],
    ['axes of 1 on both sides', [2, 1], [1, 3]],
  ])('stacks, %s: each product as of its own', (_, left, right) => {
    const lead = Array.from({ length: Math.max(left.length, right.length) }, (_, i) => Math.max(left[i] ?? 1, right[i] ?? 1));
    for (const [transposeA, transposeB] of [
      [false, true],
      [true, false],
    ] as const) {
      const a = randomTensor([...left, ...(transposeA ? [30, 13] : [13, 30])], 5);
      const b = randomTensor([...right, ...(transposeB ? [7, 30] : [30, 7])], 6);
      const size = { shape: [...lead, 13, 7, 0], values: new Float32Array(0) };
      const { shape, values } = ops!.run('LabMatMul', [a, b, size], { transpose_a: transposeA, transpose_b: transposeB })[0]!;
      expect(shape).toEqual([...lead, 13, 7]);
      const count = lead.reduce((x, y) => x * y, 1);
      const [outer, inner] = lead.length === 2 ? [lead[0]!, lead[1]!] : [1, count];
      const placeIn = (own: readonly number[], i: number): number =>
        own.length === 0 ? 0 : own.length === 1 ? i % own[0]! : (Math.floor(i / inner) % own[0]!) * own[1]! + ((i % inner) % own[1]!);
      for (let i = 0; i < outer * inner; i++) {
        const matrix = (x: NativeInput, place: number, of: number): NativeInput => ({
          shape: x.shape.slice(-2),
          values: x.values.slice(place * of, (place + 1) * of) as Float32Array,
        });
        const exact = productOf(matrix(a, placeIn(left, i), 390), matrix(b, placeIn(right, i), 210), transposeA, transposeB);
        expect(largestDifference(values.slice(i * 91, (i + 1) * 91), Array.from(exact.values))).toBeLessThan(1e-6);
      }
    }
  });

  it('sizes that do not agree are refused with all shapes', () => {
    const [a, b] = [randomTensor([2, 3], 1), randomTensor([4, 5], 2)];
    expect(() => ops!.run('LabMatMul', [a, b, sizeOf(2, 5)], { transpose_a: false, transpose_b: false })).toThrow(/a \[2, 3\], b \[4, 5\]/);
  });
});

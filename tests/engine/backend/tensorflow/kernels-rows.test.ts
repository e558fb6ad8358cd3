import { describe, expect, it } from 'vitest';
import { NativeOps, hasNative, largestDifference, randomTensor } from './native-ops.ts';
import type { NativeInput, NativeOutput } from './native-ops.ts';

type Rows = number[][];

const rowsOf = ({ shape, values }: NativeInput | NativeOutput): Rows => {
  const width = shape.at(-1)!;
  return Array.from({ length: values.length / width }, (_, i) => Array.from(values.slice(i * width, (i + 1) * width) as Float32Array));
};
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const dot = (a: readonly number[], b: readonly number[]): number => sum(a.map((x, i) => x * b[i]!));
const logSumExp = (row: readonly number[]): number => {
  const top = Math.max(...row);
  return top + Math.log(sum(row.map((x) => Math.exp(x - top))));
};
const softmax = (row: readonly number[]): number[] => row.map((x) => Math.exp(x - logSumExp(row)));
const asInput = ({ shape, values }: NativeOutput): NativeInput => ({ shape, values: values as Float32Array });

// Rows shorter than a vector, of whole vectors, and with a rest; the last of several blocks.
const shapes = [
  [3, 5, 7],
  [37, 32],
  [11, 19],
  [3, 133],
  [3001, 19],
  [4, 1],
];

describe.skipIf(!hasNative)('functions of rows of the addon', () => {
  const ops = hasNative ? new NativeOps(2) : undefined;

  it.each(shapes)('softmax of [%s, %s, ...] and its gradient', (...sizes) => {
    const shape = sizes.filter((size) => size !== undefined);
    const [x, dy] = [randomTensor(shape, 1, 5), randomTensor(shape, 2)];
    const [y] = ops!.run('LabSoftmax', [x]);
    expect(y!.shape).toEqual(shape);
    expect(largestDifference(y!.values, rowsOf(x).map(softmax).flat())).toBeLessThan(1e-6);
    const [dx] = ops!.run('LabSoftmaxGradient', [dy, asInput(y!)]);
    const slopes = rowsOf(dy);
    const wanted = rowsOf(x)
      .map(softmax)
      .map((p, i) => p.map((value, c) => value * (slopes[i]![c]! - dot(slopes[i]!, p))));
    expect(largestDifference(dx!.values, wanted.flat(), false)).toBeLessThan(1e-6);
  });

  it('softmax of very large and very small values', () => {
    const x = { shape: [2, 3], values: Float32Array.of(1e30, 0, -1e30, -3e38, -3e38, -3e38) };
    expect(largestDifference(ops!.run('LabSoftmax', [x])[0]!.values, [1, 0, 0, 1 / 3, 1 / 3, 1 / 3])).toBeLessThan(1e-7);
  });

  it.each(shapes)('layer norm of [%s, %s, ...] and its gradients', (...sizes) => {
    const shape = sizes.filter((size) => size !== undefined);
    const width = shape.at(-1)!;
    const [x, dy, gamma, beta] = [randomTensor(shape, 1, 2, 3), randomTensor(shape, 2), randomTensor([width], 3), randomTensor([width], 4)];
    const epsilon = 1e-2;
    const [y, mean, inverse] = ops!.run('LabLayerNorm', [x, gamma, beta], { epsilon }, 3);
    expect(mean!.shape).toEqual(shape.slice(0, -1));
    const stats = rowsOf(x).map((row) => {
      const m = sum(row) / width;
      return { mean: m, inverse: 1 / Math.sqrt(sum(row.map((value) => (value - m) ** 2)) / width + epsilon) };
    });
    const normal = rowsOf(x).map((row, i) => row.map((value) => (value - stats[i]!.mean) * stats[i]!.inverse));
    expect(
      largestDifference(
        y!.values,
        normal.flatMap((row) => row.map((n, c) => n * gamma.values[c]! + beta.values[c]!)),
      ),
    ).toBeLessThan(3e-6);
    expect(
      largestDifference(
        inverse!.values,
        stats.map((row) => row.inverse),
      ),
    ).toBeLessThan(1e-6);
    const gradients = ops!.run('LabLayerNormGradient', [dy, x, gamma, asInput(mean!), asInput(inverse!)], {}, 3);
    const slopes = rowsOf(dy);
    const dx = slopes.flatMap((row, i) => {
      const d = row.map((value, c) => value * gamma.values[c]!);
      const [a, b] = [sum(d) / width, dot(d, normal[i]!) / width];
      return d.map((value, c) => stats[i]!.inverse * (value - a - normal[i]![c]! * b));
    });
    const columns = Array.from({ length: width }, (_, c) => c);
    const wanted = [
      dx,
      columns.map((c) => sum(slopes.map((row, i) => row[c]! * normal[i]![c]!))),
      columns.map((c) => sum(slopes.map((row) => row[c]!))),
    ];
    gradients.forEach(({ values }, i) =>
      expect(largestDifference(values, wanted[i]!, i === 0 && width === 1 ? false : true)).toBeLessThan(3e-5),
    );
  });

  it.each([
    [3001, 19, 0, true],
    [37, 5, 0.1, false],
    [11, 40, 0.2, true],
    [4, 3, 0, false],
  ])('cross entropy of [%s, %s], smoothing %s, mean over valid rows %s: loss and gradient', (rows, classes, smoothing, meanOverValid) => {
    const logits = randomTensor([rows, classes], 1, 4);
    const ignoreLabel = 2;
    // every label, the ignored one, and two out of range
    const labels = { shape: [rows], values: Int32Array.from({ length: rows }, (_, i) => (i % (classes + 2)) - 1) };
    const attributes = { ignore_label: ignoreLabel, smoothing: { float: smoothing } };
    const [loss, perRow, weight] = ops!.run('LabCrossEntropy', [logits, labels], { ...attributes, mean_over_valid: meanOverValid }, 3);
    const counts = Array.from(labels.values, (label) => label >= 0 && label < classes && label !== ignoreLabel);
    const share = 1 / (meanOverValid ? counts.filter(Boolean).length : rows);
    const target = (i: number, c: number): number => (labels.values[i] === c ? 1 - smoothing : 0) + smoothing / classes;
    const table = rowsOf(logits);
    const wanted = sum(table.map((row, i) => (counts[i] ? share * sum(row.map((x, c) => target(i, c) * (logSumExp(row) - x))) : 0)));
    expect([loss!.shape, perRow!.shape, weight!.shape]).toEqual([[], [rows], []]);
    expect(largestDifference(loss!.values, [wanted])).toBeLessThan(1e-6);
    const dy = { shape: [], values: Float32Array.of(3) };
    const [dLogits] = ops!.run('LabCrossEntropyGradient', [dy, logits, labels, asInput(perRow!), asInput(weight!)], attributes);
    const slopes = table.map((row, i) => softmax(row).map((p, c) => (counts[i] ? 3 * share * (p - target(i, c)) : 0)));
    expect(largestDifference(dLogits!.values, slopes.flat())).toBeLessThan(2e-6);
  });

  it('cross entropy of logits near 1000: as exact as of small ones', () => {
    const [rows, classes] = [40, 19];
    const logits = randomTensor([rows, classes], 1, 4, 1000);
    const labels = { shape: [rows], values: Int32Array.from({ length: rows }, (_, i) => i % classes) };
    const attributes = { ignore_label: -1, smoothing: { float: 0 } };
    const [loss, perRow, weight] = ops!.run('LabCrossEntropy', [logits, labels], { ...attributes, mean_over_valid: true }, 3);
    const table = rowsOf(logits);
    const wanted = sum(table.map((row, i) => (logSumExp(row) - row[labels.values[i]!]!) / rows));
    expect(largestDifference(loss!.values, [wanted])).toBeLessThan(3e-7);
    const dy = { shape: [], values: Float32Array.of(rows) };
    const [dLogits] = ops!.run('LabCrossEntropyGradient', [dy, logits, labels, asInput(perRow!), asInput(weight!)], attributes);
    const slopes = table.map((row, i) => softmax(row).map((p, c) => p - (labels.values[i] === c ? 1 : 0)));
    expect(largestDifference(dLogits!.values, slopes.flat(), false)).toBeLessThan(3e-7);
  });

  it.each([
    [5, 7],
    [3001, 19],
    [100_003, 1],
    [1, 70],
    [700, 133],
    [0, 3],
  ])('sums of the columns of [%s, %s], as exact as float32 can say them', (height, width) => {
    const x = randomTensor([height, width], 1, 1, 0.5);
    const [sums] = ops!.run('LabColumnSums', [x]);
    expect(sums!.shape).toEqual([width]);
    const wanted = Array.from({ length: width }, (_, c) => sum(rowsOf(x).map((row) => row[c]!)));
    expect(largestDifference(sums!.values, wanted)).toBeLessThan(2e-7);
  });

  it('shapes that do not agree are refused', () => {
    const x = randomTensor([3, 4], 1);
    expect(() => ops!.run('LabColumnSums', [randomTensor([2, 3, 4], 1)])).toThrow(/x must be \[rows, columns\]/);
    const labels = { shape: [4], values: new Int32Array(4) };
    const attributes = { ignore_label: -1, smoothing: { float: 0 }, mean_over_valid: true };
    expect(() => ops!.run('LabCrossEntropy', [x, labels], attributes, 3)).toThrow(/logits \[3, 4\], labels \[4\]/);
    expect(() => ops!.run('LabLayerNorm', [x, randomTensor([3], 1), randomTensor([4], 1)], { epsilon: 0.5 }, 3)).toThrow(/gamma \[3\]/);
    expect(() => ops!.run('LabSoftmaxGradient', [x, randomTensor([4, 3], 1)])).toThrow(/dy \[3, 4\], y \[4, 3\]/);
  });
});

import type * as tf from '../../backend/tf.ts';
import { listOf, type OpRunner } from '../op-runner.ts';
import { windowMeans, type Span } from '../window-means.ts';

export const slidingAveragePool: OpRunner = {
  op: 'sliding-average-pool',
  prepare({ attrs, shape }) {
    const [kernelHeight = 1, kernelWidth = 1] = listOf(attrs, 'kernel');
    const [height = 1, width = 1] = shape;
    const spans = (count: number, kernel: number): Span[] => Array.from({ length: count }, (_, i) => [i, i + kernel]);
    const [rows, columns] = [spans(height, kernelHeight), spans(width, kernelWidth)];
    return ({ inputs }) => windowMeans(inputs[0] as tf.Tensor4D, rows, columns);
  },
};

import type * as tf from '../../backend/tf.ts';
import { listOf, type OpRunner } from '../op-runner.ts';
import { windowMeans, type Span } from '../window-means.ts';

export const adaptiveAveragePool: OpRunner = {
  op: 'adaptive-average-pool',
  prepare({ attrs }) {
    const [height = 1, width = 1] = listOf(attrs, 'size');
    return ({ inputs }) => {
      const x = inputs[0] as tf.Tensor4D;
      return windowMeans(x, cells(x.shape[1], height), cells(x.shape[2], width));
    };
  },
};

function cells(length: number, count: number): Span[] {
  return Array.from({ length: count }, (_, i) => [Math.floor((i * length) / count), Math.ceil(((i + 1) * length) / count)]);
}

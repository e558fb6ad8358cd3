import * as tf from '../../backend/tf.ts';
import { listOf, type OpRunner } from '../op-runner.ts';

export const resizeNearest: OpRunner = {
  op: 'resize-nearest',
  prepare({ attrs }) {
    const size = listOf(attrs, 'size') as readonly [number, number];
    return ({ inputs }) => tf.resizeNearest(inputs[0] as tf.Tensor4D, size);
  },
};

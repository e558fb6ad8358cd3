import * as tf from '../../backend/tf.ts';
import { listOf, type OpRunner } from '../op-runner.ts';

export const resizeBilinear: OpRunner = {
  op: 'resize-bilinear',
  prepare({ attrs }) {
    const size = listOf(attrs, 'size') as readonly [number, number];
    const options = { alignCorners: attrs['alignCorners'] === true };
    return ({ inputs }) => tf.resizeBilinear(inputs[0] as tf.Tensor4D, size, options);
  },
};

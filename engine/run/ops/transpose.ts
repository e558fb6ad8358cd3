import * as tf from '../../backend/tf.ts';
import { listOf, type OpRunner } from '../op-runner.ts';

export const transpose: OpRunner = {
  op: 'transpose',
  prepare({ attrs }) {
    const permutation = [0, ...listOf(attrs, 'permutation').map((axis) => axis + 1)];
    return ({ inputs }) => tf.transpose(inputs[0]!, permutation);
  },
};

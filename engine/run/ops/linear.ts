import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const linear: OpRunner = {
  op: 'linear',
  prepare:
    () =>
    ({ inputs, weights }) =>
      tf.linear(inputs[0]!, weights['kernel'] as tf.Tensor2D, weights['bias'] as tf.Tensor1D | undefined),
};

import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const globalAveragePool: OpRunner = {
  op: 'global-average-pool',
  prepare:
    () =>
    ({ inputs }) => {
      const pooled = tf.globalAveragePool(inputs[0] as tf.Tensor4D); // [batch, channels]
      return tf.reshape(pooled, [pooled.shape[0], 1, 1, pooled.shape[1]]);
    },
};

import * as tf from '../../backend/tf.ts';
import { listOf, type OpRunner } from '../op-runner.ts';

/** Rows first: a block's rows lie far apart in memory but are long, and what is left for its columns is small. */
export const blockAveragePool: OpRunner = {
  op: 'block-average-pool',
  prepare({ attrs, shape }) {
    const [blockHeight = 1, blockWidth = 1] = listOf(attrs, 'block');
    const [height = 1, width = 1, channels = 1] = shape;
    return ({ inputs }) => {
      const x = inputs[0]!;
      const [batch = 1] = x.shape;
      const rows = tf.reshape(x, [batch * height, blockHeight, 1, width * blockWidth * channels]) as tf.Tensor4D;
      const tall = tf.globalAveragePool(rows); // [batch * height, width * blockWidth * channels]
      const columns = tf.reshape(tall, [batch * height * width, blockWidth, 1, channels]) as tf.Tensor4D;
      return tf.reshape(tf.globalAveragePool(columns), [batch, height, width, channels]);
    };
  },
};

import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const concat: OpRunner = {
  op: 'concat',
  prepare:
    () =>
    ({ inputs }) => {
      const batch = Math.max(...inputs.map((input) => input.shape[0]!));
      return tf.concatChannels(inputs.map((input) => (input.shape[0] === batch ? input : repeat(input, batch))));
    },
};

/** A learned table has batch 1. */
function repeat(table: tf.Tensor, batch: number): tf.Tensor {
  return tf.tile(table, [batch, ...Array<number>(table.rank - 1).fill(1)]);
}

import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const padChannels: OpRunner = {
  op: 'pad-channels',
  prepare({ attrs }) {
    const width = numberOf(attrs, 'width');
    return ({ inputs }) => {
      const x = inputs[0]!;
      const missing = width - x.shape[x.rank - 1]!;
      if (missing === 0) return tf.clone(x);
      return tf.pad(
        x,
        x.shape.map((_, axis): [number, number] => [0, axis === x.rank - 1 ? missing : 0]),
      );
    };
  },
};

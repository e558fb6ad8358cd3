import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const channelShuffle: OpRunner = {
  op: 'channel-shuffle',
  prepare({ attrs, shape }) {
    const groups = numberOf(attrs, 'groups');
    const channels = shape[shape.length - 1]!;
    return ({ inputs }) => {
      const x = inputs[0]!;
      const dealt = tf.transpose(tf.reshape(x, [x.size / channels, groups, channels / groups]), [0, 2, 1]);
      return tf.reshape(dealt, x.shape);
    };
  },
};

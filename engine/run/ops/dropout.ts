import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const dropout: OpRunner = {
  op: 'dropout',
  prepare({ attrs }) {
    const rate = numberOf(attrs, 'rate');
    const isPerSample = attrs['perSample'] === true;
    return ({ inputs, dropoutSeed }) => {
      const x = inputs[0]!;
      if (dropoutSeed === undefined) return tf.clone(x);
      if (!isPerSample) return tf.dropout(x, rate, dropoutSeed);
      const gates = tf.dropout(tf.ones([x.shape[0]!, ...Array<number>(x.rank - 1).fill(1)]), rate, dropoutSeed); // 0 or 1 / (1 - rate)
      return tf.mul(x, gates);
    };
  },
};

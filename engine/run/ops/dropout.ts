import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const dropout: OpRunner = {
  op: 'dropout',
  prepare({ attrs }) {
    const rate = numberOf(attrs, 'rate');
    return ({ inputs, dropoutSeed }) => (dropoutSeed === undefined ? tf.clone(inputs[0]!) : tf.dropout(inputs[0]!, rate, dropoutSeed));
  },
};

import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const activation: OpRunner = {
  op: 'activation',
  prepare({ attrs }) {
    const kind = attrs['kind'] as tf.Activation;
    return ({ inputs }) => tf.activation(inputs[0]!, kind);
  },
};

import * as tf from '../../backend/tf.ts';
import type { ActivationKind } from '../../graph/ops/activation.ts';
import type { OpRunner } from '../op-runner.ts';

export const activation: OpRunner = {
  op: 'activation',
  prepare({ attrs }) {
    const kind: tf.Activation = attrs['kind'] as ActivationKind; // the compiler checks that every kind of a graph can be run
    return ({ inputs }) => tf.activation(inputs[0]!, kind);
  },
};

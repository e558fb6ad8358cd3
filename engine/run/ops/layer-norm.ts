import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const layerNorm: OpRunner = {
  op: 'layer-norm',
  prepare({ attrs }) {
    const options = { epsilon: numberOf(attrs, 'epsilon') };
    return ({ inputs, weights }) => tf.layerNorm(inputs[0]!, weights['gamma']!, weights['beta']!, options);
  },
};

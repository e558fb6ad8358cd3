import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const add: OpRunner = {
  op: 'add',
  prepare:
    () =>
    ({ inputs }) => {
      const batch = inputs[0]!.shape[0];
      if (inputs.every((input) => input.shape[0] === batch)) return tf.addN(inputs);
      return inputs.slice(1).reduce((sum, input) => tf.add(sum, input), inputs[0]!); // a learned table has batch 1
    },
};

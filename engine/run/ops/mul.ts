import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const mul: OpRunner = {
  op: 'mul',
  prepare:
    () =>
    ({ inputs }) =>
      tf.mul(inputs[0]!, inputs[1]!),
};

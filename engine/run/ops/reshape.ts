import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const reshape: OpRunner = {
  op: 'reshape',
  prepare:
    ({ shape }) =>
    ({ inputs }) =>
      tf.reshape(inputs[0]!, [inputs[0]!.shape[0]!, ...shape]),
};

import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';

export const parameter: OpRunner = {
  op: 'parameter',
  prepare:
    ({ shape }) =>
    ({ weights }) =>
      tf.reshape(weights['value']!, [1, ...shape]),
};

import * as tf from '../../backend/tf.ts';
import type { OpRunner } from '../op-runner.ts';
import { windowOptions } from './conv2d.ts';

export const depthwiseConv2d: OpRunner = {
  op: 'depthwise-conv2d',
  prepare({ attrs }) {
    const options = windowOptions(attrs);
    return ({ inputs, weights }) => tf.depthwiseConv2d(inputs[0] as tf.Tensor4D, weights['kernel'] as tf.Tensor4D, options);
  },
};

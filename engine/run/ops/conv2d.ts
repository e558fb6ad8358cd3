import type { AttrValue } from '../../graph/model-graph.ts';
import * as tf from '../../backend/tf.ts';
import { listOf, numberOf, type OpRunner } from '../op-runner.ts';

/** Stride, padding and dilation of a convolution node. */
export function windowOptions(attrs: Readonly<Record<string, AttrValue>>): tf.WindowOptions {
  const options = {
    stride: listOf(attrs, 'stride') as readonly [number, number],
    padding: listOf(attrs, 'padding') as readonly [number, number, number, number],
  };
  return attrs['dilation'] === undefined ? options : { ...options, dilation: listOf(attrs, 'dilation') as readonly [number, number] };
}

export const conv2d: OpRunner = {
  op: 'conv2d',
  prepare({ attrs }) {
    const options = attrs['groups'] === undefined ? windowOptions(attrs) : { ...windowOptions(attrs), groups: numberOf(attrs, 'groups') };
    return ({ inputs, weights }) => {
      const y = tf.conv2d(inputs[0] as tf.Tensor4D, weights['kernel'] as tf.Tensor4D, options);
      const bias = weights['bias'];
      if (bias === undefined) return y;
      const biased = tf.add(y, bias);
      y.dispose();
      return biased;
    };
  },
};

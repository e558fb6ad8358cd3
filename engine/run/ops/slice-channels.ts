import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const sliceChannels: OpRunner = {
  op: 'slice-channels',
  prepare({ attrs }) {
    const start = numberOf(attrs, 'start');
    const length = numberOf(attrs, 'length');
    return ({ inputs }) => tf.sliceChannels(inputs[0]!, start, length);
  },
};

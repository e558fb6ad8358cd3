import * as tf from '../../backend/tf.ts';
import { positionMap } from '../../graph/ops/append-position-map.ts';
import type { OpRunner } from '../op-runner.ts';

export const appendPositionMap: OpRunner = {
  op: 'append-position-map',
  prepare({ shape }) {
    const [height = 0, width = 0] = shape;
    const values = positionMap(height, width);
    return ({ inputs }) => {
      const [batch = 1] = inputs[0]!.shape;
      const repeated = new Float32Array(batch * values.length);
      for (let image = 0; image < batch; image++) repeated.set(values, image * values.length);
      return tf.concatChannels([inputs[0]!, tf.tensor(repeated, [batch, height, width, 2])]);
    };
  },
};

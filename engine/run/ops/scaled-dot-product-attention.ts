import * as tf from '../../backend/tf.ts';
import { numberOf, type OpRunner } from '../op-runner.ts';

export const scaledDotProductAttention: OpRunner = {
  op: 'scaled-dot-product-attention',
  prepare({ attrs }) {
    const heads = numberOf(attrs, 'heads');
    const scale = numberOf(attrs, 'scale');
    const rate = numberOf(attrs, 'dropoutRate');
    return ({ inputs, dropoutSeed }) => {
      const options = dropoutSeed === undefined || rate === 0 ? { scale } : { scale, dropout: { rate, seed: dropoutSeed } };
      if (heads === 1) {
        const [q, k, v] = inputs as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
        return tf.scaledDotProductAttention(q, k, v, options);
      }
      const batch = Math.max(...inputs.map((input) => input.shape[0]!));
      const [q, k, v] = inputs.map((input) => splitHeads(input as tf.Tensor3D, heads, batch)) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      return joinHeads(tf.scaledDotProductAttention(q, k, v, options), heads);
    };
  },
};

/** [batch or 1, tokens, heads * width] -> [batch * heads, tokens, width] */
function splitHeads(x: tf.Tensor3D, heads: number, batch: number): tf.Tensor3D {
  const whole = x.shape[0] === batch ? x : tf.tile(x, [batch, 1, 1]);
  const [, tokens, channels] = whole.shape;
  const parts = tf.transpose(tf.reshape(whole, [batch, tokens, heads, channels / heads]), [0, 2, 1, 3]);
  return tf.reshape(parts, [batch * heads, tokens, channels / heads]);
}

/** [batch * heads, tokens, width] -> [batch, tokens, heads * width] */
function joinHeads(x: tf.Tensor3D, heads: number): tf.Tensor3D {
  const [stacked, tokens, width] = x.shape;
  const parts = tf.transpose(tf.reshape(x, [stacked / heads, heads, tokens, width]), [0, 2, 1, 3]);
  return tf.reshape(parts, [stacked / heads, tokens, heads * width]);
}

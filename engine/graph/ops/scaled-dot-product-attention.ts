import { numberAttr, type OpDefinition } from '../op-definition.ts';
import { formatShape } from '../shapes.ts';

/**
 * softmax(scale * q k^T) v, head by head: q [queries, heads * width], k and v [tokens, heads * width] -> [queries, heads * width].
 * Attributes: heads, scale, dropoutRate (of the attention weights, in training). MACs: both products.
 */
export const scaledDotProductAttention: OpDefinition = {
  op: 'scaled-dot-product-attention',
  shape(args) {
    const [q, k, v, ...others] = args.inputs;
    const fit =
      q !== undefined &&
      k !== undefined &&
      v !== undefined &&
      others.length === 0 &&
      q.length === 2 &&
      k.length === 2 &&
      v.length === 2 &&
      q[1] === k[1] &&
      k[0] === v[0];
    if (!fit) {
      const came = args.inputs.map(formatShape).join(', ');
      throw new RangeError(`q, k, v must be [queries, width], [tokens, width], [tokens, width]; ${came} came`);
    }
    const heads = numberAttr(args, 'heads');
    if (!Number.isInteger(heads) || heads < 1 || (q[1] ?? 0) % heads !== 0 || (v[1] ?? 0) % heads !== 0) {
      throw new RangeError(`a width of ${q[1]} cannot be split into ${heads} heads`);
    }
    numberAttr(args, 'scale');
    const dropoutRate = numberAttr(args, 'dropoutRate');
    if (!(dropoutRate >= 0 && dropoutRate < 1)) throw new RangeError(`dropoutRate must be in [0, 1), ${dropoutRate} came`);
    return [q[0] ?? 0, v[1] ?? 0];
  },
  macs({ inputs }) {
    const [[queries = 0, width = 0] = [], , [tokens = 0, valueWidth = 0] = []] = inputs;
    return queries * tokens * (width + valueWidth);
  },
};

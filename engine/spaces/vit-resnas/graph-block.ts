import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import type { VitBlock } from './network.ts';

export const layerNormEpsilon = 1e-6;

export interface BlockOptions {
  /** Prefix of the official parameter names: 'blocks.3'. */
  readonly name: string;
  readonly block: VitBlock;
  /** Of both residual branches. */
  readonly dropPath: number;
}

/** x + attention(LN1(x)), then + feed-forward(LN2(x)) (specification section 1.3): [tokens, width] -> [tokens, width]. */
export function graphTransformerBlock(builder: GraphBuilder, x: Value, { name, block, dropPath }: BlockOptions): Value {
  const residual = (y: Value, branch: (normalised: Value) => Value, norm: string): Value => {
    const change = branch(layers.layerNorm(builder, y, `${name}.${norm}`, layerNormEpsilon));
    return layers.add(builder, [y, layers.dropPath(builder, change, dropPath)]);
  };
  const attended = residual(x, (y) => attention(builder, y, `${name}.attn`, block), 'norm1');
  return residual(attended, (y) => feedForward(builder, y, `${name}.mlp`, block.hidden), 'norm2');
}

/** One product makes Q, K and V, in this order, each head after head. */
function attention(builder: GraphBuilder, x: Value, name: string, { heads, headWidth }: VitBlock): Value {
  const width = heads * headWidth;
  const qkv = layers.linear(builder, x, { name: `${name}.qkv`, features: 3 * width, bias: true }); // [tokens, 3 heads * headWidth]
  const inputs = [0, 1, 2].map((part) =>
    builder.node({ op: 'slice-channels', inputs: [qkv], attrs: { start: part * width, length: width } }),
  );
  const attrs = { heads, scale: 1 / Math.sqrt(headWidth), dropoutRate: 0 };
  const attended = builder.node({ op: 'scaled-dot-product-attention', inputs, attrs }); // [tokens, heads * headWidth]
  return layers.linear(builder, attended, { name: `${name}.proj`, features: x.shape[1] ?? 0, bias: true });
}

function feedForward(builder: GraphBuilder, x: Value, name: string, hidden: number): Value {
  const wide = layers.linear(builder, x, { name: `${name}.fc1`, features: hidden, bias: true }); // [tokens, hidden]
  return layers.linear(builder, layers.activate(builder, wide, 'gelu'), { name: `${name}.fc2`, features: x.shape[1] ?? 0, bias: true });
}

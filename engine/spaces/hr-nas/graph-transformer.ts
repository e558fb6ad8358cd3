import { EngineError } from '../../error.ts';
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import type { HrNasBlock } from './blocks.ts';

/** Tokens are 8x8 maps, so their width is 64 whatever the image's size. */
export const tokenSide = 8;
export const tokenWidth = tokenSide * tokenSide;

const dropoutRate = 0.1;
const layerNormEpsilon = 1e-5;
/** The library's defaults, not the task's. */
const norm = { epsilon: 1e-5, momentum: 0.1 };

/**
 * The lightweight transformer without its own skip (specification section 3):
 * [height, width, cIn] -> [height / stride, width / stride, cOut].
 */
export function graphTransformer(builder: GraphBuilder, block: HrNasBlock, x: Value): Value {
  const name = `${block.module}.transformer`;
  const [height = 0, width = 0] = x.shape;
  if (block.stride === 2 && (height % 2 !== 0 || width % 2 !== 0)) {
    // This path rounds down where the convolution rounds up, so the official network cannot add them either.
    throw new EngineError(
      'odd-size',
      `hr-nas: ${block.name}: a down-sampling transformer needs even sizes, its input is ${height}x${width}.`,
      {
        tip: 'Choose an input whose height and width are multiples of 32, or settings.downsamplingTransformer = false.',
      },
    );
  }
  const small = builder.node({ op: 'resize-bilinear', inputs: [x], attrs: { size: [tokenSide, tokenSide] } });
  const located = builder.node({ op: 'append-position-map', inputs: [small] }); // [8, 8, cIn + 2]
  const projected = layers.conv(builder, located, { name: `${name}.input_proj`, channels: block.tokens });
  const normalised = layers.batchNorm(builder, projected, `${name}.input_norm`, norm); // [8, 8, tokens]
  const tokens = mapToTokens(builder, normalised); // [tokens, 64]

  const memory = builder.scoped('encoder', () => {
    const attended = attention(builder, tokens, tokens, `${name}.encoder.self_attn`);
    return feedForward(builder, tokens, attended, `${name}.encoder`);
  });
  const shape = [block.tokens, tokenWidth];
  const table = builder.weight({ name: `${name}.query_embed.weight`, shape, kind: 'other', layout: 'as-is', isRun: true });
  const queries = builder.node({ op: 'parameter', inputs: [], weights: { value: table } });
  const decoded = builder.scoped('decoder', () => {
    const attended = attention(builder, queries, memory, `${name}.decoder.multihead_attn`);
    return feedForward(builder, memory, attended, `${name}.decoder`); // the residual is the memory, not the queries
  });

  const map = tokensToMap(builder, decoded); // [8, 8, tokens]
  const reversed = layers.conv(builder, map, { name: `${name}.reverse_proj`, channels: block.cOut });
  const output = layers.batchNorm(builder, reversed, `${name}.reverse_norm`, norm);
  return builder.node({ op: 'resize-bilinear', inputs: [output], attrs: { size: [height / block.stride, width / block.stride] } });
}

function attention(builder: GraphBuilder, query: Value, memory: Value, name: string): Value {
  return layers.multiHeadAttention(builder, query, memory, { name, heads: 1, dropoutRate });
}

/** z = LN(residual + drop(attended)); LN(z + drop(W2 drop(ReLU(W1 z)))). Registration order: linear1, linear2, norm1, norm2. */
function feedForward(builder: GraphBuilder, residual: Value, attended: Value, name: string): Value {
  for (const layer of ['linear1', 'linear2']) {
    builder.weight({ name: `${name}.${layer}.weight`, shape: [tokenWidth, tokenWidth], kind: 'weight', layout: 'oi', isRun: true });
  }
  const first = layers.add(builder, [residual, layers.dropout(builder, attended, dropoutRate)]);
  const z = layers.layerNorm(builder, first, `${name}.norm1`, layerNormEpsilon);
  const hidden = layers.activate(builder, layers.linear(builder, z, { name: `${name}.linear1`, features: tokenWidth }), 'relu');
  const narrowed = layers.linear(builder, layers.dropout(builder, hidden, dropoutRate), { name: `${name}.linear2`, features: tokenWidth });
  const second = layers.add(builder, [z, layers.dropout(builder, narrowed, dropoutRate)]);
  return layers.layerNorm(builder, second, `${name}.norm2`, layerNormEpsilon);
}

/** Every channel's 8x8 values become one token, row by row. */
function mapToTokens(builder: GraphBuilder, map: Value): Value {
  const [height = 0, width = 0, channels = 0] = map.shape;
  const rows = builder.node({ op: 'reshape', inputs: [map], attrs: { shape: [height * width, channels] } });
  return builder.node({ op: 'transpose', inputs: [rows], attrs: { permutation: [1, 0] } });
}

function tokensToMap(builder: GraphBuilder, tokens: Value): Value {
  const columns = builder.node({ op: 'transpose', inputs: [tokens], attrs: { permutation: [1, 0] } });
  return builder.node({ op: 'reshape', inputs: [columns], attrs: { shape: [tokenSide, tokenSide, tokens.shape[0] ?? 0] } });
}

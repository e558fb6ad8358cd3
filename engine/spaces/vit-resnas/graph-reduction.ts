import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import { layerNormEpsilon } from './graph-block.ts';
import { joinTokens, reshape, takeTokens, tokenTable, tokenTableWeight } from './tokens.ts';

export interface ReductionOptions {
  /** Prefix of the official parameter names: 'blocks.5'. */
  readonly name: string;
  /** Class (and distillation) tokens before the patches. */
  readonly extra: number;
  /** Side of the grid of patches, even. */
  readonly grid: number;
  /** Width of the next stage, at least that of this one. */
  readonly width: number;
}

/**
 * Residual spatial reduction (specification section 1.4): [extra + grid^2, width] -> [extra + (grid / 2)^2, options.width].
 * The learned branch sees normalised tokens, convolves patches and re-introduces positions; the other one averages what came, unnormalised,
 * and fills the new channels with zeros.
 */
export function graphReduction(builder: GraphBuilder, x: Value, options: ReductionOptions): Value {
  const { name, extra, grid, width } = options;
  const small = (grid / 2) ** 2;
  const positions = tokenTableWeight(builder, `${name}.pos_embed`, small, width);
  const asMap = (tokens: Value): Value =>
    reshape(builder, takeTokens(builder, tokens, extra, grid * grid), [grid, grid, tokens.shape[1] ?? 0]);

  const normalised = layers.layerNorm(builder, x, `${name}.norm`, layerNormEpsilon);
  const convolved = layers.conv(builder, asMap(normalised), {
    name: `${name}.patch_reduce`,
    channels: width,
    kernel: 3,
    stride: 2,
    bias: true,
  }); // [grid / 2, grid / 2, width]
  const patches = layers.add(builder, [reshape(builder, convolved, [small, width]), tokenTable(builder, positions, small, width)]);
  const tokens = layers.linear(builder, takeTokens(builder, normalised, 0, extra), {
    name: `${name}.token_transform`,
    features: width,
    bias: true,
  });

  const averaged = builder.node({ op: 'block-average-pool', inputs: [asMap(x)], attrs: { block: [2, 2] } });
  const kept = joinTokens(builder, [takeTokens(builder, x, 0, extra), averaged]);
  const main = builder.node({ op: 'pad-channels', inputs: [kept], attrs: { width } });
  return layers.add(builder, [joinTokens(builder, [tokens, patches]), main]);
}

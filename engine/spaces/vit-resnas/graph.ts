import { GraphBuilder, type Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import type { ModelGraph, Shape } from '../../graph/model-graph.ts';
import { graphTransformerBlock, layerNormEpsilon } from './graph-block.ts';
import { graphReduction } from './graph-reduction.ts';
import { graphStem } from './graph-stem.ts';
import { withInitialDraws } from './initial-draws.ts';
import { dropPathRates, extraTokens, type VitNetwork } from './network.ts';
import { joinTokens, reshape, takeToken, takeTokens, tokenTable, tokenTableWeight } from './tokens.ts';

/** In training the patch tokens are classified as well where the network has a head for them. */
export type VitPurpose = 'inference' | 'training';

/**
 * The network for an input [side, side, 3], the side a multiple of `totalStride` (specification section 1). Outputs: class scores [classes];
 * then scores of the distillation token [classes], or in training those of all final patch tokens [patches, classes].
 */
export function graphVitNetwork(network: VitNetwork, input: Shape, purpose: VitPurpose): ModelGraph {
  const builder = new GraphBuilder();
  const embedded = graphEmbedding(builder, builder.input('input', input), network);
  const x = graphStages(builder, embedded, network, (input[0] ?? 0) / network.stem.patchSize);
  const graph = builder.build(builder.scoped('head', () => graphHeads(builder, x, network, purpose)));
  return { ...graph, weights: withInitialDraws(graph.weights) };
}

/** Extra tokens and patches with their positions: [side, side, 3] -> [extra + grid^2, width]. */
function graphEmbedding(builder: GraphBuilder, image: Value, network: VitNetwork): Value {
  const extra = extraTokens(network);
  const width = network.stages[0]?.width ?? 0;
  const patchCount = ((image.shape[0] ?? 0) / network.stem.patchSize) ** 2;
  const tokens = tokenTableWeight(builder, 'tokens', extra, width);
  const positions = tokenTableWeight(builder, 'pos_embed', extra + patchCount, width);
  const map = graphStem(builder, image, network.stem, width);
  return builder.scoped('embedding', () => {
    const patches = reshape(builder, map, [patchCount, width]);
    builder.module('patch_embed', [patches]);
    const joined = joinTokens(builder, [tokenTable(builder, tokens, extra, width), patches]);
    return layers.add(builder, [joined, tokenTable(builder, positions, extra + patchCount, width)]);
  });
}

/** Blocks and reductions share one official numbering. `grid` is the side of the first stage's grid. */
function graphStages(builder: GraphBuilder, embedded: Value, network: VitNetwork, grid: number): Value {
  const rates = dropPathRates(network);
  let x = embedded;
  let number = 0;
  let depth = 0;
  const close = (): void => builder.module(`blocks.${number++}`, [x]);
  network.stages.forEach((stage, s) => {
    if (s > 0) {
      const options = { name: `blocks.${number}`, extra: extraTokens(network), grid: grid / 2 ** (s - 1), width: stage.width };
      x = builder.scoped(`reduction${s - 1}`, () => graphReduction(builder, x, options));
      close();
    }
    stage.blocks.forEach((block, b) => {
      const options = { name: `blocks.${number}`, block, dropPath: rates[depth++] ?? 0 };
      if (block.exists) x = builder.scoped(`stage${s}.block${b}`, () => graphTransformerBlock(builder, x, options));
      close();
    });
  });
  return x;
}

function graphHeads(builder: GraphBuilder, x: Value, network: VitNetwork, purpose: VitPurpose): Value[] {
  const extra = extraTokens(network);
  const seesPatches = network.head === 'patches' && purpose === 'training';
  const normalised = layers.layerNorm(builder, seesPatches ? x : takeTokens(builder, x, 0, extra), 'norm', layerNormEpsilon);
  builder.module('norm', [normalised]);
  const classify = (y: Value, name: string): Value => layers.linear(builder, y, { name, features: network.classes, bias: true });

  const outputs = [classify(takeToken(builder, normalised, 0), 'cls_head')];
  if (network.head === 'distillation') outputs.push(classify(takeToken(builder, normalised, 1), 'dst_head'));
  if (seesPatches) {
    const patches = takeTokens(builder, normalised, extra, (normalised.shape[0] ?? 0) - extra);
    outputs.push(classify(patches, 'patch_head'));
  } else if (network.head === 'patches') {
    registerPatchHead(builder, network.classes, x.shape[1] ?? 0);
  }
  return outputs;
}

/** Without a node: the weights belong to the network, but only training runs them. */
function registerPatchHead(builder: GraphBuilder, classes: number, width: number): void {
  builder.weight({ name: 'patch_head.weight', shape: [classes, width], kind: 'weight', layout: 'oi', isRun: true });
  builder.weight({ name: 'patch_head.bias', shape: [classes], kind: 'bias', layout: 'as-is', isRun: true });
}

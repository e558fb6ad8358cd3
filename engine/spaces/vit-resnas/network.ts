/** A vision transformer with residual spatial reduction, all choices made: what the graph is built from and the official notation says. */

/** One transformer block. heads * headWidth does not depend on the width of the stage. */
export interface VitBlock {
  readonly heads: number;
  readonly headWidth: number;
  /** Hidden channels of the feed-forward half. */
  readonly hidden: number;
  /** False: identity without weights, which still has its place among the official block numbers and on the ramp of drop path. */
  readonly exists: boolean;
}

/** Blocks at one resolution; a spatial reduction leads to the next stage. */
export interface VitStage {
  /** Embedding width. */
  readonly width: number;
  readonly blocks: readonly VitBlock[];
}

export interface VitStem {
  /** Convolutions before the patch projection, or the projection alone. */
  readonly kind: 'conv' | 'patch';
  /** Channels of the three 3x3 convolutions; 0 for 'patch'. */
  readonly channels: number;
  /** px of the input a token, a side. */
  readonly patchSize: number;
}

/**
 * 'class': the class token alone is classified. 'patches': in training every final patch token as well, by a second layer (token labelling).
 * 'distillation': a second token with a layer of its own, always.
 */
export type VitHead = 'class' | 'patches' | 'distillation';

export interface VitNetwork {
  readonly stem: VitStem;
  readonly stages: readonly VitStage[];
  readonly head: VitHead;
  readonly classes: number;
  /** Rate of the last block; the first has 0, those between lie on a line. */
  readonly dropPath: number;
}

/** Class token, and distillation token where there is one. */
export function extraTokens(network: VitNetwork): 1 | 2 {
  return network.head === 'distillation' ? 2 : 1;
}

/** Sides of the input are multiples of this: the patch size, halved a stage. */
export function totalStride(network: Pick<VitNetwork, 'stem' | 'stages'>): number {
  return network.stem.patchSize * 2 ** (network.stages.length - 1);
}

/** The network as it is trained by itself: without the blocks that do not exist. */
export function liveNetwork(network: VitNetwork): VitNetwork {
  const stages = network.stages.map((stage) => ({ ...stage, blocks: stage.blocks.filter((block) => block.exists) }));
  return { ...network, stages };
}

/** Drop-path rate of every block in network order, those that do not exist included (yilunliao/vit-search, nets/vit_sr_supernet.py). */
export function dropPathRates(network: VitNetwork): readonly number[] {
  const depth = network.stages.reduce((sum, stage) => sum + stage.blocks.length, 0);
  return Array.from({ length: depth }, (_, index) => (depth === 1 ? 0 : (network.dropPath * index) / (depth - 1)));
}

import type { OpDefinition } from '../op-definition.ts';
import { activation } from './activation.ts';
import { adaptiveAveragePool } from './adaptive-average-pool.ts';
import { add } from './add.ts';
import { appendPositionMap } from './append-position-map.ts';
import { batchNorm } from './batch-norm.ts';
import { blockAveragePool } from './block-average-pool.ts';
import { channelShuffle } from './channel-shuffle.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { globalAveragePool } from './global-average-pool.ts';
import { layerNorm } from './layer-norm.ts';
import { linear } from './linear.ts';
import { mul } from './mul.ts';
import { padChannels } from './pad-channels.ts';
import { parameter } from './parameter.ts';
import { reshape } from './reshape.ts';
import { resizeBilinear } from './resize-bilinear.ts';
import { resizeNearest } from './resize-nearest.ts';
import { scaledDotProductAttention } from './scaled-dot-product-attention.ts';
import { sliceChannels } from './slice-channels.ts';
import { slidingAveragePool } from './sliding-average-pool.ts';
import { transpose } from './transpose.ts';

const definitions: readonly OpDefinition[] = [
  activation,
  adaptiveAveragePool,
  add,
  appendPositionMap,
  batchNorm,
  blockAveragePool,
  channelShuffle,
  concat,
  conv2d,
  depthwiseConv2d,
  dropout,
  flatten,
  globalAveragePool,
  layerNorm,
  linear,
  mul,
  padChannels,
  parameter,
  reshape,
  resizeBilinear,
  resizeNearest,
  scaledDotProductAttention,
  sliceChannels,
  slidingAveragePool,
  transpose,
];

/** Every op that a graph may hold, by name. */
export const opDefinitions: ReadonlyMap<string, OpDefinition> = new Map(definitions.map((definition) => [definition.op, definition]));

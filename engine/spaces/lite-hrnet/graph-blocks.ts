/** The two kinds of blocks (specification section 4). */
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';
import { convModule, halves, joinShuffled } from './layers.ts';

/** Shuffle unit: the second half goes through 1x1, depthwise 3x3 and 1x1; the first is left as it is. */
export function shuffleUnit(builder: GraphBuilder, x: Value, name: string): Value {
  const [kept, second] = halves(builder, x);
  const channels = second.shape[2] ?? 0;
  const mixed = convModule(builder, second, `${name}.branch2.0`, { channels, activation: 'relu' });
  const filtered = convModule(builder, mixed, `${name}.branch2.1`, { channels, kernel: 3, depthwise: true });
  return joinShuffled(builder, kept, convModule(builder, filtered, `${name}.branch2.2`, { channels, activation: 'relu' }));
}

/**
 * Conditional channel weighting of all branches together, finest first: the 1x1 convolutions of shuffle units become weights that are
 * computed across the resolutions before the depthwise convolution, and across the positions after it.
 */
export function conditionalChannelWeighting(builder: GraphBuilder, x: readonly Value[], name: string, ratio: number): Value[] {
  const parts = x.map((branch) => halves(builder, branch));
  const weighted = builder.scoped('crossResolution', () => {
    const seconds = parts.map(([, second]) => second);
    return crossResolutionWeighting(builder, seconds, `${name}.cross_resolution_weighting`, ratio);
  });
  const filtered = weighted.map((branch, b) => {
    return convModule(builder, branch, `${name}.depthwise_convs.${b}`, { channels: branch.shape[2] ?? 0, kernel: 3, depthwise: true });
  });
  const gated = builder.scoped('spatial', () =>
    filtered.map((branch, b) => spatialWeighting(builder, branch, `${name}.spatial_weighting.${b}`)),
  );
  return parts.map(([kept], b) => joinShuffled(builder, kept, gated[b]!));
}

/** A weight for every channel and position, from all branches at the coarsest one's size. */
function crossResolutionWeighting(builder: GraphBuilder, x: readonly Value[], name: string, ratio: number): Value[] {
  const [height = 0, width = 0] = x[x.length - 1]!.shape;
  const pooled = x.map((branch) => blockAverage(builder, branch, [height, width]));
  const channels = x.map((branch) => branch.shape[2] ?? 0);
  const total = channels.reduce((sum, count) => sum + count, 0);
  const squeezed = convModule(builder, layers.concat(builder, pooled), `${name}.conv1`, {
    channels: Math.floor(total / ratio),
    activation: 'relu',
  });
  const weights = convModule(builder, squeezed, `${name}.conv2`, { channels: total, activation: 'sigmoid' });
  let start = 0;
  return x.map((branch, b) => {
    const length = channels[b]!;
    const own = builder.node({ op: 'slice-channels', inputs: [weights], attrs: { start, length } });
    start += length;
    const [branchHeight = 0, branchWidth = 0] = branch.shape;
    return builder.node({ op: 'mul', inputs: [branch, layers.resizeTo(builder, own, [branchHeight, branchWidth], 'nearest')] });
  });
}

function blockAverage(builder: GraphBuilder, x: Value, [height, width]: readonly [number, number]): Value {
  const block = [(x.shape[0] ?? 0) / height, (x.shape[1] ?? 0) / width];
  return block.every((side) => side === 1) ? x : builder.node({ op: 'block-average-pool', inputs: [x], attrs: { block } });
}

/** The squeeze of spatial weighting is fixed, whatever the ratio of the other. */
const spatialRatio = 4;

/** A weight for every channel, from its mean over the positions. Biases, no norms. */
function spatialWeighting(builder: GraphBuilder, x: Value, name: string): Value {
  const channels = x.shape[2] ?? 0;
  const mean = builder.node({ op: 'global-average-pool', inputs: [x] }); // [1, 1, channels]
  const squeeze = { name: `${name}.conv1.conv`, channels: Math.floor(channels / spatialRatio), bias: true };
  const squeezed = layers.activate(builder, layers.conv(builder, mean, squeeze), 'relu');
  const gate = layers.activate(builder, layers.conv(builder, squeezed, { name: `${name}.conv2.conv`, channels, bias: true }), 'sigmoid');
  return builder.node({ op: 'mul', inputs: [x, gate] });
}

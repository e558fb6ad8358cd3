/** Convolutions with their norms under the names of the official modules. */
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import * as layers from '../../graph/layers.ts';

const norm = { epsilon: 1e-5, momentum: 0.1 };

export interface ConvNormOptions {
  readonly channels: number;
  readonly kernel?: 1 | 3;
  readonly stride?: 1 | 2;
  readonly depthwise?: boolean;
  readonly activation?: 'relu' | 'sigmoid';
}

function convNorm(builder: GraphBuilder, x: Value, names: readonly [conv: string, norm: string], options: ConvNormOptions): Value {
  const { channels, kernel = 1, stride = 1, depthwise = false, activation } = options;
  const y = layers.conv(builder, x, { name: names[0], channels, kernel, stride, groups: depthwise ? channels : 1 });
  const normed = layers.batchNorm(builder, y, names[1], norm);
  return activation === undefined ? normed : layers.activate(builder, normed, activation);
}

/** The parts are named `conv` and `bn`. */
export function convModule(builder: GraphBuilder, x: Value, name: string, options: ConvNormOptions): Value {
  return convNorm(builder, x, [`${name}.conv`, `${name}.bn`], options);
}

/** Depthwise 3x3 and pointwise convolution, both normed, the first without activation: modules 0 to 3 of a sequence. */
export function depthwiseThenPointwise(
  builder: GraphBuilder,
  x: Value,
  name: string,
  { channels, stride, activation }: Pick<ConvNormOptions, 'channels' | 'stride' | 'activation'>,
): Value {
  const filter: ConvNormOptions = { channels: x.shape[2] ?? 0, kernel: 3, depthwise: true, ...(stride !== undefined && { stride }) };
  const filtered = convNorm(builder, x, [`${name}.0`, `${name}.1`], filter);
  return convNorm(builder, filtered, [`${name}.2`, `${name}.3`], { channels, ...(activation !== undefined && { activation }) });
}

/** A normed 1x1 convolution without activation: modules 0 and 1 of a sequence. */
export function pointwise(builder: GraphBuilder, x: Value, name: string, channels: number): Value {
  return convNorm(builder, x, [`${name}.0`, `${name}.1`], { channels });
}

/** As `depthwiseThenPointwise`, as a module of its own kind, whose parts are `depthwise_conv` and `pointwise_conv`. */
export function separableModule(builder: GraphBuilder, x: Value, name: string, channels: number): Value {
  const filter: ConvNormOptions = { channels: x.shape[2] ?? 0, kernel: 3, depthwise: true };
  const filtered = convModule(builder, x, `${name}.depthwise_conv`, filter);
  return convModule(builder, filtered, `${name}.pointwise_conv`, { channels, activation: 'relu' });
}

/** The two halves of the channels. */
export function halves(builder: GraphBuilder, x: Value): readonly [Value, Value] {
  const length = (x.shape[2] ?? 0) / 2;
  const half = (start: number): Value => builder.node({ op: 'slice-channels', inputs: [x], attrs: { start, length } });
  return [half(0), half(length)];
}

/** Two halves joined, their channels alternating. */
export function joinShuffled(builder: GraphBuilder, first: Value, second: Value): Value {
  return builder.node({ op: 'channel-shuffle', inputs: [layers.concat(builder, [first, second])], attrs: { groups: 2 } });
}

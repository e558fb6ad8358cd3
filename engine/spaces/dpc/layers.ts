/** Layers of TensorFlow-slim with their variable names: convolution without bias, batch norm, activation. */
import type { GraphBuilder, Value } from '../../graph/builder.ts';
import { activate, type NormOptions } from '../../graph/layers.ts';
import type { InitialDraw, WeightRef } from '../../graph/model-graph.ts';
import type { ActivationKind } from '../../graph/ops/activation.ts';
import type { Pair } from './cell.ts';
import { samePadding } from './geometry.ts';

export interface SlimOptions {
  /** The official variable scope. */
  readonly scope: string;
  readonly norm: NormOptions;
  /** Left out: none. */
  readonly activation?: ActivationKind;
  readonly kernel?: number;
  readonly stride?: number;
  /** Dilation of height and width. */
  readonly rate?: Pair;
  /** 'same' as TensorFlow pads; 'centred' the same amount on both sides, which differs where the stride is 2 and a side even. */
  readonly padding?: 'same' | 'centred';
  /** Left out: Glorot-uniform, slim's default. */
  readonly initial?: InitialDraw;
}

export function truncatedNormal(deviation: number): InitialDraw {
  return { distribution: 'truncated-normal', scale: deviation };
}

/** [h, w, in] -> [ceil(h / stride), ceil(w / stride), channels] */
export function conv(builder: GraphBuilder, x: Value, channels: number, options: SlimOptions): Value {
  const { scope, kernel = 1, initial } = options;
  const weight = convWeight(builder, scope, [kernel, kernel, x.shape[2] ?? 0, channels], initial);
  const y = builder.node({ op: 'conv2d', inputs: [x], attrs: windowAttrs(x, options), weights: { kernel: weight } });
  return normActivate(builder, y, options);
}

/** One filter a channel: [h, w, channels] -> [ceil(h / stride), ceil(w / stride), channels] */
export function depthwise(builder: GraphBuilder, x: Value, options: SlimOptions): Value {
  const { scope, kernel = 3, initial } = options;
  const weight = builder.weight({
    name: `${scope}/depthwise_weights`,
    shape: [kernel, kernel, x.shape[2] ?? 0, 1],
    kind: 'weight',
    layout: 'depthwise-hwio',
    isRun: true,
    isDecayed: false,
    ...(initial && { initial }),
  });
  const attrs = windowAttrs(x, { ...options, kernel });
  return normActivate(builder, builder.node({ op: 'depthwise-conv2d', inputs: [x], attrs, weights: { kernel: weight } }), options);
}

/** A depthwise 3x3 and a 1x1 convolution, each with batch norm and ReLU (the official "split" separable convolution). */
export function splitSeparable(
  builder: GraphBuilder,
  x: Value,
  channels: number,
  { scope, norm, rate = [1, 1] }: { readonly scope: string; readonly norm: NormOptions; readonly rate?: Pair },
): Value {
  const each = { norm, activation: 'relu' } as const;
  const filtered = depthwise(builder, x, { ...each, scope: `${scope}_depthwise`, rate, initial: truncatedNormal(0.33) });
  return conv(builder, filtered, channels, { ...each, scope: `${scope}_pointwise`, initial: truncatedNormal(0.06) });
}

/** 1x1 convolution with bias and nothing behind it. */
export function logits(builder: GraphBuilder, x: Value, classes: number, scope: string): Value {
  const weights = {
    kernel: convWeight(builder, scope, [1, 1, x.shape[2] ?? 0, classes], truncatedNormal(0.01)),
    bias: builder.weight({ name: `${scope}/biases`, shape: [classes], kind: 'bias', layout: 'as-is', isRun: true, gradientFactor: 2 }),
  };
  return builder.node({ op: 'conv2d', inputs: [x], attrs: { stride: [1, 1], padding: [0, 0, 0, 0] }, weights });
}

/** Bilinear with aligned corners, as everywhere in DeepLab; nothing is added when the size is right already. */
export function resizeAligned(builder: GraphBuilder, x: Value, size: Pair): Value {
  if (x.shape[0] === size[0] && x.shape[1] === size[1]) return x;
  return builder.node({ op: 'resize-bilinear', inputs: [x], attrs: { size, alignCorners: true } });
}

function convWeight(builder: GraphBuilder, scope: string, shape: readonly number[], initial: InitialDraw | undefined): WeightRef {
  const [height = 0, width = 0, inChannels = 0, outChannels = 0] = shape;
  const glorot: InitialDraw = { distribution: 'uniform', scale: Math.sqrt(6 / (height * width * (inChannels + outChannels))) };
  return builder.weight({ name: `${scope}/weights`, shape, kind: 'weight', layout: 'hwio', isRun: true, initial: initial ?? glorot });
}

function windowAttrs(
  x: Value,
  { kernel = 1, stride = 1, rate = [1, 1], padding = 'same' }: SlimOptions,
): Record<string, readonly number[]> {
  const along = (axis: 0 | 1): Pair => {
    if (padding === 'same') return samePadding(x.shape[axis] ?? 0, kernel, stride, rate[axis]);
    const total = (kernel - 1) * rate[axis];
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  };
  const window = { stride: [stride, stride], padding: [...along(0), ...along(1)] };
  return rate[0] === 1 && rate[1] === 1 ? window : { ...window, dilation: rate };
}

function normActivate(builder: GraphBuilder, x: Value, { scope, norm, activation }: SlimOptions): Value {
  const channels = x.shape[2] ?? 0;
  const vector = (suffix: string, kind: 'norm_weight' | 'norm_bias' | 'running_mean' | 'running_var'): WeightRef =>
    builder.weight({ name: `${scope}/BatchNorm/${suffix}`, shape: [channels], kind, layout: 'as-is', isRun: true });
  const weights = {
    gamma: vector('gamma', 'norm_weight'),
    beta: vector('beta', 'norm_bias'),
    mean: vector('moving_mean', 'running_mean'),
    variance: vector('moving_variance', 'running_var'),
  };
  const y = builder.node({ op: 'batch-norm', inputs: [x], attrs: { epsilon: norm.epsilon, momentum: norm.momentum }, weights });
  return activation === undefined ? y : activate(builder, y, activation);
}

/** The layers that networks are written with: each registers its weights under the official name and adds its nodes. */
import type { GraphBuilder, Value } from './builder.ts';
import type { WeightRef } from './model-graph.ts';
import type { ActivationKind } from './ops/activation.ts';

export interface ConvOptions {
  readonly name: string;
  readonly channels: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  /** 'symmetric' pads (kernel - 1) / 2 on every side, as PyTorch's networks do. Four numbers: top, bottom, left, right. */
  readonly padding?: 'symmetric' | readonly [number, number, number, number];
}

/** Two-dimensional convolution: [height, width, in] -> [height', width', channels]; one filter a channel becomes a depthwise node. */
export function conv(builder: GraphBuilder, x: Value, options: ConvOptions): Value {
  const { name, channels, kernel = 1, stride = 1, groups = 1, bias = false, padding = 'symmetric' } = options;
  const inChannels = x.shape[2] ?? 0;
  const side = (kernel - 1) / 2;
  const attrs = { stride: [stride, stride], padding: padding === 'symmetric' ? [side, side, side, side] : padding };
  const isDepthwise = groups > 1 && groups === inChannels && channels === inChannels && !bias;
  const weights: Record<string, WeightRef> = {
    kernel: builder.weight({
      name: `${name}.weight`,
      shape: [channels, Math.floor(inChannels / groups), kernel, kernel],
      kind: 'weight',
      layout: isDepthwise ? 'depthwise-oihw' : 'oihw',
      isRun: true,
    }),
  };
  if (bias) weights['bias'] = builder.weight({ name: `${name}.bias`, shape: [channels], kind: 'bias', layout: 'as-is', isRun: true });
  if (isDepthwise) return builder.node({ op: 'depthwise-conv2d', inputs: [x], attrs, weights });
  return builder.node({ op: 'conv2d', inputs: [x], attrs: groups === 1 ? attrs : { ...attrs, groups }, weights });
}

export interface NormOptions {
  readonly epsilon: number;
  /** running = (1 - momentum) running + momentum batch. */
  readonly momentum: number;
}

/** Registers a batch norm's four vectors and its counter. `isRun` is false for a norm that the official network owns and never runs. */
export function batchNormWeights(builder: GraphBuilder, name: string, channels: number, isRun = true): Record<string, WeightRef> {
  const vector = (suffix: string, kind: 'norm_weight' | 'norm_bias' | 'running_mean' | 'running_var'): WeightRef =>
    builder.weight({ name: `${name}.${suffix}`, shape: [channels], kind, layout: 'as-is', isRun });
  const weights = {
    gamma: vector('weight', 'norm_weight'),
    beta: vector('bias', 'norm_bias'),
    mean: vector('running_mean', 'running_mean'),
    variance: vector('running_var', 'running_var'),
  };
  builder.weight({ name: `${name}.num_batches_tracked`, shape: [], kind: 'count', layout: 'as-is', isRun: false });
  return weights;
}

export function batchNorm(builder: GraphBuilder, x: Value, name: string, options: NormOptions): Value {
  const weights = batchNormWeights(builder, name, x.shape[x.shape.length - 1] ?? 0);
  return builder.node({ op: 'batch-norm', inputs: [x], attrs: { epsilon: options.epsilon, momentum: options.momentum }, weights });
}

export function activate(builder: GraphBuilder, x: Value, kind: ActivationKind): Value {
  return builder.node({ op: 'activation', inputs: [x], attrs: { kind } });
}

/** Convolution `name.0`, batch norm `name.1` and an activation. */
export function convNormAct(
  builder: GraphBuilder,
  x: Value,
  options: Omit<ConvOptions, 'bias'>,
  norm: NormOptions,
  kind: ActivationKind,
): Value {
  const y = conv(builder, x, { ...options, name: `${options.name}.0` });
  return activate(builder, batchNorm(builder, y, `${options.name}.1`, norm), kind);
}

export interface LinearOptions {
  readonly name: string;
  readonly features: number;
  readonly bias?: boolean;
}

/** [..., in] -> [..., features]. */
export function linear(builder: GraphBuilder, x: Value, options: LinearOptions): Value {
  const inFeatures = x.shape[x.shape.length - 1] ?? 0;
  const weights: Record<string, WeightRef> = { kernel: linearWeight(builder, `${options.name}.weight`, options.features, inFeatures) };
  if (options.bias === true) {
    weights['bias'] = builder.weight({
      name: `${options.name}.bias`,
      shape: [options.features],
      kind: 'bias',
      layout: 'as-is',
      isRun: true,
    });
  }
  return builder.node({ op: 'linear', inputs: [x], weights });
}

function linearWeight(builder: GraphBuilder, name: string, out: number, inFeatures: number): WeightRef {
  return builder.weight({ name, shape: [out, inFeatures], kind: 'weight', layout: 'oi', isRun: true });
}

export function layerNorm(builder: GraphBuilder, x: Value, name: string, epsilon: number): Value {
  const shape = [x.shape[x.shape.length - 1] ?? 0];
  const weights = {
    gamma: builder.weight({ name: `${name}.weight`, shape, kind: 'norm_weight', layout: 'as-is', isRun: true }),
    beta: builder.weight({ name: `${name}.bias`, shape, kind: 'norm_bias', layout: 'as-is', isRun: true }),
  };
  return builder.node({ op: 'layer-norm', inputs: [x], attrs: { epsilon }, weights });
}

export interface AttentionOptions {
  readonly name: string;
  readonly heads: number;
  readonly dropoutRate: number;
}

/**
 * Multi-head attention without biases; Q, K and V are the rows of one official matrix `in_proj_weight` [3 width, width].
 * query [queries, width], memory [tokens, width] -> [queries, width].
 */
export function multiHeadAttention(builder: GraphBuilder, query: Value, memory: Value, options: AttentionOptions): Value {
  const width = memory.shape[1] ?? 0;
  const packed = linearWeight(builder, `${options.name}.in_proj_weight`, 3 * width, width);
  const rows = (start: number, end: number): WeightRef => {
    return { ...packed, slices: [{ kind: 'ranges', ranges: [[start * width, end * width]] }, undefined] };
  };
  const project = (x: Value, kernel: WeightRef): Value => builder.node({ op: 'linear', inputs: [x], weights: { kernel } });
  const part = (x: Value, index: number): Value =>
    builder.node({ op: 'slice-channels', inputs: [x], attrs: { start: index * width, length: width } });

  let q: Value, k: Value, v: Value;
  if (query.id === memory.id) {
    const qkv = project(memory, packed); // [tokens, 3 width]
    [q, k, v] = [part(qkv, 0), part(qkv, 1), part(qkv, 2)];
  } else {
    q = project(query, rows(0, 1)); // [queries, width]
    const keysValues = project(memory, rows(1, 3)); // [tokens, 2 width]
    [k, v] = [part(keysValues, 0), part(keysValues, 1)];
  }
  const { heads, dropoutRate } = options;
  const attended = builder.node({
    op: 'scaled-dot-product-attention',
    inputs: [q, k, v],
    attrs: { heads, scale: 1 / Math.sqrt(width / heads), dropoutRate },
  });
  return linear(builder, attended, { name: `${options.name}.out_proj`, features: width });
}

export function add(builder: GraphBuilder, summands: readonly Value[]): Value {
  const [first, ...others] = summands;
  return others.length === 0 && first !== undefined ? first : builder.node({ op: 'add', inputs: summands });
}

export function concat(builder: GraphBuilder, parts: readonly Value[]): Value {
  const [first, ...others] = parts;
  return others.length === 0 && first !== undefined ? first : builder.node({ op: 'concat', inputs: parts });
}

/** Bilinear with half-pixel centres; nothing is added when the size is right already. */
export function resizeTo(
  builder: GraphBuilder,
  x: Value,
  size: readonly [number, number],
  kind: 'bilinear' | 'nearest' = 'bilinear',
): Value {
  if (x.shape[0] === size[0] && x.shape[1] === size[1]) return x;
  return builder.node({ op: `resize-${kind}`, inputs: [x], attrs: { size } });
}

export function dropout(builder: GraphBuilder, x: Value, rate: number): Value {
  return rate === 0 ? x : builder.node({ op: 'dropout', inputs: [x], attrs: { rate } });
}

/** Stochastic depth: drops the whole of an image's residual branch. */
export function dropPath(builder: GraphBuilder, x: Value, rate: number): Value {
  return rate === 0 ? x : builder.node({ op: 'dropout', inputs: [x], attrs: { rate, perSample: true }, name: 'drop-path' });
}

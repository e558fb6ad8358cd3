/** The three small networks by which backends are compared (layer by layer those of pytorch/small.py), for images of 32x32x3. */
import * as tf from '../../../engine/backend/tf.ts';
import type { Scalar, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '../../../engine/backend/tf.ts';
import { SmallParameters } from './small-parameters.ts';
import type { Norm } from './small-parameters.ts';

export const smallNames = ['mobile', 'res', 'attn'] as const;
export type SmallName = (typeof smallNames)[number];

export interface SmallNetwork {
  /** Multiply-accumulates forward, one image. */
  readonly macs: number;
  readonly parameters: SmallParameters;
  readonly learningRate: number;
  loss(x: Tensor4D, labels: Tensor1D): Scalar;
}

interface Conv extends Norm {
  readonly kernel: Tensor4D;
}

function conv(parameters: SmallParameters, size: number, from: number, to: number): Conv {
  return { kernel: parameters.normal([size, size, from, to], Math.sqrt(2 / (size * size * from))), ...parameters.batchNorm(to) };
}

function depthwise(parameters: SmallParameters, size: number, channels: number): Conv {
  return { kernel: parameters.normal([size, size, channels, 1], Math.sqrt(2 / (size * size))), ...parameters.batchNorm(channels) };
}

/** TensorFlow's 'same' padding of an even map. */
function same(size: number, stride: number): [number, number, number, number] {
  const total = Math.max(0, stride === 1 ? size - 1 : size - 2);
  return [total >> 1, total - (total >> 1), total >> 1, total - (total >> 1)];
}

interface LayerOptions {
  readonly stride?: number;
  readonly activation?: tf.Activation;
  readonly isDepthwise?: boolean;
}

/** Convolution, batch norm, activation. */
function layer(parameters: SmallParameters, x: Tensor4D, weights: Conv, options: LayerOptions = {}): Tensor4D {
  const { stride = 1, activation = 'relu6', isDepthwise = false } = options;
  const window = { stride: [stride, stride], padding: same(weights.kernel.shape[0], stride) } as const;
  const h = isDepthwise ? tf.depthwiseConv2d(x, weights.kernel, window) : tf.conv2d(x, weights.kernel, window);
  const { y, mean, variance } = tf.batchNormTrain(h, weights.gamma, weights.beta, { epsilon: 1e-3, activation });
  parameters.seen.push({ norm: weights, mean: tf.keep(mean), variance: tf.keep(variance), count: h.size / mean.size });
  return y;
}

function meanCrossEntropy(scores: Tensor2D, labels: Tensor1D): Scalar {
  return tf.softmaxCrossEntropy(scores, labels, { reduction: 'mean-all' });
}

function mobile(): SmallNetwork {
  const p = new SmallParameters();
  const stem = conv(p, 3, 3, 16);
  const blocks = [
    { expand: conv(p, 1, 16, 48), depth: depthwise(p, 3, 48), project: conv(p, 1, 48, 24) },
    { expand: conv(p, 1, 24, 72), depth: depthwise(p, 5, 72), project: conv(p, 1, 72, 32) },
  ];
  const head = conv(p, 1, 32, 96);
  const weight = p.normal<Tensor2D>([96, 10], 0.1);
  const bias = p.add<Tensor1D>([10], () => 0);
  return {
    macs: 32 * 32 * (27 * 16 + 16 * 48) + 16 * 16 * (9 * 48 + 48 * 24 + 24 * 72) + 8 * 8 * (25 * 72 + 72 * 32 + 32 * 96) + 960,
    parameters: p,
    learningRate: 0.05,
    loss: (x, labels) => {
      let h = layer(p, x, stem);
      for (const { expand, depth, project } of blocks) {
        h = layer(p, h, expand);
        h = layer(p, h, depth, { stride: 2, isDepthwise: true });
        h = layer(p, h, project, { activation: 'none' });
      }
      h = layer(p, h, head);
      return meanCrossEntropy(tf.linear(tf.globalAveragePool(h), weight, bias), labels);
    },
  };
}

function res(): SmallNetwork {
  const p = new SmallParameters();
  const [stem, a, b] = [conv(p, 3, 3, 32), conv(p, 3, 32, 32), conv(p, 3, 32, 32)];
  const [down, d, e] = [conv(p, 3, 32, 64), conv(p, 3, 64, 64), conv(p, 3, 64, 64)];
  const weight = p.normal<Tensor2D>([64, 10], 0.1);
  const bias = p.add<Tensor1D>([10], () => 0);
  return {
    macs: 1024 * 9 * (3 * 32 + 2 * 32 * 32) + 256 * 9 * (32 * 64 + 2 * 64 * 64) + 640,
    parameters: p,
    learningRate: 0.05,
    loss: (x, labels) => {
      let h = layer(p, x, stem);
      h = tf.addN([h, layer(p, layer(p, h, a), b)]);
      h = layer(p, h, down, { stride: 2 });
      h = tf.addN([h, layer(p, layer(p, h, d), e)]);
      return meanCrossEntropy(tf.linear(tf.globalAveragePool(h), weight, bias), labels);
    },
  };
}

interface Linear {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

const [width, heads, tokens] = [96, 4, 64];

interface AttentionBlock {
  readonly norm1: Norm;
  readonly q: Linear;
  readonly k: Linear;
  readonly v: Linear;
  readonly out: Linear;
  readonly norm2: Norm;
  readonly hidden: Linear;
  readonly back: Linear;
}

function apply<T extends tf.Tensor>(x: T, { weight, bias }: Linear): T {
  return tf.linear(x, weight, bias);
}

/** [batch, tokens, width] to [batch * heads, tokens, width / heads] */
function byHead(x: Tensor3D): Tensor3D {
  const split = tf.transpose(tf.reshape(x, [-1, tokens, heads, width / heads]), [0, 2, 1, 3]);
  return tf.reshape(split, [-1, tokens, width / heads]);
}

function attentionBlock(h: Tensor3D, b: AttentionBlock): Tensor3D {
  const batch = h.shape[0];
  const n = tf.layerNorm(h, b.norm1.gamma, b.norm1.beta, { epsilon: 1e-5 });
  const [q, k, v] = [b.q, b.k, b.v].map((one) => byHead(apply(n, one))) as [Tensor3D, Tensor3D, Tensor3D];
  const o = tf.scaledDotProductAttention(q, k, v, { scale: 1 / Math.sqrt(width / heads) }); // [batch * heads, tokens, width / heads]
  const joined = tf.transpose(tf.reshape(o, [batch, heads, tokens, width / heads]), [0, 2, 1, 3]);
  const attended = tf.addN([h, apply(tf.reshape(joined, [batch, tokens, width]) as Tensor3D, b.out)]);
  const hidden = tf.activation(apply(tf.layerNorm(attended, b.norm2.gamma, b.norm2.beta, { epsilon: 1e-5 }), b.hidden), 'relu');
  return tf.addN([attended, apply(hidden, b.back)]);
}

/** 64 patches of 4x4 pixels, width 96, 4 heads, 3 blocks of attention and a hidden layer of 4 times the width. */
function attn(): SmallNetwork {
  const p = new SmallParameters();
  const linear = (from: number, to: number): Linear => ({ weight: p.normal([from, to], Math.sqrt(1 / from)), bias: p.add([to], () => 0) });
  const blocks = Array.from({ length: 3 }, (): AttentionBlock => {
    const [q, k, v, out] = Array.from({ length: 4 }, () => linear(width, width)) as [Linear, Linear, Linear, Linear];
    const [hidden, back] = [linear(width, 4 * width), linear(4 * width, width)];
    return { norm1: p.layerNorm(width), q, k, v, out, norm2: p.layerNorm(width), hidden, back };
  });
  const patch = linear(48, width);
  const position = p.normal<Tensor3D>([1, tokens, width], 0.02);
  const head = linear(width, 10);
  return {
    macs: tokens * 48 * width + 3 * (tokens * width * width * 4 + 2 * tokens * tokens * width + 8 * tokens * width * width) + width * 10,
    parameters: p,
    learningRate: 0.002,
    loss: (x, labels) => {
      const batch = x.shape[0];
      const patches = tf.reshape(tf.transpose(tf.reshape(x, [batch * 8, 4, 8, 12]), [0, 2, 1, 3]), [batch, tokens, 48]) as Tensor3D;
      let h: Tensor3D = tf.add(apply(patches, patch), position);
      for (const block of blocks) h = attentionBlock(h, block);
      return meanCrossEntropy(apply(tf.mean<Tensor2D>(h, 1), head), labels);
    },
  };
}

export function createSmall(name: SmallName): SmallNetwork {
  return { mobile, res, attn }[name]();
}

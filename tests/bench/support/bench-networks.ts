/** The three networks by which backends are compared (shared with pytorch_networks.py, layer by layer), trained by SGD with momentum 0.9. */
import * as tf from '../../../engine/backend/tf.ts';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '../../../engine/backend/tf.ts';
import { createRng } from '../../../engine/rng.ts';

export const networkNames = ['mobile', 'res', 'attn'] as const;
export type NetworkName = (typeof networkNames)[number];

export interface BenchNetwork {
  /** Multiply-accumulates forward, one image of 32x32x3. */
  readonly macs: number;
  readonly variables: readonly Variable[];
  readonly learningRate: number;
  loss(x: Tensor4D, labels: Tensor1D): Scalar;
}

class Parameters {
  readonly variables: Variable[] = [];
  readonly #rng = createRng(1);

  add<T extends Tensor>(shape: readonly number[], value: () => number): T {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = tf.tensor(Float32Array.from({ length: size }, value), [...shape]);
    const created = tf.variable(values);
    values.dispose();
    this.variables.push(created);
    return created as unknown as T;
  }

  normal<T extends Tensor>(shape: readonly number[], deviation: number): T {
    return this.add(shape, () => this.#rng.normal() * deviation);
  }

  norm(channels: number): Norm {
    return { gamma: this.add([channels], () => 1), beta: this.add([channels], () => 0) };
  }
}

interface Norm {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
}

interface Conv extends Norm {
  readonly kernel: Tensor4D;
}

function conv(parameters: Parameters, size: number, from: number, to: number): Conv {
  return { kernel: parameters.normal([size, size, from, to], Math.sqrt(2 / (size * size * from))), ...parameters.norm(to) };
}

function depthwise(parameters: Parameters, size: number, channels: number): Conv {
  return { kernel: parameters.normal([size, size, channels, 1], Math.sqrt(2 / (size * size))), ...parameters.norm(channels) };
}

/** TensorFlow's 'same' padding of an even map. */
function same(size: number, stride: number): [number, number, number, number] {
  const total = stride === 1 ? size - 1 : size - 2;
  return [total >> 1, total - (total >> 1), total >> 1, total - (total >> 1)];
}

function convNormActivation(x: Tensor4D, layer: Conv, stride: number, activation: tf.Activation, isDepthwise = false): Tensor4D {
  const options = { stride: [stride, stride], padding: same(layer.kernel.shape[0], stride) } as const;
  const h = isDepthwise
    ? tf.depthwiseConv2d(x, layer.kernel, options)
    : tf.conv2d(x, layer.kernel, { ...options, padding: layer.kernel.shape[0] === 1 ? [0, 0, 0, 0] : options.padding });
  const { y, mean, variance } = tf.batchNormTrain(h, layer.gamma, layer.beta, { epsilon: 1e-3, activation });
  tf.dispose([mean, variance]);
  return y;
}

function mobile(): BenchNetwork {
  const p = new Parameters();
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
    variables: p.variables,
    learningRate: 0.05,
    loss: (x, labels) => {
      let h = convNormActivation(x, stem, 1, 'relu6');
      for (const { expand, depth, project } of blocks) {
        h = convNormActivation(h, expand, 1, 'relu6');
        h = convNormActivation(h, depth, 2, 'relu6', true);
        h = convNormActivation(h, project, 1, 'none');
      }
      h = convNormActivation(h, head, 1, 'relu6');
      return tf.softmaxCrossEntropy(tf.linear(tf.globalAveragePool(h), weight, bias), labels, { reduction: 'mean-all' });
    },
  };
}

function res(): BenchNetwork {
  const p = new Parameters();
  const [s, a, b, c, d, e] = [
    conv(p, 3, 3, 32),
    conv(p, 3, 32, 32),
    conv(p, 3, 32, 32),
    conv(p, 3, 32, 64),
    conv(p, 3, 64, 64),
    conv(p, 3, 64, 64),
  ];
  const weight = p.normal<Tensor2D>([64, 10], 0.1);
  const bias = p.add<Tensor1D>([10], () => 0);
  const layer = (x: Tensor4D, w: Conv, stride: number): Tensor4D => convNormActivation(x, w, stride, 'relu6');
  return {
    macs: 1024 * 9 * (3 * 32 + 2 * 32 * 32) + 256 * 9 * (32 * 64 + 2 * 64 * 64) + 640,
    variables: p.variables,
    learningRate: 0.05,
    loss: (x, labels) => {
      let h = layer(x, s, 1);
      h = tf.addN([h, layer(layer(h, a, 1), b, 1)]);
      h = layer(h, c, 2);
      h = tf.addN([h, layer(layer(h, d, 1), e, 1)]);
      return tf.softmaxCrossEntropy(tf.linear(tf.globalAveragePool(h), weight, bias), labels, { reduction: 'mean-all' });
    },
  };
}

interface Linear {
  readonly weight: Tensor2D;
  readonly bias: Tensor1D;
}

/** 64 patches of 4x4 pixels, width 96, 4 heads, 3 blocks of attention and a hidden layer of 4 times the width. */
function attn(): BenchNetwork {
  const p = new Parameters();
  const [width, heads, tokens] = [96, 4, 64];
  const layer = (from: number, to: number): Linear => ({ weight: p.normal([from, to], Math.sqrt(1 / from)), bias: p.add([to], () => 0) });
  const blocks = Array.from({ length: 3 }, () => ({
    norm1: p.norm(width),
    q: layer(width, width),
    k: layer(width, width),
    v: layer(width, width),
    out: layer(width, width),
    norm2: p.norm(width),
    hidden: layer(width, 4 * width),
    back: layer(4 * width, width),
  }));
  const patch = layer(48, width);
  const position = p.normal<Tensor3D>([1, tokens, width], 0.02);
  const head = layer(width, 10);
  const apply = <T extends Tensor>(x: T, { weight, bias }: Linear): T => tf.linear(x, weight, bias);
  const byHead = (x: Tensor3D): Tensor3D =>
    tf.reshape(tf.transpose(tf.reshape(x, [-1, tokens, heads, width / heads]), [0, 2, 1, 3]), [-1, tokens, width / heads]);
  return {
    macs: tokens * 48 * width + 3 * (tokens * width * width * 4 + 2 * tokens * tokens * width + 8 * tokens * width * width) + width * 10,
    variables: p.variables,
    learningRate: 0.002,
    loss: (x, labels) => {
      const batch = x.shape[0];
      const patches = tf.reshape(tf.transpose(tf.reshape(x, [batch * 8, 4, 8, 12]), [0, 2, 1, 3]), [batch, tokens, 48]) as Tensor3D;
      let h: Tensor3D = tf.add(apply(patches, patch), position);
      for (const b of blocks) {
        const n = tf.layerNorm(h, b.norm1.gamma, b.norm1.beta, { epsilon: 1e-5 });
        const [q, k, v] = [b.q, b.k, b.v].map((one) => byHead(apply(n, one))) as [Tensor3D, Tensor3D, Tensor3D];
        const o = tf.scaledDotProductAttention(q, k, v, { scale: 1 / Math.sqrt(width / heads) }); // [batch * heads, tokens, width / heads]
        const joined = tf.reshape(tf.transpose(tf.reshape(o, [batch, heads, tokens, width / heads]), [0, 2, 1, 3]), [
          batch,
          tokens,
          width,
        ]) as Tensor3D;
        h = tf.addN([h, apply(joined, b.out)]);
        const hidden = tf.activation(apply(tf.layerNorm(h, b.norm2.gamma, b.norm2.beta, { epsilon: 1e-5 }), b.hidden), 'relu');
        h = tf.addN([h, apply(hidden, b.back)]);
      }
      return tf.softmaxCrossEntropy(apply(tf.mean<Tensor2D>(h, 1), head), labels, { reduction: 'mean-all' });
    },
  };
}

export function createNetwork(name: NetworkName): BenchNetwork {
  return { mobile, res, attn }[name]();
}

/** A small network that uses the ops of every search: for the self test and for calibration. */
import { randomNormal, reshape, tensor1d, variable } from '@tensorflow/tfjs';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs';
import { tidy } from './internals.ts';
import { activation } from './ops/activation.ts';
import { scaledDotProductAttention } from './ops/attention.ts';
import { batchNormTrain } from './ops/batch-norm.ts';
import { addN, concatChannels } from './ops/channels.ts';
import { conv2d } from './ops/conv2d.ts';
import { softmaxCrossEntropy } from './ops/cross-entropy.ts';
import { depthwiseConv2d } from './ops/depthwise-conv2d.ts';
import { layerNorm } from './ops/layer-norm.ts';
import { linear } from './ops/matmul.ts';
import { globalAveragePool } from './ops/pool.ts';
import { resizeBilinear } from './ops/resize.ts';

export interface SmallNetwork {
  readonly variables: readonly Variable[];
  /** Pictures and labels. */
  readonly inputs: readonly Tensor[];
  /** Of its own inputs, or of what stands for them in a compiled step. */
  loss(inputs?: readonly Tensor[]): Scalar;
  dispose(): void;
}

/** An input of [batch, size, size, 3], an expansion to `width` channels, two depthwise kernels, a projection, attention and a classifier of 5 classes. */
export function createSmallNetwork(batch: number, size: number, width: number): SmallNetwork {
  let seed = 1;
  const random = (shape: number[], deviation: number): Tensor => tidy(() => randomNormal(shape, 0, deviation, 'float32', seed++));
  const variables: Variable[] = [];
  const weight = (...shape: number[]): Variable => {
    const values = random(shape, 0.3);
    const created = variable(values);
    values.dispose();
    variables.push(created);
    return created;
  };
  const x = random([batch, size, size, 3], 1) as Tensor4D;
  const labels = tensor1d(
    Array.from({ length: batch }, (_, i) => i % 5),
    'int32',
  );
  const expand = weight(1, 1, 3, width) as Tensor4D;
  const kernels = [3, 5].map((k) => weight(k, k, width, 1) as Tensor4D);
  const project = weight(3, 3, 2 * width, 8) as Tensor4D;
  const classifier = weight(8, 5) as Tensor2D;
  const bias = weight(5) as Tensor1D;
  const scales = [width, width, width].map((n) => ({ gamma: weight(n), beta: weight(n) }));
  const tokenScale = { gamma: weight(8), beta: weight(8) };
  const norm = (h: Tensor4D, i: number): Tensor4D =>
    batchNormTrain(h, scales[i]!.gamma, scales[i]!.beta, { epsilon: 1e-3, activation: 'swish' }).y;
  const inputs = [x, labels];
  const loss = ([x, labels]: readonly Tensor[] = inputs): Scalar => {
    const h = norm(conv2d(x as Tensor4D, expand, { stride: [1, 1], padding: [0, 0, 0, 0] }), 0);
    const parts = kernels.map((kernel, i) => {
      const p = kernel.shape[0] >> 1;
      return norm(depthwiseConv2d(h, kernel, { stride: [2, 2], padding: [p, p, p, p] }), i + 1);
    });
    const joined = resizeBilinear(concatChannels(parts), [size, size]);
    const y = conv2d(joined, project, { stride: [2, 2], padding: [1, 1, 1, 1] });
    const tokens = layerNorm<Tensor3D>(reshape(y, [batch, -1, 8]), tokenScale.gamma, tokenScale.beta, { epsilon: 1e-5 }); // [batch, pixels, 8]
    const attended = scaledDotProductAttention(tokens, tokens, tokens, { scale: 0.35, dropout: { rate: 0.1, seed: 7 } });
    const mixed: Tensor4D = reshape(addN([tokens, activation(attended, 'gelu')]), y.shape);
    return softmaxCrossEntropy(linear(globalAveragePool(mixed), classifier, bias), labels as Tensor1D, { reduction: 'mean-all' });
  };
  return {
    variables,
    inputs,
    loss,
    dispose: () => [x, labels, ...variables].forEach((tensor) => tensor.dispose()),
  };
}

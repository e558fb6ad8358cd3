/** Every op of our own on sizes of several blocks. */
import { bilinearMix } from '../../../../engine/backend/ops/resize.ts';
import { randomTensor } from './native-ops.ts';
import type { AttributeValue, NativeInput } from './native-ops.ts';

export interface OpCase {
  readonly op: string;
  readonly inputs: readonly NativeInput[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly outputs?: number;
}

const numbers = (...values: number[]): NativeInput => ({ shape: [values.length], values: Float32Array.from(values) });
const none = (rows: number, columns: number): NativeInput => ({ shape: [rows, columns, 0], values: new Float32Array(0) });
const positive = ({ shape, values }: NativeInput): NativeInput => ({ shape, values: values.map((x) => x * x + 0.01) as Float32Array });

function mixes(from: number, to: number): NativeInput[] {
  const mix = bilinearMix(from, to, false);
  return [
    { shape: [to, 2], values: Int32Array.from(mix.flatMap(({ low, high }) => [low, high])) },
    { shape: [to], values: Float32Array.from(mix, ({ share }) => share) },
  ];
}

const map = [3, 40, 37, 18];
const [x, dy] = [randomTensor(map, 1, 2, 1), randomTensor(map, 2)];
const [gamma, beta, mean] = [3, 4, 5].map((seed) => randomTensor([18], seed)) as [NativeInput, NativeInput, NativeInput];
const variance = positive(randomTensor([18], 6));
const rows = randomTensor([5000, 19], 7, 3);
const rowSlopes = randomTensor([5000, 19], 8);
const labels: NativeInput = { shape: [5000], values: Int32Array.from({ length: 5000 }, (_, i) => i % 21) };
const weights = [9, 10, 11].map((seed) => randomTensor([70001], seed));
const update = [0.01, 1e-4, 1e-5, 0.99, 0.01];
const window = { strides: [1, 1], dilations: [1, 1], padding: [2, 2, 2, 2] };
const halving = { strides: [2, 2], dilations: [1, 1], padding: [1, 1, 1, 1] };
const kernels = { five: randomTensor([5, 5, 18, 1], 12), three: randomTensor([3, 3, 18, 1], 13) };
const halved = randomTensor([3, 20, 19, 18], 14);
const [dense, denseSlopes] = [randomTensor([3, 3, 18, 70], 18), randomTensor([3, 20, 19, 70], 19)];
const norm = { epsilon: 1e-3 };
const loss = { ignore_label: 20, smoothing: 0.1 };

export const kernelCases: readonly OpCase[] = [
  { op: 'LabActivation', inputs: [x], attributes: { kind: 'swish' } },
  { op: 'LabActivation', inputs: [x], attributes: { kind: 'gelu' } },
  { op: 'LabActivation', inputs: [x], attributes: { kind: 'tanh' } },
  { op: 'LabActivationGradient', inputs: [dy, x], attributes: { kind: 'hard-swish' } },
  { op: 'LabBatchNormTrain', inputs: [x, gamma, beta], attributes: { ...norm, kind: 'relu6' }, outputs: 3 },
  { op: 'LabBatchNormTrainGradient', inputs: [dy, x, gamma, beta, mean, variance], attributes: { ...norm, kind: 'relu' }, outputs: 3 },
  { op: 'LabBatchNormTrainGradient', inputs: [dy, x, gamma, beta, mean, variance], attributes: { ...norm, kind: 'swish' }, outputs: 3 },
  { op: 'LabBatchNormInference', inputs: [x, mean, variance, gamma, beta], attributes: { ...norm, kind: 'none' } },
  { op: 'LabDropout', inputs: [x, { shape: [], values: Int32Array.of(77) }], attributes: { limit: 1e9, factor: 1.25 } },
  { op: 'LabUpdateSgdEma', inputs: [...weights, weights[0]!, numbers(...update, 0.9)], outputs: 3 },
  {
    op: 'LabUpdateRmsProp',
    inputs: [...weights.slice(0, 2), positive(weights[2]!), weights[0]!, numbers(...update, 0.9, 0.1, 0.9)],
    attributes: norm,
    outputs: 3,
  },
  {
    op: 'LabUpdateAdamW',
    inputs: [...weights, positive(weights[0]!), numbers(...update, 0.9, 0.1, 0.99, 0.01, 0.5, 0.4)],
    attributes: norm,
    outputs: 3,
  },
  { op: 'LabUpdateEma', inputs: [weights[0]!, weights[1]!, numbers(0.99, 0.01)] },
  { op: 'LabDepthwiseConv2d', inputs: [x, kernels.five, none(40, 37)], attributes: window },
  { op: 'LabDepthwiseConv2dInputGradient', inputs: [dy, kernels.five, none(40, 37)], attributes: window },
  { op: 'LabDepthwiseConv2dKernelGradient', inputs: [dy, x, none(5, 5)], attributes: window },
  { op: 'LabDepthwiseConv2d', inputs: [x, kernels.three, none(20, 19)], attributes: halving },
  { op: 'LabDepthwiseConv2dInputGradient', inputs: [halved, kernels.three, none(40, 37)], attributes: halving },
  { op: 'LabDepthwiseConv2dKernelGradient', inputs: [halved, x, none(3, 3)], attributes: halving },
  { op: 'LabConv2d', inputs: [x, dense, none(20, 19)], attributes: halving },
  { op: 'LabConv2dInputGradient', inputs: [denseSlopes, dense, none(40, 37)], attributes: halving },
  { op: 'LabConv2dKernelGradient', inputs: [denseSlopes, x, none(3, 3)], attributes: halving },
  { op: 'LabMatMul', inputs: [rows, rowSlopes, none(19, 19)], attributes: { transpose_a: true, transpose_b: false } },
  { op: 'LabMatMul', inputs: [rows, randomTensor([70, 19], 20), none(5000, 70)], attributes: { transpose_a: false, transpose_b: true } },
  {
    op: 'LabMatMul',
    inputs: [randomTensor([20, 49, 30], 21), randomTensor([20, 30, 33], 22), { shape: [20, 49, 33, 0], values: new Float32Array(0) }],
    attributes: { transpose_a: false, transpose_b: false },
  },
  { op: 'LabSoftmax', inputs: [rows] },
  { op: 'LabSoftmaxGradient', inputs: [rowSlopes, rows] },
  { op: 'LabCrossEntropy', inputs: [rows, labels], attributes: { ...loss, mean_over_valid: true }, outputs: 3 },
  { op: 'LabCrossEntropyGradient', inputs: [numbers(2), rows, labels, randomTensor([5000], 15, 0.1, 6), numbers(0.01)], attributes: loss },
  { op: 'LabLayerNorm', inputs: [x, gamma, beta], attributes: norm, outputs: 3 },
  {
    op: 'LabLayerNormGradient',
    inputs: [dy, x, gamma, randomTensor([3, 40, 37], 16), positive(randomTensor([3, 40, 37], 17))],
    outputs: 3,
  },
  { op: 'LabColumnSums', inputs: [rows] },
  { op: 'LabResize', inputs: [x, ...mixes(40, 61), ...mixes(37, 50)] },
  { op: 'LabResizeGradient', inputs: [dy, ...mixes(23, 40), ...mixes(30, 37), none(23, 30)] },
];

/**
 * Every op of engine/backend/tf.ts that a specification needs, as cases: what each backend must compute and differentiate rightly.
 * Sizes differ on every axis and channels are no multiple of four, so that swapped axes and forgotten tails show.
 */
import { createRng, hash32 } from '../../engine/rng.ts';
import * as tf from '../../engine/backend/tf.ts';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '../../engine/backend/tf.ts';

export interface KernelCase {
  readonly title: string;
  /** Shapes of the differentiable inputs. */
  readonly shapes: readonly (readonly number[])[];
  readonly run: (inputs: readonly Tensor[]) => Tensor;
  /** Values of input i at element j, when standard normal ones do not do (kinks, ranges). */
  readonly fill?: (random: number, input: number, element: number) => number;
}

const as4 = (x: Tensor | undefined): Tensor4D => x as Tensor4D;
const as3 = (x: Tensor | undefined): Tensor3D => x as Tensor3D;
const as2 = (x: Tensor | undefined): Tensor2D => x as Tensor2D;
const as1 = (x: Tensor | undefined): Tensor1D => x as Tensor1D;

function convCases(): KernelCase[] {
  const geometries = [
    { name: '1x1', k: [1, 1], stride: [1, 1], padding: [0, 0, 0, 0] },
    { name: '1x1 stride 2', k: [1, 1], stride: [2, 2], padding: [0, 0, 0, 0] },
    { name: '3x3', k: [3, 3], stride: [1, 1], padding: [1, 1, 1, 1] },
    { name: '3x3 stride 2', k: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] },
    { name: '3x3 stride 2, TensorFlow padding', k: [3, 3], stride: [2, 2], padding: [0, 1, 0, 1] },
    { name: '5x5', k: [5, 5], stride: [1, 1], padding: [2, 2, 2, 2] },
    { name: '5x3 stride 2x1, uneven padding', k: [5, 3], stride: [2, 1], padding: [2, 1, 0, 2] },
    { name: '7x7 stride 2', k: [7, 7], stride: [2, 2], padding: [3, 3, 3, 3] },
    { name: '3x3 dilation 2x3', k: [3, 3], stride: [1, 1], padding: [2, 2, 3, 3], dilation: [2, 3] },
    { name: '3x3 stride 2 dilation 2', k: [3, 3], stride: [2, 2], padding: [2, 2, 2, 2], dilation: [2, 2] },
    { name: '3x3 without padding', k: [3, 3], stride: [1, 1], padding: [0, 0, 0, 0] },
  ] as const;
  const cases: KernelCase[] = [];
  for (const { name, k, ...options } of geometries) {
    cases.push({ title: `depthwise ${name}, 6 channels`, shapes: [[2, 7, 9, 6], [...k, 6, 1]], run: ([x, w]) => tf.depthwiseConv2d(as4(x), as4(w), options) });
    cases.push({ title: `conv ${name}, 3 to 5 channels`, shapes: [[2, 7, 9, 3], [...k, 3, 5]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), options) });
  }
  const same = { stride: [1, 1], padding: [1, 1, 1, 1] } as const;
  const point = { padding: [0, 0, 0, 0] } as const;
  cases.push(
    { title: 'depthwise 3x3, 19 channels', shapes: [[3, 6, 5, 19], [3, 3, 19, 1]], run: ([x, w]) => tf.depthwiseConv2d(as4(x), as4(w), same) },
    { title: 'depthwise 5x5 on a map smaller than the window', shapes: [[2, 2, 3, 5], [5, 5, 5, 1]], run: ([x, w]) => tf.depthwiseConv2d(as4(x), as4(w), { stride: [1, 1], padding: [2, 2, 2, 2] }) },
    { title: 'conv 3x3, 8 to 16 channels', shapes: [[2, 5, 6, 8], [3, 3, 8, 16]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), same) },
    { title: 'conv 1x1, 13 to 21 channels', shapes: [[3, 5, 4, 13], [1, 1, 13, 21]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { ...point, stride: [1, 1] }) },
    { title: 'conv 1x1, 1 to 1 channel', shapes: [[2, 3, 4, 1], [1, 1, 1, 1]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { ...point, stride: [1, 1] }) },
    { title: 'grouped conv 1x1, 6 groups of 4 to 3', shapes: [[2, 5, 4, 24], [1, 1, 4, 18]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { ...point, stride: [1, 1], groups: 6 }) },
    { title: 'grouped conv 1x1 stride 2, 18 groups of 1 to 2', shapes: [[2, 5, 7, 18], [1, 1, 1, 36]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { ...point, stride: [2, 2], groups: 18 }) },
    { title: 'grouped conv 3x3 stride 2, 2 groups', shapes: [[2, 7, 6, 6], [3, 3, 3, 10]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { ...same, stride: [2, 2], groups: 2 }) },
  );
  return cases;
}

function poolAndResizeCases(): KernelCase[] {
  const window = { size: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] } as const;
  return [
    { title: 'avgPool 3x3 stride 2, zeros counted', shapes: [[2, 7, 9, 3]], run: ([x]) => tf.avgPool(as4(x), { ...window, countIncludePad: true }) },
    { title: 'avgPool 3x3 stride 2, zeros not counted', shapes: [[2, 7, 9, 3]], run: ([x]) => tf.avgPool(as4(x), { ...window, countIncludePad: false }) },
    { title: 'avgPool 4x3 stride 1', shapes: [[2, 7, 9, 3]], run: ([x]) => tf.avgPool(as4(x), { size: [4, 3], stride: [1, 1], padding: [0, 0, 0, 0], countIncludePad: true }) },
    { title: 'maxPool 3x3 stride 2', shapes: [[2, 7, 9, 3]], run: ([x]) => tf.maxPool(as4(x), window), fill: (_, __, j) => ((j * 37) % 377) / 20 },
    { title: 'globalAveragePool', shapes: [[2, 7, 9, 5]], run: ([x]) => tf.globalAveragePool(as4(x)) },
    { title: 'resizeBilinear up, half-pixel centres', shapes: [[2, 4, 5, 3]], run: ([x]) => tf.resizeBilinear(as4(x), [7, 11]) },
    { title: 'resizeBilinear down, half-pixel centres', shapes: [[2, 9, 11, 6]], run: ([x]) => tf.resizeBilinear(as4(x), [4, 5]) },
    { title: 'resizeBilinear up, corners aligned', shapes: [[2, 4, 5, 3]], run: ([x]) => tf.resizeBilinear(as4(x), [7, 11], { alignCorners: true }) },
    { title: 'resizeBilinear of 1x1', shapes: [[2, 1, 1, 3]], run: ([x]) => tf.resizeBilinear(as4(x), [3, 4], { alignCorners: true }) },
    { title: 'resizeBilinear by two, 19 channels', shapes: [[1, 6, 4, 19]], run: ([x]) => tf.resizeBilinear(as4(x), [12, 8]) },
    { title: 'resizeNearest up', shapes: [[2, 3, 4, 5]], run: ([x]) => tf.resizeNearest(as4(x), [7, 8]) },
  ];
}

function normCases(): KernelCase[] {
  const kinds = ['none', 'relu', 'relu6', 'swish', 'hard-swish'] as const;
  // Two clouds of values, scaled so that none comes near a kink (0, 3, -3, 6); channel 0 reaches beyond both ends.
  const offKinks = (random: number, input: number, element: number): number => {
    if (input === 0) return ((element * 5) % 7 < 3 ? 1 : -1) + 0.1 * random;
    if (input === 1) return element === 0 ? 8 : 1;
    return 0.1 * random;
  };
  return [
    ...kinds.map((kind): KernelCase => ({
      title: `batchNormTrain with ${kind}`, shapes: [[3, 5, 4, 6], [6], [6]], fill: offKinks,
      run: ([x, gamma, beta]) => tf.batchNormTrain(x!, gamma!, beta!, { epsilon: 1e-3, activation: kind }).y,
    })),
    { title: 'batchNormTrain of 19 channels', shapes: [[2, 3, 4, 19], [19], [19]], run: ([x, gamma, beta]) => tf.batchNormTrain(x!, gamma!, beta!, { epsilon: 1e-3 }).y },
    {
      title: 'batchNormInference with swish', shapes: [[2, 3, 4, 7], [7], [7]],
      run: ([x, gamma, beta]) => tf.batchNormInference(
        x!, { mean: tf.fill([7], 0.3), variance: tf.fill([7], 1.7), gamma: gamma!, beta: beta! }, { epsilon: 1e-3, activation: 'swish' },
      ),
    },
    { title: 'layerNorm', shapes: [[2, 5, 11], [11], [11]], run: ([x, gamma, beta]) => tf.layerNorm(x!, gamma!, beta!, { epsilon: 1e-5 }) },
  ];
}

function matrixCases(): KernelCase[] {
  const transposes = [[false, false], [true, false], [false, true], [true, true]] as const;
  return [
    { title: 'linear with bias', shapes: [[2, 3, 5], [5, 7], [7]], run: ([x, w, b]) => tf.linear(x!, as2(w), as1(b)) },
    { title: 'linear without bias', shapes: [[6, 5], [5, 3]], run: ([x, w]) => tf.linear(x!, as2(w)) },
    ...transposes.map(([transposeA, transposeB]): KernelCase => ({
      title: `batchMatMul, transposed ${transposeA} ${transposeB}`,
      shapes: [transposeA ? [2, 3, 7, 5] : [2, 3, 5, 7], transposeB ? [2, 3, 9, 7] : [2, 3, 7, 9]],
      run: ([a, b]) => tf.batchMatMul(a!, b!, { transposeA, transposeB }),
    })),
    { title: 'batchMatMul, one matrix against a stack', shapes: [[5, 7], [3, 7, 4]], run: ([a, b]) => tf.batchMatMul(a!, b!) },
    { title: 'batchMatMul, a stack of one against a stack', shapes: [[3, 4, 7], [1, 6, 7]], run: ([a, b]) => tf.batchMatMul(a!, b!, { transposeB: true }) },
    { title: 'softmaxLastAxis', shapes: [[3, 4, 7]], run: ([x]) => tf.softmaxLastAxis(x!) },
    { title: 'attention', shapes: [[2, 5, 6], [2, 7, 6], [2, 7, 3]], run: ([q, k, v]) => tf.scaledDotProductAttention(as3(q), as3(k), as3(v), { scale: 0.4 }) },
    {
      title: 'attention with dropout', shapes: [[2, 5, 6], [2, 7, 6], [2, 7, 6]],
      run: ([q, k, v]) => tf.scaledDotProductAttention(as3(q), as3(k), as3(v), { scale: 0.4, dropout: { rate: 0.3, seed: 5 } }),
    },
  ];
}

function activationCases(): KernelCase[] {
  const kinds = ['relu', 'relu6', 'swish', 'sigmoid', 'hard-sigmoid', 'hard-swish', 'gelu', 'tanh'] as const;
  // Steps of 0.37 around zero: no value near a kink (0, 3, -3, 6), and both far tails.
  const spread = (_: number, __: number, j: number): number => ((j * 7) % 41 - 20) * 0.37 + 0.15;
  return kinds.map((kind) => ({ title: `activation ${kind}`, shapes: [[3, 41]], run: ([x]) => tf.activation(x!, kind), fill: spread }));
}

function otherCases(): KernelCase[] {
  const labels = (): Tensor1D => tf.tensor1d([0, 4, 2, 255, 1, 3], 'int32');
  const flat = (x: Tensor): Tensor => tf.reshape(x, [1]);
  return [
    { title: 'squeeze-and-excitation: map times one factor a channel', shapes: [[2, 3, 4, 5], [2, 1, 1, 5]], run: ([x, gate]) => tf.mul(x!, gate!) },
    { title: 'add with broadcast', shapes: [[2, 3, 4, 5], [3, 1, 5]], run: ([a, b]) => tf.add(a!, b!) },
    { title: 'mul with broadcast', shapes: [[2, 3, 5], [5]], run: ([a, b]) => tf.mul(a!, b!) },
    { title: 'div', shapes: [[2, 3, 5], [3, 1]], run: ([a, b]) => tf.div(a!, b!), fill: (random, input) => (input === 1 ? 2 + Math.tanh(random) : random) },
    { title: 'addN of three', shapes: [[2, 3, 5], [2, 3, 5], [2, 3, 5]], run: (list) => tf.addN(list) },
    { title: 'concatChannels', shapes: [[2, 3, 4, 3], [2, 3, 4, 1], [2, 3, 4, 6]], run: (list) => tf.concatChannels(list) },
    { title: 'sliceChannels', shapes: [[2, 3, 4, 7]], run: ([x]) => tf.sliceChannels(x!, 2, 3) },
    { title: 'splitChannels, one part used', shapes: [[2, 3, 7]], run: ([x]) => tf.splitChannels(x!, [2, 1, 4])[2]! },
    { title: 'gather on the last axis with repeats', shapes: [[2, 3, 5]], run: ([x]) => tf.gather(x!, tf.tensor1d([4, 0, 4], 'int32'), 2) },
    { title: 'gather on the first axis', shapes: [[5, 3]], run: ([x]) => tf.gather(x!, tf.tensor1d([1, 3, 1, 2], 'int32')) },
    { title: 'transpose', shapes: [[2, 3, 4, 5]], run: ([x]) => tf.transpose(x!, [0, 2, 3, 1]) },
    { title: 'pad', shapes: [[2, 3, 4, 2]], run: ([x]) => tf.pad(x!, [[0, 0], [1, 2], [0, 3], [0, 0]]) },
    { title: 'slice', shapes: [[3, 4, 5]], run: ([x]) => tf.slice(x!, [1, 0, 2], [2, 3, 2]) },
    { title: 'concat on the middle axis', shapes: [[2, 3, 4], [2, 1, 4]], run: ([a, b]) => tf.concat([a!, b!], 1) },
    { title: 'stack', shapes: [[2, 3], [2, 3]], run: ([a, b]) => tf.stack([a!, b!], 1) },
    { title: 'tile', shapes: [[2, 1, 3]], run: ([x]) => tf.tile(x!, [1, 4, 2]) },
    { title: 'mean over two axes', shapes: [[2, 3, 4, 5]], run: ([x]) => tf.mean(x!, [1, 3]) },
    { title: 'sum over the last axis', shapes: [[2, 3, 4]], run: ([x]) => tf.sum(x!, -1, true) },
    { title: 'square, sqrt, log, exp', shapes: [[3, 5]], run: ([x]) => tf.log(tf.sqrt(tf.add(tf.square(x!), tf.exp(x!)))) },
    { title: 'where with a condition computed from the input', shapes: [[4, 5]], run: ([x]) => tf.where(tf.greater(x!, 0), tf.mul(x!, 3), tf.square(x!)) },
    { title: 'dropout', shapes: [[4, 9]], run: ([x]) => tf.dropout(x!, 0.4, 77) },
    { title: 'cross entropy, mean of all positions', shapes: [[6, 5]], run: ([x]) => flat(tf.softmaxCrossEntropy(as2(x), labels(), { ignoreLabel: 255, reduction: 'mean-all' })) },
    {
      title: 'cross entropy, mean of valid positions, smoothed', shapes: [[6, 5]],
      run: ([x]) => flat(tf.softmaxCrossEntropy(as2(x), labels(), { ignoreLabel: 255, labelSmoothing: 0.1, reduction: 'mean-valid' })),
    },
    { title: 'cross entropy, every position ignored', shapes: [[2, 5]], run: ([x]) => flat(tf.softmaxCrossEntropy(as2(x), tf.tensor1d([9, 9], 'int32'), { ignoreLabel: 9, reduction: 'mean-valid' })) },
  ];
}

function libraryCases(): KernelCase[] {
  const positive = (random: number): number => 1.5 + Math.tanh(random);
  // Steps of 0.37 around zero: on both sides of the limits of the clipping, never closer to them than 0.1.
  const offLimits = (_: number, __: number, element: number): number => ((element * 7) % 11 - 5) * 0.37;
  return [
    { title: 'sub with broadcast', shapes: [[2, 3, 5], [3, 1]], run: ([a, b]) => tf.sub(a!, b!) },
    { title: 'neg', shapes: [[3, 5]], run: ([x]) => tf.mul(tf.neg(x!), x!) },
    { title: 'rsqrt', shapes: [[3, 5]], run: ([x]) => tf.rsqrt(x!), fill: positive },
    { title: 'clipByValue', shapes: [[2, 11]], run: ([x]) => tf.clipByValue(x!, -0.6, 0.95), fill: offLimits },
    { title: 'reshape', shapes: [[2, 3, 4]], run: ([x]) => tf.reshape(x!, [4, 6]) },
    { title: 'split, one part used', shapes: [[2, 7, 3]], run: ([x]) => tf.split(x!, [2, 1, 4], 1)[2]! },
    { title: 'unstack, one part used', shapes: [[2, 3, 4]], run: ([x]) => tf.unstack(x!, 1)[2]! },
    { title: 'expandDims and squeeze', shapes: [[2, 1, 3]], run: ([x]) => tf.squeeze(tf.expandDims(tf.square(x!), 2), [1]) },
    { title: 'cast and clone', shapes: [[2, 3]], run: ([x]) => tf.cast(tf.clone(tf.square(x!)), 'float32') },
  ];
}

export const kernelCases: readonly KernelCase[] = [
  ...convCases(), ...poolAndResizeCases(), ...normCases(), ...matrixCases(), ...activationCases(), ...otherCases(), ...libraryCases(),
];

/** Sizes that a kernel cuts into several runs, blocks or tiles; compared with `cpu`, too rough for finite differences. */
export const largeKernelCases: readonly KernelCase[] = [
  { title: 'conv 3x3 over several runs', shapes: [[2, 23, 29, 16], [3, 3, 16, 21]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { stride: [1, 1], padding: [1, 1, 1, 1] }) },
  { title: 'conv 3x3 stride 2 over several runs', shapes: [[2, 33, 30, 16], [3, 3, 16, 9]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { stride: [2, 2], padding: [1, 1, 1, 1] }) },
  { title: 'conv 1x1 over several runs', shapes: [[2, 25, 19, 18], [1, 1, 18, 37]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { stride: [1, 1], padding: [0, 0, 0, 0] }) },
  { title: 'conv 3x3 of so many channels that a run is 12 positions', shapes: [[1, 6, 7, 300], [3, 3, 300, 5]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { stride: [1, 1], padding: [1, 1, 1, 1] }) },
  { title: 'conv 1x1 to 1,030 channels', shapes: [[1, 3, 5, 4], [1, 1, 4, 1030]], run: ([x, w]) => tf.conv2d(as4(x), as4(w), { stride: [1, 1], padding: [0, 0, 0, 0] }) },
  { title: 'depthwise 7x7 on a wide map', shapes: [[2, 13, 37, 10], [7, 7, 10, 1]], run: ([x, w]) => tf.depthwiseConv2d(as4(x), as4(w), { stride: [1, 1], padding: [3, 3, 3, 3] }) },
  { title: 'linear over 700 rows', shapes: [[700, 13], [13, 19], [19]], run: ([x, w, b]) => tf.linear(x!, as2(w), as1(b)) },
  { title: 'batchNormTrain over 1,000 rows with a mean far from zero', shapes: [[10, 10, 10, 18], [18], [18]], fill: (random, input) => (input === 0 ? 30 + random : random), run: ([x, gamma, beta]) => tf.batchNormTrain(x!, gamma!, beta!, { epsilon: 1e-3, activation: 'swish' }).y },
  { title: 'layerNorm over 150 rows', shapes: [[150, 21], [21], [21]], run: ([x, gamma, beta]) => tf.layerNorm(x!, gamma!, beta!, { epsilon: 1e-5 }) },
  { title: 'global average of 700 pixels', shapes: [[2, 20, 35, 7]], run: ([x]) => tf.globalAveragePool(as4(x)) },
];

export interface CaseResult {
  readonly output: Float32Array;
  readonly gradients: readonly Float32Array[];
  /** Slope of sum(output * weights) along a random direction of each input, by finite differences, and what the gradient says. */
  readonly slopes: readonly { readonly measured: number; readonly claimed: number }[];
}

const differenceStep = 1e-2;

interface CaseInput {
  readonly shape: readonly number[];
  readonly values: Float32Array;
  readonly direction: Float32Array;
}

/** The same inputs on every backend, and the generator behind them, which goes on with the weights of the output. */
function inputsOf(kernelCase: KernelCase): { readonly inputs: readonly CaseInput[]; readonly rng: ReturnType<typeof createRng> } {
  const rng = createRng(hash32(kernelCase.title));
  const inputs = kernelCase.shapes.map((shape, input) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: size }, (_, element) => {
      const random = rng.normal();
      return kernelCase.fill ? kernelCase.fill(random, input, element) : random;
    });
    return { shape, values, direction: Float32Array.from({ length: size }, () => rng.normal()) };
  });
  return { inputs, rng };
}

/** Output and gradients of one case on the current backend, read asynchronously: for a GPU. The same as from `runKernelCase`. */
export async function readKernelCase(kernelCase: KernelCase): Promise<Omit<CaseResult, 'slopes'>> {
  const { inputs, rng } = inputsOf(kernelCase);
  const variables = inputs.map(({ values, shape }) => tf.tidy(() => tf.variable(tf.tensor(values, [...shape]))));
  const output = tf.tidy(() => kernelCase.run(variables));
  const weights = tf.tensor(Float32Array.from({ length: output.size }, () => rng.normal()), output.shape);
  const { value, grads } = tf.valueAndGradients(() => tf.sum(tf.mul(kernelCase.run(variables), weights)), variables);
  try {
    const [first, ...gradients] = await Promise.all([output, ...grads].map(async (tensor) => Float32Array.from(await tensor.data())));
    return { output: first!, gradients };
  } finally {
    tf.dispose([value, output, weights, ...variables, ...grads]);
  }
}

/** Runs one case on the current backend: output, gradients and finite differences. The same inputs on every backend. */
export function runKernelCase(kernelCase: KernelCase): CaseResult {
  const { inputs, rng } = inputsOf(kernelCase);
  return tf.tidy(() => {
    const variables = inputs.map(({ values, shape }) => tf.variable(tf.tensor(values, [...shape])));
    const output = kernelCase.run(variables);
    const weights = tf.tensor(Float32Array.from({ length: output.size }, () => rng.normal()), output.shape);
    const loss = (list: readonly Tensor[]): tf.Scalar => tf.sum(tf.mul(kernelCase.run(list), weights));
    const { value, grads } = tf.valueAndGradients(() => loss(variables), variables);
    value.dispose();
    const gradients = grads.map((gradient) => Float32Array.from(gradient.dataSync()));
    const slopes = inputs.map(({ values, shape, direction }, i) => {
      const at = (offset: number): number => tf.tidy(() => {
        const moved = tf.tensor(values.map((v, j) => v + offset * direction[j]!), [...shape]);
        return dot(kernelCase.run(variables.map((v, k) => (k === i ? moved : v))).dataSync(), weights.dataSync());
      });
      return { measured: (at(differenceStep) - at(-differenceStep)) / (2 * differenceStep), claimed: dot(gradients[i]!, direction) };
    });
    const result = { output: Float32Array.from(output.dataSync()), gradients, slopes };
    variables.forEach((v) => v.dispose());
    return result;
  });
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let result = 0;
  for (let i = 0; i < a.length; i++) result += a[i]! * b[i]!;
  return result;
}

export function maxDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((worst, value, i) => Math.max(worst, Number.isNaN(value) ? Infinity : Math.abs(value - b[i]!)), 0);
}

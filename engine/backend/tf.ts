/**
 * The only door to TensorFlow.js for the rest of the engine: the functions whose gradients are right, and our own ops in place of those
 * whose gradients are wrong, missing or slow (design: a wrong gradient cannot be reached by accident).
 *
 * Whoever calls outside of `tidy` disposes what is returned.
 */
export {
  // Values
  tensor,
  tensor1d,
  tensor2d,
  tensor3d,
  tensor4d,
  scalar,
  variable,
  zeros,
  ones,
  zerosLike,
  onesLike,
  fill,
  oneHot,
  range,
  linspace,
  // Lifetime
  keep,
  dispose,
  memory,
  // Arithmetic; left out: maximum and minimum (gradients are not summed over what was broadcast), abs (gradient -1 at 0), and what ops of
  // ours do (sigmoid, tanh and relu: activation; softmax: softmaxLastAxis)
  add,
  sub,
  mul,
  div,
  neg,
  square,
  sqrt,
  rsqrt,
  exp,
  log,
  clipByValue,
  // Shape
  reshape,
  expandDims,
  squeeze,
  transpose,
  concat,
  slice,
  split,
  pad,
  stack,
  unstack,
  tile,
  cast,
  clone,
  // Reductions; left out: max and min (at ties every equal value gets the whole gradient)
  sum,
  mean,
  // Their results, and the condition of where, are constants for gradients
  floor,
  round,
  argMax,
  where,
  greater,
  greaterEqual,
  less,
  lessEqual,
  equal,
  notEqual,
  logicalAnd,
  logicalOr,
  logicalNot,
} from '@tensorflow/tfjs';
export type { DataType, Rank, Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, TensorLike, Variable } from '@tensorflow/tfjs';

export { tidy } from './internals.ts';
export { stopGradient, valueAndGradients } from './tape.ts';
export type { ValueAndGradients } from './tape.ts';
export { activation } from './ops/activation.ts';
export type { Activation } from './ops/activation.ts';
export { scaledDotProductAttention } from './ops/attention.ts';
export type { AttentionOptions } from './ops/attention.ts';
export { batchNormInference, batchNormTrain } from './ops/batch-norm.ts';
export type { BatchNormOptions, BatchNormParameters, BatchNormTrainResult } from './ops/batch-norm.ts';
export { addN, concatChannels, sliceChannels, splitChannels } from './ops/channels.ts';
export { conv2d } from './ops/conv2d.ts';
export type { Conv2dOptions } from './ops/conv2d.ts';
export { softmaxCrossEntropy } from './ops/cross-entropy.ts';
export type { CrossEntropyOptions } from './ops/cross-entropy.ts';
export { depthwiseConv2d } from './ops/depthwise-conv2d.ts';
export { deriveSeed } from './ops/derive-seed.ts';
export { dropout } from './ops/dropout.ts';
export { gather } from './ops/gather.ts';
export { layerNorm } from './ops/layer-norm.ts';
export { batchMatMul, linear } from './ops/matmul.ts';
export type { BatchMatMulOptions } from './ops/matmul.ts';
export { adamCorrections, updateAdamW, updateEma, updateRmsProp, updateSgd } from './ops/optimizers.ts';
export type { AdamCorrections, AdamWOptions, EmaUpdate, RmsPropOptions, SgdOptions, UpdateOptions } from './ops/optimizers.ts';
export { avgPool, globalAveragePool, maxPool } from './ops/pool.ts';
export type { AvgPoolOptions, PoolOptions } from './ops/pool.ts';
export { resizeBilinear, resizeNearest } from './ops/resize.ts';
export { softmaxLastAxis } from './ops/softmax.ts';
export type { WindowOptions } from './ops/window.ts';
export type { StepNumber, StepSeed } from './step-number.ts';
export { canCompile, createStep } from './steps.ts';
export type { Step, StepFunction, StepInputs, StepMode, StepStats } from './steps.ts';
export { currentScope, enterScope } from './scope.ts';

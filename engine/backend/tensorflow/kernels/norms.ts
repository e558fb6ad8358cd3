/** Batch norm with TensorFlow's fused op, followed by its activation. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import type { Activation } from '../../ops/activation.ts';
import type { NativeAttribute } from '../binding.ts';
import type { NativeOps } from '../native-backend.ts';
import { activate, activationGradient } from './activation.ts';

export function normKernels(ops: NativeOps): KernelTable {
  return {
    LabBatchNormTrain: (call) => {
      const [x, gamma, beta] = [input(call, 'x'), input(call, 'gamma'), input(call, 'beta')];
      const map = asMap(ops, x);
      const nothing = ops.constant([], [0]);
      const attributes = [...normAttributes(ops, call), ops.attr.float('exponential_avg_factor', 1)];
      const [z, mean, unbiased, ...reserved] = ops.runAll('FusedBatchNormV3', [map, gamma, beta, nothing, nothing], attributes, 6);
      const variance = biased(ops, unbiased!, x);
      const shaped = reshape(ops, z!, x.shape);
      const y = activate(ops, shaped, kindOf(call));
      ops.release(map, nothing, z!, unbiased!, shaped, ...reserved);
      return [y, mean!, variance];
    },
    LabBatchNormTrainGradient: (call) => gradient(ops, call),
  };
}

function kindOf(call: KernelCall): Activation {
  return call.attrs.kind as Activation;
}

function normAttributes(ops: NativeOps, call: KernelCall): NativeAttribute[] {
  const { attr } = ops;
  const float = ops.dtypeOf('float32');
  return [
    attr.type('T', float),
    attr.type('U', float),
    attr.float('epsilon', call.attrs.epsilon as number),
    attr.text('data_format', 'NHWC'),
    attr.bool('is_training', true),
  ];
}

function reshape(ops: NativeOps, x: TensorInfo, shape: readonly number[]): TensorInfo {
  return x.shape.length === shape.length ? ops.share(x) : ops.reshape(x, shape);
}

/** The fused op takes maps of rank 4 only. */
function asMap(ops: NativeOps, x: TensorInfo): TensorInfo {
  const channels = x.shape.at(-1)!;
  const rows = x.shape.reduce((a, b) => a * b, 1) / channels;
  return x.shape.length === 4 ? ops.share(x) : reshape(ops, x, [rows, 1, 1, channels]);
}

/** The fused op reports the unbiased variance. */
function biased(ops: NativeOps, variance: TensorInfo, x: TensorInfo): TensorInfo {
  const count = x.shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const factor = ops.constant([count > 1 ? (count - 1) / count : 1], []);
  const result = ops.run('Mul', [variance, factor], [ops.attr.type('T', ops.dtypeOf('float32'))]);
  ops.release(factor);
  return result;
}

/** With dz through the activation, whose input is computed again from the statistics: nothing but x is kept from the forward pass. */
function gradient(ops: NativeOps, call: KernelCall): TensorInfo[] {
  const float = ops.attr.type('T', ops.dtypeOf('float32'));
  const [dy, x, gamma, beta] = [input(call, 'dy'), input(call, 'x'), input(call, 'gamma'), input(call, 'beta')];
  const [mean, variance] = [input(call, 'mean'), input(call, 'variance')];
  const kind = kindOf(call);
  const epsilon = ops.constant([call.attrs.epsilon as number], []);
  const shifted = ops.run('AddV2', [variance, epsilon], [float]);
  const inverse = ops.run('Rsqrt', [shifted], [float]);
  let dz = ops.share(dy);
  if (kind !== 'none') {
    const scale = ops.run('Mul', [inverse, gamma], [float]);
    const centred = ops.run('Sub', [x, mean], [float]);
    const scaled = ops.run('Mul', [centred, scale], [float]);
    const z = ops.run('AddV2', [scaled, beta], [float]);
    ops.release(dz);
    dz = activationGradient(ops, dy, z, kind);
    ops.release(scale, centred, scaled, z);
  }
  // On CPU the op wants 1 / sqrt(variance + epsilon)'s own terms: mean and variance; cuDNN wants the inverse deviation.
  const reserved = ops.backend.binding.isUsingGpuDevice() ? inverse : variance;
  const maps = [asMap(ops, dz), asMap(ops, x)];
  const [dx, dGamma, dBeta, ...rest] = ops.runAll(
    'FusedBatchNormGradV3',
    [...maps, gamma, mean, reserved, variance],
    normAttributes(ops, call),
    5,
  );
  const shaped = reshape(ops, dx!, x.shape);
  ops.release(epsilon, shifted, inverse, dz, ...maps, dx!, ...rest);
  return [shaped, dGamma!, dBeta!];
}

/** Non-linearities by TensorFlow's own ops, where it has one with its gradient; the others compose. */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { tidy } from '../../internals.ts';
import { input } from '../../kernel-table.ts';
import type { KernelTable } from '../../kernel-table.ts';
import { activationGradient as composedGradient, applyActivation } from '../../ops/activation.ts';
import type { Activation } from '../../ops/activation.ts';
import type { NativeOps } from '../native-backend.ts';

export function activationKernels(ops: NativeOps): KernelTable {
  return {
    LabActivation: (call) => activate(ops, input(call, 'x'), call.attrs.kind as Activation),
    LabActivationGradient: (call) => activationGradient(ops, input(call, 'dy'), input(call, 'x'), call.attrs.kind as Activation),
  };
}

const named: Partial<Record<Activation, readonly [op: string, gradient: string]>> = {
  relu: ['Relu', 'ReluGrad'],
  relu6: ['Relu6', 'Relu6Grad'],
};

export function activate(ops: NativeOps, x: TensorInfo, kind: Activation): TensorInfo {
  if (kind === 'none') return ops.share(x);
  const own = named[kind];
  return own ? ops.run(own[0], [x], [ops.attr.type('T', ops.dtypeOf('float32'))]) : composed(ops, [x], ([x]) => applyActivation(x!, kind));
}

/** dy times the derivative at x. */
export function activationGradient(ops: NativeOps, dy: TensorInfo, x: TensorInfo, kind: Activation): TensorInfo {
  if (kind === 'none') return ops.share(dy);
  const own = named[kind];
  if (own) return ops.run(own[1], [dy, x], [ops.attr.type('T', ops.dtypeOf('float32'))]);
  return composed(ops, [dy, x], ([dy, x]) => composedGradient(dy!, x!, kind));
}

/** What a composition of TensorFlow.js's ops gives, as a kernel gives it. */
export function composed(ops: NativeOps, inputs: readonly TensorInfo[], compute: (tensors: readonly Tensor[]) => Tensor): TensorInfo {
  const handles = inputs.map((info) => ops.handle(info));
  const result = tidy(() => compute(handles));
  const info = ops.share(result);
  result.dispose();
  handles.forEach((handle) => handle.dispose());
  return info;
}

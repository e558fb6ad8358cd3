/** What a module of kernels exports: functions by name, on tensors as the registry of TensorFlow.js passes them. */
import type { TensorInfo } from '@tensorflow/tfjs';

export interface KernelCall {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export type Kernel = (call: KernelCall) => TensorInfo | TensorInfo[];

export type KernelTable = Readonly<Record<string, Kernel>>;

/** The named input; the op promises that it is there. */
export function input(call: KernelCall, name: string): TensorInfo {
  const tensor = call.inputs[name];
  if (!tensor) throw new TypeError(`kernel input '${name}' is missing`);
  return tensor;
}

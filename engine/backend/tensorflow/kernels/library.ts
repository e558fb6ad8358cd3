/** Kernels of tfjs-node-gpu that are replaced, under the library's own names. */
import { getKernel, registerKernel, unregisterKernel, util } from '@tensorflow/tfjs';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../../error.ts';
import type { NativeOps } from '../native-backend.ts';
import { sumInOrder } from './matrix.ts';

/** `hasOwnOps`: whether the addon's own ops run here. */
export function replaceLibraryKernels(ops: NativeOps, hasOwnOps: boolean): void {
  replace('GatherV2', gather(ops));
  replace('AddN', ({ inputs }) => sumInOrder(ops, inputs as unknown as readonly TensorInfo[]));
  if (!hasOwnOps) return;
  replace('Sum', wholeSum(ops, 'Sum'));
  replace('Mean', wholeSum(ops, 'Mean'));
}

/** TensorFlow cuts a sum over everything by the number of threads; ours does not. Sums over some axes stay with the library. */
function wholeSum(ops: NativeOps, kernelName: 'Sum' | 'Mean'): KernelFunc {
  const others = getKernel(kernelName, 'tensorflow').kernelFunc;
  return (call) => {
    const x = call.inputs['x']!;
    const { axis, keepDims } = call.attrs as unknown as { readonly axis: number | number[]; readonly keepDims: boolean };
    const count = util.sizeFromShape(x.shape);
    const axes = util.parseAxisParam(axis, x.shape);
    const summed = axes.reduce((product, i) => product * x.shape[i]!, 1);
    if (x.dtype !== 'float32' || count < 2 || summed !== count) return others(call);
    const column = ops.reshape(x, [count, 1]);
    const sum = ops.run('LabColumnSums', [column]);
    const result = kernelName === 'Mean' ? dividedBy(ops, sum, count) : ops.share(sum);
    const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size)).filter((_, i) => keepDims || !axes.includes(i));
    const shaped = ops.reshape(result, kept);
    ops.release(column, sum, result);
    return shaped;
  };
}

function dividedBy(ops: NativeOps, x: TensorInfo, count: number): TensorInfo {
  const divisor = ops.constant([count], []);
  const quotient = ops.run('RealDiv', [x, divisor], [ops.attr.type('T', ops.dtypeOf('float32'))]);
  ops.release(divisor);
  return quotient;
}

/** The library's reads the indices back. */
function gather(ops: NativeOps): KernelFunc {
  const { attr } = ops;
  const int = ops.dtypeOf('int32');
  return ({ inputs, attrs }) => {
    const { axis, batchDims } = attrs as unknown as { axis: number; batchDims: number };
    const [x, indices] = [inputs['x']!, inputs['indices']!];
    const attributes = [
      attr.int('batch_dims', batchDims),
      attr.type('Tparams', ops.dtypeOf(x.dtype)),
      attr.type('Tindices', int),
      attr.type('Taxis', int),
    ];
    return ops.withInts([axis], (list) => ops.run('GatherV2', [x, indices, list], attributes), []);
  };
}

function replace(kernelName: string, kernelFunc: KernelFunc): void {
  if (!getKernel(kernelName, 'tensorflow')) {
    throw new EngineError('backend-failed', `Backend 'tensorflow' has no kernel ${kernelName}; another version of tfjs-node-gpu?`);
  }
  unregisterKernel(kernelName, 'tensorflow');
  registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
}

/** Kernels of tfjs-node-gpu that are replaced, under the library's own names. */
import { getKernel, registerKernel, unregisterKernel } from '@tensorflow/tfjs';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../../error.ts';
import type { NativeOps } from '../native-backend.ts';
import { sumInOrder } from './matrix.ts';

export function replaceLibraryKernels(ops: NativeOps): void {
  replace('GatherV2', gather(ops));
  replace('AddN', ({ inputs }) => sumInOrder(ops, inputs as unknown as readonly TensorInfo[]));
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

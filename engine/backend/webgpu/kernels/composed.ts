/** Kernels made of ops of TensorFlow.js. */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { tidy } from '../../internals.ts';
import type { LibraryBackend } from '../library.ts';

/** What a composition gives, as a kernel gives it. Inputs are tensors already: ops hand theirs to kernels as they are. */
export function composed(
  backend: LibraryBackend,
  inputs: readonly TensorInfo[],
  compute: (tensors: readonly Tensor[]) => Tensor,
): TensorInfo {
  const result = tidy(() => compute(inputs as readonly Tensor[]));
  const { dataId, shape, dtype } = result;
  backend.incRef(dataId); // for the handle that the op makes
  result.dispose();
  return { dataId, shape, dtype };
}

/** Picking entries along one axis by index. */
import { gather as gatherTensor, tensor } from '@tensorflow/tfjs';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** Entries of x at `indices` (int32 [k], each within the axis) along `axis`: the axis gets length k. Repeated indices add their gradients. */
export function gather<T extends Tensor>(x: T, indices: Tensor1D, axis = 0): T {
  if (indices.rank !== 1 || indices.dtype !== 'int32' || axis < 0 || axis >= x.rank) {
    throw new EngineError(
      'bad-shape',
      `gather: expected int32 indices [k] and an axis in 0..${x.rank - 1}; got ${indices.dtype} [${indices.shape.join(', ')}], axis ${axis}.`,
    );
  }
  return differentiable('gather', [x], () => ({
    value: gatherTensor(x, indices, axis),
    save: [indices],
    gradient: (dy, [indices]) => [
      hasKernel('LabGatherGradient')
        ? runKernel<Tensor>('LabGatherGradient', { dy, indices: indices! }, { axis, shape: x.shape })
        : addAt(dy, indices!, x.shape, axis),
    ],
  }));
}

/** Zeros of the given shape with the entries of dy added at `indices` along `axis`. */
function addAt(dy: Tensor, indices: Tensor, shape: readonly number[], axis: number): Tensor {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const length = shape[axis]!;
  const source = dy.dataSync();
  const at = indices.dataSync();
  const result = new Float32Array(outer * length * inner);
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < at.length; k++) {
      const from = (o * at.length + k) * inner;
      const to = (o * length + at[k]!) * inner;
      for (let i = 0; i < inner; i++) result[to + i]! += source[from + i]!;
    }
  }
  return tensor(result, shape as number[]);
}

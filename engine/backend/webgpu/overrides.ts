/** Kernels of the library that are replaced: wrong on some GPUs, or different from run to run. */
import { addN, getKernel, matMul, registerKernel, reshape, sum, unregisterKernel } from '@tensorflow/tfjs';
import type { DataType, KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { composed } from './kernels/composed.ts';
import { elementwiseProgram } from './library.ts';
import type { LibraryBackend } from './library.ts';
import { longSum, withSmallTiles } from './long-sums.ts';

type Inputs = Readonly<Record<string, TensorInfo>>;

export function overrideKernels(backend: LibraryBackend): void {
  replace('AddN', (original) => (call) => addInParts(backend, original, call.inputs as unknown as readonly TensorInfo[]));
  replace('BatchMatMul', (original) => (call) => {
    const { transposeA, transposeB } = call.attrs as unknown as ProductAttributes;
    return multiply(backend, original, call.inputs as unknown as Inputs, { transposeA, transposeB });
  });
  replace('Cast', (original) => (call) => {
    const x = call.inputs['x'] as TensorInfo;
    const { dtype } = call.attrs as unknown as { dtype: DataType };
    const isWidening = dtype === 'float32' ? x.dtype !== 'complex64' : dtype === 'int32' && x.dtype === 'bool';
    return isWidening ? widened(backend, x, dtype) : original(call);
  });
  // A shader may take it that there are no infinities (WGSL, "Differences from IEEE-754").
  replace('PadV2', (original) => (call) => {
    const attrs = call.attrs as unknown as { constantValue: number };
    const constantValue = Math.max(-largest, Math.min(largest, attrs.constantValue));
    return original({ ...call, attrs: { ...attrs, constantValue } as never });
  });
}

const largest = 3.4028234663852886e38;

function replace(kernelName: string, make: (original: KernelFunc) => KernelFunc): void {
  const original = getKernel(kernelName, 'webgpu');
  if (!original) {
    throw new EngineError('backend-failed', `Backend 'webgpu' has no kernel ${kernelName}; another version of tfjs-backend-webgpu?`);
  }
  unregisterKernel(kernelName, 'webgpu');
  registerKernel({ ...original, kernelFunc: make(original.kernelFunc) });
}

/** The library binds all summands at once; a shader may have no more buffers than the device allows (often 8), one of which is the result. */
function addInParts(backend: LibraryBackend, original: KernelFunc, list: readonly TensorInfo[]): TensorInfo {
  const most = backend.device.limits.maxStorageBuffersPerShaderStage - 1;
  const add = (part: readonly TensorInfo[]): TensorInfo => original({ inputs: part, attrs: {}, backend } as never) as TensorInfo;
  if (list.length <= most) return add(list);
  return composed(backend, list, (tensors) => addN([addN(tensors.slice(0, most)), ...tensors.slice(most)]));
}

interface ProductAttributes {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** A product whose sums are made in one order. */
function multiply(backend: LibraryBackend, original: KernelFunc, { a, b }: Inputs, attrs: ProductAttributes): TensorInfo {
  const run = (): TensorInfo => original({ inputs: { a, b }, attrs, backend } as never) as TensorInfo;
  const inner = a!.shape[a!.shape.length - (attrs.transposeA ? 2 : 1)]!;
  const isSingle = [a!, b!].every(({ shape }) => shape.slice(0, -2).every((size) => size === 1));
  if (!isSingle || inner < longSum) return run();
  const parts = attrs.transposeA && !attrs.transposeB ? partsOf(inner) : 1;
  if (parts === 1) return withSmallTiles(run);
  // The gradient of weights: rows of both are cut into parts of equal length, which are multiplied side by side and then added.
  return composed(backend, [a!, b!], ([a, b]) => {
    const cut = (x: Tensor): Tensor => reshape(x, [parts, inner / parts, x.shape.at(-1)!]);
    const products = matMul(cut(a!), cut(b!), true, false); // [parts, m, n]
    const outer = a!.rank > b!.rank ? a!.shape : b!.shape;
    return reshape(sum(products, 0), [...outer.slice(0, -2), a!.shape.at(-1)!, b!.shape.at(-1)!]);
  });
}

/** The largest divisor up to 64 that leaves parts below the length from which the library would cut again; 1 when there is none. */
function partsOf(inner: number): number {
  for (let parts = 64; parts > 1; parts--) if (inner % parts === 0) return parts;
  return 1;
}

/** Where nothing is lost the library hands out the same numbers under another type, and whoever reads them gets an array of the old one. */
function widened(backend: LibraryBackend, x: TensorInfo, dtype: DataType): TensorInfo {
  if (backend.tensorMap.get(x.dataId).dtype === dtype) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype };
  }
  const program = elementwiseProgram({
    key: 'widened',
    inputs: ['A'],
    outputShape: x.shape,
    code: dtype === 'int32' ? 'setOutputAtIndexI32(index, i32(A[index]));' : 'setOutputAtIndex(index, f32(A[index]));',
  });
  return backend.runWebGPUProgram(program, [x], dtype);
}

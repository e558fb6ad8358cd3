/** What is used of the inside of tfjs-backend-webgpu (4.22.0, pinned). */
import { createRequire } from 'node:module';
import { getKernel } from '@tensorflow/tfjs';
import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { firstLine } from './dawn.ts';
import type { GpuAdapterInfo, GpuBuffer, GpuDevice } from './dawn.ts';

export interface BufferPool {
  numBytesUsed: number;
  numBytesAllocated: number;
  numFreeBuffers: number;
  /** By size and usage; a buffer that is freed goes back to the list of its kind, which must exist. */
  readonly freeBuffers: Map<string, GpuBuffer[]>;
  readonly usedBuffers: Map<string, GpuBuffer[]>;
  acquireBuffer(size: number, usage: number, mappedAtCreation?: boolean, reuse?: boolean): GpuBuffer;
}

interface TensorData {
  /** Of the numbers in the buffer; a handle may claim another. */
  readonly dtype: DataType;
  /** On the CPU: not uploaded yet, or read already. */
  readonly values?: unknown;
}

export interface Uniform {
  readonly type: 'float32' | 'int32' | 'uint32';
  readonly data: readonly number[];
}

/** A compute shader as the library takes it: it adds declarations of inputs, output and uniforms to the user's code. */
export interface Program {
  readonly variableNames: readonly string[];
  readonly uniforms: string;
  readonly workgroupSize: readonly [number, number, number];
  readonly size: boolean;
  readonly outputShape: readonly number[];
  readonly dispatchLayout: { readonly x: readonly number[] };
  dispatch: readonly [number, number, number];
  readonly shaderKey: string;
  getUserCode(): string;
}

export interface LibraryBackend extends KernelBackend {
  readonly device: GpuDevice;
  readonly bufferManager: BufferPool;
  readonly tensorMap: { get(dataId: object): TensorData };
  submitQueue(): void;
  runWebGPUProgram(program: Program, inputs: readonly TensorInfo[], dtype: DataType, uniforms?: readonly Uniform[]): TensorInfo;
  disposeData(dataId: object, force?: boolean): boolean;
  incRef(dataId: object): void;
}

interface Library {
  readonly WebGPUBackend: new (device: GpuDevice, info: GpuAdapterInfo) => LibraryBackend;
}

/** Loads the library, which registers its kernels and flags. Its own way of opening a device is registered only where a browser has one. */
export function loadLibrary(): Library {
  try {
    return createRequire(import.meta.url)('@tensorflow/tfjs-backend-webgpu') as Library;
  } catch (cause) {
    throw new EngineError('webgpu-missing', `Backend 'webgpu': tfjs-backend-webgpu does not load: ${firstLine(cause)}.`, {
      tip: 'Install the packages again.',
      cause,
    });
  }
}

/** Runs a kernel of the library: nothing is recorded, the result belongs to the caller. */
export function runLibraryKernel(
  backend: LibraryBackend,
  name: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object = {},
): TensorInfo {
  const kernel = getKernel(name, 'webgpu');
  if (!kernel) throw new EngineError('backend-failed', `Backend 'webgpu' has no kernel ${name}; another version of tfjs-backend-webgpu?`);
  return kernel.kernelFunc({ inputs, attrs, backend } as never) as TensorInfo;
}

/** A program of one thread an element of the output; `code` sets the output at `index`. The key must tell apart whatever the code depends on. */
export function elementwiseProgram(program: {
  readonly key: string;
  readonly inputs: readonly string[];
  readonly outputShape: readonly number[];
  readonly uniforms?: string;
  readonly functions?: string;
  readonly code: string;
}): Program {
  const size = program.outputShape.reduce((a, b) => a * b, 1);
  return {
    variableNames: program.inputs,
    uniforms: program.uniforms ?? '',
    workgroupSize: [64, 1, 1],
    size: true,
    outputShape: program.outputShape,
    dispatchLayout: { x: program.outputShape.map((_, axis) => axis) },
    dispatch: [Math.ceil(size / 64), 1, 1],
    shaderKey: `lab_${program.key}`,
    getUserCode: () => `
      ${program.functions ?? ''}
      fn main(index : i32) {
        if (index < uniforms.size) {
          ${program.code}
        }
      }
    `,
  };
}

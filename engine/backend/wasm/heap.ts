/** Tensors as places in the memory that tfjs-backend-wasm and our kernels share. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import type { KernelExports } from './exports.ts';
import type { Kernel } from '../kernel-table.ts';

type DataId = TensorInfo['dataId'];

/** What of tfjs-backend-wasm (4.22.0, pinned) is used. */
export interface WasmBackendInternals {
  readonly wasm: {
    readonly HEAPU8: Uint8Array;
    /** Throws EngineError 'out-of-memory' once the backend is open. */
    _malloc: (bytes: number) => number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: DataId): { readonly memoryOffset: number }; data: Map<object, { readonly memoryOffset: number }> };
  makeOutput(shape: readonly number[], dtype: string): TensorInfo;
  disposeData(dataId: DataId): boolean;
  incRef(dataId: DataId): void;
  refCount(dataId: DataId): number;
}

/** Access to tensors for kernels. One exists for each opened wasm backend. */
export class WasmHeap {
  readonly kernels: KernelExports;
  readonly #backend: WasmBackendInternals;
  #room = 0;
  #roomBytes = 0;
  /** By the kernel that runs. */
  #created: TensorInfo[] = [];

  constructor(backend: WasmBackendInternals, kernels: KernelExports) {
    this.#backend = backend;
    this.kernels = kernels;
  }

  /** Byte address of a float32 tensor. */
  at(tensor: TensorInfo): number {
    if (tensor.dtype !== 'float32') throw wrongType(tensor, 'float32');
    return this.#place(tensor);
  }

  /** Byte address of an int32 tensor. */
  atInt32(tensor: TensorInfo): number {
    if (tensor.dtype !== 'int32') throw wrongType(tensor, 'int32');
    return this.#place(tensor);
  }

  /** The library's own look-up moves tensors of another backend over; ours come first. */
  #place(tensor: TensorInfo): number {
    return (this.#backend.dataIdMap.data.get(tensor.dataId) ?? this.#backend.dataIdMap.get(tensor.dataId)).memoryOffset;
  }

  /** A new float32 tensor with undefined values. */
  create(shape: readonly number[]): TensorInfo {
    const tensor = this.#backend.makeOutput(shape, 'float32');
    this.#created.push(tensor);
    return tensor;
  }

  /** The kernel, which frees what it created when it fails (memory used up, wrong input). */
  guarded(kernel: Kernel): Kernel {
    return (call) => {
      this.#created = [];
      try {
        return kernel(call);
      } catch (cause) {
        for (const { dataId } of this.#created) this.#backend.disposeData(dataId);
        throw cause;
      } finally {
        this.#created = [];
      }
    };
  }

  /** The same values in another shape; nothing is copied. */
  share(tensor: TensorInfo, shape: readonly number[] = tensor.shape): TensorInfo {
    this.#backend.incRef(tensor.dataId);
    return { dataId: tensor.dataId, shape: shape as number[], dtype: tensor.dtype };
  }

  /** How many handles share the values. */
  handles(tensor: TensorInfo): number {
    return this.#backend.refCount(tensor.dataId);
  }

  /** At least `bytes` of working room, 16-byte aligned; what it holds is undefined, and valid until the next call. */
  room(bytes: number): number {
    if (bytes > this.#roomBytes) {
      if (this.#room !== 0) this.#backend.wasm._free(this.#room);
      this.#room = this.#roomBytes = 0;
      this.#room = this.#backend.wasm._malloc(Math.ceil(bytes * 1.25) + 16) >>> 0;
      this.#roomBytes = Math.ceil(bytes * 1.25);
    }
    return Math.ceil(this.#room / 16) * 16;
  }

  /** A view on memory; valid until the next allocation. */
  view(address: number, floats: number): Float32Array {
    return new Float32Array(this.#backend.wasm.HEAPU8.buffer, address, floats);
  }

  viewInt32(address: number, count: number): Int32Array {
    return new Int32Array(this.#backend.wasm.HEAPU8.buffer, address, count);
  }
}

function wrongType(tensor: TensorInfo, expected: string): EngineError {
  return new EngineError('bad-type', `wasm: a ${expected} tensor was expected, got ${tensor.dtype} [${tensor.shape.join(', ')}].`);
}

/** Number of elements. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Length of the last axis. */
export function lastOf(shape: readonly number[]): number {
  return shape[shape.length - 1]!;
}

/**
 * What the library leaves out: a GPU answers late, so that errors come as events while the values that follow are silently wrong, and buffers
 * that were freed are kept for ever. Here every error ends the use of the device, and the store of free buffers is bounded.
 */
import { EngineError } from '../../error.ts';
import type { GpuDevice, GpuError } from './dawn.ts';
import { firstLine } from './dawn.ts';
import type { BufferPool, LibraryBackend } from './library.ts';

export interface GuardOptions {
  /** How the GPU is called in messages. */
  readonly name: string;
  /** Free buffers are kept for reuse up to so many bytes. */
  readonly freeBytes: number;
}

export const defaultFreeBytes = 512 * 2 ** 20;

/** Makes the methods of `backend` throw EngineError where the GPU failed: 'device-lost', 'out-of-memory', 'backend-failed' or 'no-sync-read'. */
export function guard(backend: LibraryBackend, options: GuardOptions): void {
  const health = new DeviceHealth(backend.device, options.name);
  guardReads(backend, health);
  guardRuns(backend, health);
  guardAllocation(backend, options.name);
  const submit = backend.submitQueue.bind(backend);
  backend.submitQueue = () => {
    submit();
    const { numBytesAllocated, numBytesUsed } = backend.bufferManager;
    if (numBytesAllocated - numBytesUsed > options.freeBytes) dropFreeBuffers(backend.bufferManager);
  };
}

/** Remembers the first thing that went wrong on a device; from then on nothing that it computes can be trusted. */
export class DeviceHealth {
  readonly #name: string;
  #failure: EngineError | undefined;

  constructor(device: Pick<GpuDevice, 'lost' | 'addEventListener'>, name: string) {
    this.#name = name;
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      this.#failure ??= this.#failureOf(event.error);
    });
    void device.lost.then(({ reason, message }) => {
      // What comes after the loss of a device are its consequences; what came before may be its announcement.
      this.#failure = new EngineError('device-lost', `Backend 'webgpu': ${name} is gone (${message.split('\n')[0] || reason}).`, {
        tip: 'Driver reset, sleep, or memory used up by other programs. Resume the search: it goes on from its last checkpoint.',
      });
    });
  }

  /** Throws what went wrong. */
  check(): void {
    if (this.#failure) throw this.#failure;
  }

  /** What went wrong as far as the device has told by now, else `error` itself. */
  async explain(error: unknown): Promise<unknown> {
    await new Promise((resolve) => setImmediate(resolve));
    return this.#failure ?? error;
  }

  #failureOf(error: GpuError): EngineError {
    if (error.constructor.name === 'GPUOutOfMemoryError') {
      return new EngineError('out-of-memory', `Backend 'webgpu': the memory of ${this.#name} is used up.`, { tip: lessMemory });
    }
    return new EngineError('backend-failed', `Backend 'webgpu': ${this.#name} refused a command: ${firstLine(error.message)}.`, {
      tip: 'Use another backend and report this message.',
    });
  }
}

const lessMemory = 'Use a smaller batch with more accumulation, smaller images or crops, or another backend.';

function guardReads(backend: LibraryBackend, health: DeviceHealth): void {
  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    health.check();
    try {
      const values = await read(dataId);
      health.check();
      return values;
    } catch (error) {
      throw await health.explain(error);
    }
  };
  backend.readSync = (dataId) => {
    const { values } = backend.tensorMap.get(dataId);
    if (values) return values as ReturnType<LibraryBackend['readSync']>;
    throw new EngineError('no-sync-read', "Backend 'webgpu': values on a GPU cannot be read synchronously; expected data(), got dataSync().");
  };
}

function guardRuns(backend: LibraryBackend, health: DeviceHealth): void {
  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (...program) => {
    health.check();
    return run(...program);
  };
}

function guardAllocation(backend: LibraryBackend, name: string): void {
  const { bufferManager, device } = backend;
  const limit = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize);
  const acquire = bufferManager.acquireBuffer.bind(bufferManager);
  bufferManager.acquireBuffer = (size, ...rest) => {
    if (size > limit) {
      throw new EngineError(
        'out-of-memory',
        `Backend 'webgpu': no room for a tensor of ${megabytes(size)} MB; ${name} takes at most ${megabytes(limit)} MB in one.`,
        { tip: lessMemory },
      );
    }
    return acquire(size, ...rest);
  };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** Gives the free buffers back to the driver. Commands that were submitted still see them. */
export function dropFreeBuffers(pool: BufferPool): void {
  for (const [kind, buffers] of pool.freeBuffers) {
    for (const buffer of buffers) {
      pool.numBytesAllocated -= buffer.size;
      buffer.destroy();
    }
    pool.numFreeBuffers -= buffers.length;
    buffers.length = 0;
    // The library frees nothing while there is no kind at all, and a kind in use must stay.
    const isUsed = (pool.usedBuffers.get(kind)?.length ?? 0) > 0;
    if (!isUsed && pool.freeBuffers.size > 1) {
      pool.freeBuffers.delete(kind);
      pool.usedBuffers.delete(kind);
    }
  }
}

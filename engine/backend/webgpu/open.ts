/** Opens TensorFlow.js's WebGPU backend on Dawn, with our kernels, and with the errors of the GPU told. */
import { env, registerBackend, registerKernel, setBackend } from '@tensorflow/tfjs';
import type { KernelFunc } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import type { KernelTable } from '../kernel-table.ts';
import { chooseAdapter, choiceFrom, describeAdapter } from './adapters.ts';
import type { Adapter, AdapterChoice } from './adapters.ts';
import { firstLine, loadDawn, requestAdapter, requestDevice } from './dawn.ts';
import type { Gpu } from './dawn.ts';
import { defaultFreeBytes, guard } from './guard.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { indexKernels } from './kernels/index-kernels.ts';
import { loadLibrary } from './library.ts';
import type { LibraryBackend } from './library.ts';
import { overrideKernels } from './overrides.ts';
import { probeAdapters } from './probe.ts';

export interface WebgpuOptions extends AdapterChoice {
  /** Free buffers are kept for reuse up to so many bytes. */
  readonly freeBytes?: number;
}

interface Opened {
  /** The device lives as long as there is a reference to it. */
  readonly gpu: Gpu;
  readonly adapter: Adapter;
  readonly backend: LibraryBackend;
}

let opened: Opened | undefined;

/**
 * Makes `webgpu` the current backend; a process opens one GPU. What the options leave out comes from the environment (`choiceFrom`). Throws
 * EngineError 'no-adapter', 'software-adapter', 'adapter-not-found', 'adapter-fixed', 'webgpu-probe-failed', 'webgpu-missing' or 'backend-failed'.
 */
export async function openWebgpu(options: WebgpuOptions = {}): Promise<void> {
  const choice = { ...choiceFrom(process.env), ...options };
  const adapter = chooseAdapter(probeAdapters(), choice);
  opened ??= await start(adapter, options.freeBytes ?? defaultFreeBytes);
  if (opened.adapter !== adapter) {
    throw new EngineError(
      'adapter-fixed',
      `Backend 'webgpu' is open on ${describeAdapter(opened.adapter)} in this process; ${describeAdapter(adapter)} was asked for.`,
      { tip: 'Use another process.' },
    );
  }
  if (!(await setBackend('webgpu'))) throw failed(adapter, 'the backend did not start');
}

async function start(adapter: Adapter, freeBytes: number): Promise<Opened> {
  const dawn = loadDawn();
  const { WebGPUBackend } = loadLibrary();
  Object.assign(globalThis, dawn.globals);
  let backend: LibraryBackend;
  let gpu: Gpu;
  try {
    const found = await requestAdapter(dawn, adapter);
    if (!found) throw new Error('the adapter is gone');
    gpu = found.gpu;
    const device = await requestDevice(found.adapter);
    offerToLibrary(gpu);
    setFlags();
    backend = new WebGPUBackend(device, found.adapter.info);
  } catch (cause) {
    throw failed(adapter, firstLine(cause), cause);
  }
  guard(backend, { name: describeAdapter(adapter), freeBytes });
  overrideKernels(backend);
  registerAll({ ...convolutionKernels(backend), ...indexKernels(backend) });
  registerBackend('webgpu', () => backend);
  return { gpu, adapter, backend };
}

function failed(adapter: Adapter, what: string, cause?: unknown): EngineError {
  return new EngineError('backend-failed', `Backend 'webgpu': ${describeAdapter(adapter)} does not start: ${what}.`, {
    tip: 'Update the driver of the GPU, or use another backend.',
    cause,
  });
}

/** The library asks whether there is a browser's `navigator.gpu`. */
function offerToLibrary(gpu: Gpu): void {
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
}

function setFlags(): void {
  // Small tensors that were not uploaded yet would be computed on the CPU: other bits after a resume than without one.
  env().set('WEBGPU_CPU_FORWARD', false);
  // The input gradient of a convolution as a matrix product; by default every thread goes through a window of its own.
  env().set('WEBGPU_USE_NAIVE_CONV2D_TRANSPOSE', false);
}

function registerAll(table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table)) {
    registerKernel({ kernelName, backendName: 'webgpu', kernelFunc: kernel as unknown as KernelFunc });
  }
}

/** What runs here; undefined while it is closed. */
export function webgpuInfo(): { readonly adapter: Adapter; readonly bytesAllocated: number } | undefined {
  return opened && { adapter: opened.adapter, bytesAllocated: opened.backend.bufferManager.numBytesAllocated };
}

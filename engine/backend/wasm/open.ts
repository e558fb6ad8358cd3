/** Opens TensorFlow.js's WebAssembly backend and puts our SIMD kernels into its memory. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-wasm';
import { backend, getKernel, registerKernel, setBackend, unregisterKernel } from '@tensorflow/tfjs';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import type { KernelExports } from './exports.ts';
import { WasmHeap } from './heap.ts';
import type { WasmBackendInternals } from './heap.ts';
import { convolutionKernels } from './register/convolution.ts';
import type { KernelTable } from '../kernel-table.ts';
import { mapKernels } from './register/maps.ts';
import { matrixKernels } from './register/matrix.ts';
import { optimizerKernels } from './register/optimizers.ts';
import { webAssembly } from './web-assembly.ts';

/** The library's memory, once it has started; it starts once in a process. */
let libraryMemory: object | undefined;
let isReady = false;

/** Makes `wasm` the current backend. Throws EngineError 'backend-failed' or 'kernels-missing'; after a failure it can be tried again. */
export async function openWasm(): Promise<void> {
  if (isReady) {
    await setBackend('wasm');
    return;
  }
  const module = compileKernels();
  if (libraryMemory === undefined) libraryMemory = await startLibrary();
  else await setBackend('wasm');
  const internals = backend() as unknown as WasmBackendInternals;
  const kernels = linkKernels(module, libraryMemory);
  // Entries are removed when a tensor is disposed; the library's WeakMap only costs time.
  internals.dataIdMap.data = new Map();
  refuseToOverflow(internals);
  const heap = new WasmHeap(internals, kernels);
  register(heap, { ...convolutionKernels(heap), ...matrixKernels(heap), ...mapKernels(heap), ...optimizerKernels(heap) });
  replaceCopies(heap);
  isReady = true;
}

/** Starts tfjs-backend-wasm and returns its memory, which it does not expose: it is taken from the instance while it is made. */
async function startLibrary(): Promise<object> {
  const found: object[] = [];
  const { instantiate } = webAssembly;
  const listenersBefore = processEvents.map((event) => listenersOf(event));
  webAssembly.instantiate = async (source, imports) => {
    const result = await instantiate(source, imports);
    const memory = Object.values(result.instance.exports).find((value) => value instanceof webAssembly.Memory);
    if (memory) found.push(memory as object);
    return result;
  };
  try {
    if (!(await setBackend('wasm')) || !found[0]) {
      throw new EngineError('backend-failed', "Backend 'wasm' did not start.", {
        tip: 'Check that node_modules/@tensorflow/tfjs-backend-wasm is complete.',
      });
    }
    return found[0];
  } finally {
    webAssembly.instantiate = instantiate;
    // The library's loader installs handlers that turn any stray rejection into an abort of the process.
    processEvents.forEach((event, i) => {
      for (const listener of listenersOf(event)) {
        if (!listenersBefore[i]!.includes(listener)) process.removeListener(event, listener);
      }
    });
  }
}

/** The library takes address 0, which is its answer when memory is used up, for a place like any other and overwrites what lies there. */
function refuseToOverflow({ wasm }: WasmBackendInternals): void {
  wasm._free(wasm._malloc(16)); // its first call replaces the function
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const address = bytes < addressLimit ? allocate(bytes) >>> 0 : 0;
    // Near the limit the allocator also hands out places beyond the end.
    if ((address === 0 && bytes > 0) || address + bytes > wasm.HEAPU8.length) {
      throw new EngineError(
        'out-of-memory',
        `Backend 'wasm': no room for a tensor of ${(bytes / 1e6).toFixed(1)} MB; it has at most 4,295 MB in all.`,
        {
          tip: 'Use a smaller batch with more accumulation, smaller images or crops, or another backend.',
        },
      );
    }
    return address;
  };
}

const addressLimit = 2 ** 32;

const processEvents: readonly string[] = ['uncaughtException', 'unhandledRejection'];

type Listener = (...values: unknown[]) => void;

function listenersOf(event: string): Listener[] {
  return (process as unknown as { listeners(name: string): Listener[] }).listeners(event);
}

const kernelsPath = fileURLToPath(new URL('./kernels.wasm', import.meta.url));

function compileKernels(): object {
  let binary: Buffer;
  try {
    binary = readFileSync(kernelsPath);
  } catch (cause) {
    throw new EngineError('kernels-missing', `Backend 'wasm': its SIMD kernels are not at ${kernelsPath}.`, {
      tip: 'Run "npm run setup".',
      cause,
    });
  }
  try {
    return new webAssembly.Module(binary);
  } catch (cause) {
    throw cannotLoad(cause);
  }
}

function linkKernels(module: object, memory: object): KernelExports {
  try {
    return new webAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  } catch (cause) {
    throw cannotLoad(cause);
  }
}

function cannotLoad(cause: unknown): EngineError {
  return new EngineError('backend-failed', `Backend 'wasm': the SIMD kernels in ${kernelsPath} cannot be loaded: ${String(cause)}.`, {
    tip: 'Run "npm run setup" with the pinned Node; the processor must have SIMD.',
    cause,
  });
}

function register(heap: WasmHeap, table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table)) {
    registerKernel({ kernelName, backendName: 'wasm', kernelFunc: heap.guarded(kernel) as unknown as KernelFunc });
  }
}

/** Kernels of the library that copy where another handle on the same values does. */
function replaceCopies(heap: WasmHeap): void {
  replace(
    'Identity',
    () =>
      ({ inputs }) =>
        heap.share(inputs.x as TensorInfo),
  );
  replace('Cast', (original) => (call) => {
    const x = call.inputs.x as TensorInfo;
    return (call.attrs as unknown as { dtype: string }).dtype === x.dtype ? heap.share(x) : original(call);
  });
}

function replace(kernelName: string, make: (original: KernelFunc) => KernelFunc): void {
  const original = getKernel(kernelName, 'wasm');
  if (!original)
    throw new EngineError('backend-failed', `Backend 'wasm' has no kernel ${kernelName}; another version of tfjs-backend-wasm?`);
  unregisterKernel(kernelName, 'wasm');
  registerKernel({ ...original, kernelFunc: make(original.kernelFunc) });
}

/** Opens native TensorFlow: the addon, the installed library, TensorFlow.js's kernels for it and ours. */
import { availableParallelism } from 'node:os';
import { registerKernel, setBackend } from '@tensorflow/tfjs';
import type { KernelFunc } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import type { KernelTable } from '../kernel-table.ts';
import type { Precision } from '../precision.ts';
import { setCompiler } from '../steps.ts';
import type { NativeBinding, NativeDevice } from './binding.ts';
import { compiledStep } from './compile.ts';
import { serializeConfig } from './config-proto.ts';
import { FunctionCache } from './function-cache.ts';
import { findInstalled } from './installed.ts';
import { activationKernels } from './kernels/activation.ts';
import { convolutionKernels } from './kernels/convolution.ts';
import { depthwiseKernels } from './kernels/depthwise.ts';
import { replaceLibraryKernels } from './kernels/library.ts';
import { matrixKernels } from './kernels/matrix.ts';
import { normKernels } from './kernels/norms.ts';
import { ownDepthwiseKernels } from './kernels/own-depthwise.ts';
import { ownMapKernels } from './kernels/own-maps.ts';
import { ownOptimizerKernels } from './kernels/own-optimizers.ts';
import { ownProductKernels } from './kernels/own-products.ts';
import { ownRowKernels } from './kernels/own-rows.ts';
import { randomKernels } from './kernels/random.ts';
import { loadAddon } from './load-addon.ts';
import { mixedKernels } from './mixed-precision.ts';
import { NativeOps, registerNativeBackend } from './native-backend.ts';
import { createRecorder } from './recorder.ts';

export interface TensorflowOptions {
  /** Threads inside one op; default: as many as there are cores. */
  readonly threads?: number;
  /** Which of several GPUs, from 0. */
  readonly gpu?: number;
}

interface Opened {
  readonly ops: NativeOps;
  readonly cache: FunctionCache;
  readonly version: string;
  readonly threads: number;
}

let opened: Opened | undefined;

/** The kernels of mixed precision while it is in use. */
let mixed: KernelTable | undefined;

/** What compiled steps may take together. */
const functionBytes = 512 * 2 ** 20;

/**
 * Makes native TensorFlow the current backend; a process opens it once, with one number of threads. Throws EngineError 'not-installed',
 * 'addon-missing', 'backend-failed', or 'threads-fixed' when it is open with another number of threads.
 */
export async function openTensorflow(options: TensorflowOptions = {}): Promise<void> {
  const threads = options.threads ?? availableParallelism();
  if (opened === undefined) opened = start(threads, options.gpu);
  else if (options.threads !== undefined && options.threads !== opened.threads) {
    throw new EngineError(
      'threads-fixed',
      `Backend 'tensorflow' is open with ${opened.threads} thread(s) in this process; ${options.threads} was asked for.`,
      { tip: 'Use another process.' },
    );
  }
  if (!(await setBackend('tensorflow'))) throw new EngineError('backend-failed', "Backend 'tensorflow' did not start.");
}

function start(threads: number, gpu: number | undefined): Opened {
  const installed = findInstalled();
  if (installed === undefined) {
    throw new EngineError('not-installed', 'Native TensorFlow is not installed.', { tip: 'Install it: lab backend install tensorflow' });
  }
  const binding = loadAddon();
  const config = serializeConfig({
    intraOpThreads: threads,
    interOpThreads: 1,
    rewrites: false,
    allowGrowth: true,
    ...(gpu !== undefined && { visibleGpu: gpu }),
  });
  // With oneDNN's ops a compiled step differs from the same ops one by one in the last bits, and the reference files of HR-NAS fail (losses of
  // cityscapes-cs2 after two updates by 3e-5 and 4e-5 where 2.3e-5 is allowed); without it both agree bit for bit and all pass.
  process.env['TF_ENABLE_ONEDNN_OPTS'] ??= '0';
  // So that a search on a GPU can be resumed bit for bit; 0 in the environment turns it off. Not run on a GPU yet.
  if (installed.variant === 'cuda') process.env['TF_DETERMINISTIC_OPS'] ??= '1';
  const version = binding.open(installed.folder, config, threads);
  const ops = new NativeOps(registerNativeBackend(createRecorder(binding)));
  const kernels: KernelTable = {
    ...convolutionKernels(ops),
    ...depthwiseKernels(ops),
    ...matrixKernels(ops),
    ...normKernels(ops),
    ...activationKernels(ops),
    ...randomKernels(ops),
    // The addon's own ops run on the CPU only.
    ...(binding.isUsingGpuDevice() ? {} : ownKernels(ops)),
  };
  registerAll(Object.fromEntries(Object.entries(kernels).map(([name, kernel]) => [name, (call) => (mixed?.[name] ?? kernel)(call)])));
  replaceLibraryKernels(ops, !binding.isUsingGpuDevice());
  const cache = new FunctionCache(functionBytes, (name) => binding.removeFunction(name));
  setCompiler('tensorflow', (name, f) => compiledStep(ops, cache, name, f));
  return { ops, cache, version, threads };
}

/**
 * From now on products and convolutions are computed in this precision. Throws EngineError 'precision-not-supported' where no GPU computes;
 * `evenOnProcessor` is an argument for tests.
 */
export function setTensorflowPrecision(precision: Precision, evenOnProcessor = false): void {
  if (precision === 'float32' || opened === undefined) {
    mixed = undefined;
    return;
  }
  const { backend } = opened.ops;
  if (!backend.binding.isUsingGpuDevice() && !evenOnProcessor) {
    throw new EngineError(
      'precision-not-supported',
      `Backend 'tensorflow' computes on the processor here, where ${precision} brings nothing: it is slower than float32.`,
      { tip: 'Use float32 (train.precision.id=float32), or a machine with an NVIDIA GPU: lab backend install tensorflow --cuda' },
    );
  }
  mixed = mixedKernels(backend, precision);
}

function ownKernels(ops: NativeOps): KernelTable {
  return {
    ...ownMapKernels(ops),
    ...ownRowKernels(ops),
    ...ownProductKernels(ops),
    ...ownDepthwiseKernels(ops),
    ...ownOptimizerKernels(ops),
  };
}

function registerAll(table: KernelTable): void {
  for (const [kernelName, kernel] of Object.entries(table)) {
    registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: kernel as unknown as KernelFunc });
  }
}

/** What runs here; undefined while it is closed. */
export function tensorflowInfo():
  { readonly version: string; readonly threads: number; readonly devices: readonly NativeDevice[] } | undefined {
  return opened && { version: opened.version, threads: opened.threads, devices: opened.ops.backend.binding.devices() };
}

/** How many updates have begun to overwrite variables, in this process so far. */
export function updatesInPlace(): number {
  return opened?.ops.backend.binding.updatesInPlace() ?? 0;
}

/** What is alive on TensorFlow's side, and what compiled steps take; for tests and benches. */
export function tensorflowCounts(): (ReturnType<NativeBinding['counts']> & { readonly functionBytes: number }) | undefined {
  return opened && { ...opened.ops.backend.binding.counts(), functionBytes: opened.cache.bytes };
}

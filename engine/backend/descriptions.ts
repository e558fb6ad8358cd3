/** What there is of backends. Pure: TensorFlow.js is loaded only where one is opened. */
import { EngineError } from '../error.ts';
import { precisions } from './precision.ts';
import type { Precision } from './precision.ts';
import { findInstalled } from './tensorflow/installed.ts';
import type { InstalledTensorflow } from './tensorflow/installed.ts';
import { chooseAdapter, choiceFrom } from './webgpu/adapters.ts';
import { probeAdapters } from './webgpu/probe.ts';

export type BackendId = 'tensorflow' | 'webgpu' | 'wasm' | 'cpu';

/** What is known of a backend before it is tried; `lab backend ls` tries each in a process of its own. */
export interface BackendDescription {
  readonly id: BackendId;
  readonly name: string;
  readonly purpose: string;
  /** Whether it is there; whether it starts and computes rightly shows when it is opened. */
  readonly isAvailable: boolean;
  /** Why not, and what to do; undefined when available. */
  readonly reason?: string;
  /** Whether `--threads` means anything to it. */
  readonly canSetThreads: boolean;
  /** In which products and convolutions can be computed; others than float32 only where a GPU computes. */
  readonly precisions: readonly Precision[];
  /** Reference only: right, but far too slow for a search. */
  readonly isReferenceOnly: boolean;
  /** Bytes that all its tensors together may take; undefined: as many as the machine has. */
  readonly memoryLimit?: number;
}

export interface BackendOptions {
  /** Threads of one op; only backends that say `canSetThreads` accept it. */
  readonly threads?: number;
  /** Default float32. */
  readonly precision?: Precision;
}

const wasm: BackendDescription = {
  id: 'wasm',
  name: 'WebAssembly with SIMD kernels',
  purpose: 'the embedded default: needs nothing installed',
  isAvailable: true,
  canSetThreads: false,
  precisions: ['float32'],
  isReferenceOnly: false,
  memoryLimit: 2 ** 32,
};

const cpu: BackendDescription = {
  id: 'cpu',
  name: 'plain JavaScript',
  purpose: 'reference for tests',
  isAvailable: true,
  canSetThreads: false,
  precisions: ['float32'],
  isReferenceOnly: true,
};

/** Best first; each is looked up only when it is asked for, since looking for a GPU starts a process. */
const lookups: Readonly<Record<BackendId, () => BackendDescription>> = {
  tensorflow: () => tensorflowDescription(findInstalled()),
  webgpu: webgpuDescription,
  wasm: () => wasm,
  cpu: () => cpu,
};

/**
 * Best first. Native TensorFlow is there when it is installed, WebGPU when a process of its own got a device of a GPU; whether they start and
 * compute rightly shows when they are opened.
 */
export function listBackends(): readonly BackendDescription[] {
  return Object.values(lookups).map((lookUp) => lookUp());
}

function tensorflowDescription(installed: InstalledTensorflow | undefined): BackendDescription {
  return {
    id: 'tensorflow',
    name: 'native TensorFlow',
    purpose: 'fastest on CPU and NVIDIA GPUs',
    ...(installed === undefined
      ? { isAvailable: false, reason: 'It is not installed. Install it with: lab backend install tensorflow' }
      : { isAvailable: true }),
    canSetThreads: true,
    precisions,
    isReferenceOnly: false,
  };
}

function webgpuDescription(): BackendDescription {
  const reason = reasonAgainstWebgpu();
  return {
    id: 'webgpu',
    name: 'WebGPU',
    purpose: 'GPUs of every maker',
    ...(reason === undefined ? { isAvailable: true } : { isAvailable: false, reason }),
    canSetThreads: false,
    precisions: ['float32'],
    isReferenceOnly: false,
  };
}

function reasonAgainstWebgpu(): string | undefined {
  try {
    chooseAdapter(probeAdapters(), choiceFrom(process.env));
    return undefined;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return [error.message, error.tip].filter((part) => part !== undefined).join(' ');
  }
}

/** The description of `id`; throws EngineError 'unknown-backend'. */
export function describeBackend(id: string): BackendDescription {
  if (!Object.hasOwn(lookups, id)) {
    throw new EngineError('unknown-backend', `There is no backend '${id}'; the backends are ${Object.keys(lookups).join(', ')}.`, {
      tip: 'Run "lab backend ls" to see which of them are ready here.',
    });
  }
  return lookups[id as BackendId]();
}

/** Refuses options that a backend cannot honour: EngineError 'precision-not-supported', 'threads-not-supported' or 'bad-option'. */
export function checkBackendOptions(id: string, options: BackendOptions): void {
  const description = describeBackend(id);
  const { precision = 'float32' } = options;
  if (!description.precisions.includes(precision)) {
    throw new EngineError('precision-not-supported', `Backend '${id}' computes in float32 only; ${precision} was asked for.`, {
      tip: 'Use float32 (train.precision.id=float32); 16 bits need native TensorFlow on an NVIDIA GPU.',
    });
  }
  if (options.threads === undefined) return;
  if (!description.canSetThreads) {
    throw new EngineError(
      'threads-not-supported',
      `Backend '${id}' runs every op on one thread; threads ${options.threads} was asked for.`,
      {
        tip: 'Leave --threads out. To use more cores, run several experiments side by side.',
      },
    );
  }
  if (!Number.isInteger(options.threads) || options.threads < 1) {
    throw new EngineError('bad-option', `Threads must be a whole number of at least 1; got ${options.threads}.`);
  }
}

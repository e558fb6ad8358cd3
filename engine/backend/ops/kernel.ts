/**
 * Kernels of our own ('Lab...') that a backend may register with TensorFlow.js; an op composes where there is none. They are called
 * directly: the library's way through its engine costs more than many of the kernels.
 */
import { backend, getBackend, getKernel } from '@tensorflow/tfjs';
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { tensorFor } from '../internals.ts';

let knownBackend = '';
const known = new Map<string, KernelFunc | undefined>();

function find(name: string): KernelFunc | undefined {
  const current = getBackend();
  if (current !== knownBackend) {
    known.clear();
    knownBackend = current;
  }
  const kernel = known.get(name);
  if (kernel !== undefined || known.has(name)) return kernel;
  const found = getKernel(name, current)?.kernelFunc;
  known.set(name, found);
  return found;
}

/** Whether the backend in use has the named kernel. */
export function hasKernel(name: string): boolean {
  return find(name) !== undefined;
}

/** Runs a named kernel of the backend in use: one tensor or a list, as the kernel gives. Nothing is recorded; the caller disposes the results. */
export function runKernel<T>(name: string, inputs: Readonly<Record<string, Tensor>>, attrs: object): T {
  const result = find(name)!({ inputs, attrs, backend: backend() } as never) as TensorInfo | TensorInfo[];
  return (Array.isArray(result) ? result.map(tensorFor) : tensorFor(result)) as T;
}

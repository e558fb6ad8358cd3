/** Kernels of our own ('Lab...') that a backend may register; an op composes where there is none. */
import { engine, getBackend, getKernel } from '@tensorflow/tfjs';
import type { Tensor } from '@tensorflow/tfjs';

/** Whether the backend in use has the named kernel. */
export function hasKernel(name: string): boolean {
  return getKernel(name, getBackend()) !== undefined;
}

/** Runs a named kernel of the backend in use. The caller disposes the results. */
export function runKernel<T>(name: string, inputs: Readonly<Record<string, Tensor>>, attrs: object): T {
  return engine().runKernel(name, inputs as never, attrs as never) as T;
}

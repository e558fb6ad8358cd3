/** Dropout whose mask follows from (seed, element index) alone: the same on every backend, in every run. */
import { mul, tensor } from '@tensorflow/tfjs';
import type { Scalar, Tensor } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable } from '../tape.ts';
import type { StepSeed } from '../step-number.ts';
import { hasKernel, runKernel } from './kernel.ts';

/**
 * Zeroes each element with probability `rate` and divides the rest by 1 - rate. `seed` is any whole number (its lowest 32 bits count);
 * take a new one for every step and place.
 */
export function dropout<T extends Tensor>(x: T, rate: number, seed: StepSeed): T {
  if (!(rate >= 0 && rate < 1)) {
    throw new EngineError('bad-option', `dropout: rate must be at least 0 and below 1; got ${rate}.`);
  }
  const drop = (t: Tensor, place: StepSeed): Tensor => {
    if (hasKernel('LabDropout')) return runKernel<Tensor>('LabDropout', { x: t }, { rate, seed: typeof place === 'number' ? place | 0 : place });
    return mul(t, maskOf(t.shape, t.size, rate, plainSeed(place) | 0));
  };
  return differentiable('dropout', [x], () => ({
    value: drop(x, seed) as T,
    save: typeof seed === 'number' ? [] : [seed],
    gradient: (dy, [saved]) => [drop(dy, (saved as Scalar | undefined) ?? seed)],
  }));
}

/** Only a backend that compiles has seeds that are tensors, and it has a kernel for them. */
export function plainSeed(seed: StepSeed): number {
  if (typeof seed !== 'number') throw new TypeError('a seed of a compiled step came to a backend without kernels for it');
  return seed;
}

function maskOf(shape: readonly number[], size: number, rate: number, seed: number): Tensor {
  const kept = 1 / (1 - rate);
  const limit = dropLimit(rate);
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = randomBits(seed, i) >= limit ? kept : 0;
  return tensor(values, shape as number[]);
}

/** An element is dropped when its 32 random bits are below this. */
export function dropLimit(rate: number): number {
  return Math.floor(rate * 4294967296);
}

/** 32 random bits for element `index`: a Weyl step by the golden ratio, then the finaliser of MurmurHash3 (Appleby, public domain). */
export function randomBits(seed: number, index: number): number {
  let h = (seed + Math.imul(index, 0x9e3779b9)) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

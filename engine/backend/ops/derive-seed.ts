/** A seed of its own for every place of a network. */
import type { Scalar } from '@tensorflow/tfjs';
import type { StepSeed } from '../step-number.ts';
import { runKernel } from './kernel.ts';

/** Mixes the number of a place into a step's seed, by two odd constants (32-bit integer arithmetic). */
export function deriveSeed(seed: StepSeed, place: number): StepSeed {
  const mask = Math.imul(place + 1, 0x9e3779b1);
  if (typeof seed === 'number') return Math.imul(seed ^ mask, factor) >>> 0;
  return runKernel<Scalar>('LabDeriveSeed', { seed }, { mask, factor: factor | 0 });
}

const factor = 0x85ebca6b;

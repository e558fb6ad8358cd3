import type { StepFunction, Tensor } from '../../../engine/backend/tf.ts';

/** A network with one batch, ready to be trained: what a bench needs of it. Everything lives as long as the process. */
export interface BenchNetwork {
  /** Trained values, to be compared with the other side's. */
  readonly parameters: number;
  /** Multiply-accumulates forward, one input. */
  readonly macs: number;
  /** Inputs and targets. */
  readonly tensors: readonly Tensor[];
  /** What changes from update to update, counted from 1. */
  numbersAt(step: number): readonly number[];
  /** One training step, running statistics and the moving average of everything included; returns the loss. */
  readonly train: StepFunction;
}

/** How fast the moving average forgets, on both sides. */
export const averageDecay = 0.999;

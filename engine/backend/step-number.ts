import type { Scalar } from '@tensorflow/tfjs';

/**
 * A number that changes from step to step, such as a learning rate: a plain number, or a float32 scalar where the step is compiled
 * (a plain number would be frozen into it).
 */
export type StepNumber = number | Scalar;

/** The seed of a random draw; in a compiled step an int32 scalar. */
export type StepSeed = number | Scalar;

import { createRng } from '../../../engine/rng.ts';
import * as tf from '../../../engine/backend/tf.ts';
import type { Tensor, Tensor1D, Variable } from '../../../engine/backend/tf.ts';

/** Learned factors and offsets with running statistics, [channels] each. */
export interface Norm {
  readonly gamma: Tensor1D;
  readonly beta: Tensor1D;
  readonly running?: { readonly mean: Variable; readonly variance: Variable };
}

/** What one batch norm saw. */
export interface Seen {
  readonly norm: Norm;
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
  /** Values a channel. */
  readonly count: number;
}

/** Makes the variables of a small network, from one seed. */
export class SmallParameters {
  readonly learned: Variable[] = [];
  readonly running: Variable[] = [];
  /** Filled while the network runs. */
  readonly seen: Seen[] = [];
  readonly #rng = createRng(1);

  add<T extends Tensor>(shape: readonly number[], value: () => number): T {
    const created = filled(shape, value);
    this.learned.push(created);
    return created as unknown as T;
  }

  normal<T extends Tensor>(shape: readonly number[], deviation: number): T {
    return this.add(shape, () => this.#rng.normal() * deviation);
  }

  layerNorm(channels: number): Norm {
    return { gamma: this.add([channels], () => 1), beta: this.add([channels], () => 0) };
  }

  batchNorm(channels: number): Norm {
    const running = { mean: filled([channels], () => 0), variance: filled([channels], () => 1) };
    this.running.push(running.mean, running.variance);
    return { ...this.layerNorm(channels), running };
  }
}

function filled(shape: readonly number[], value: () => number): Variable {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = tf.tensor(Float32Array.from({ length: size }, value), [...shape]);
  const created = tf.variable(values);
  values.dispose();
  return created;
}

import { assertNever } from '../../assert-never.ts';
import type { EmaUpdate, Tensor, Variable } from '../../backend/tf.ts';
import { adam, type AdamOptions } from './adam.ts';
import { rmsProp, type RmsPropOptions } from './rmsprop.ts';
import { sgd, type SgdOptions } from './sgd.ts';

export type OptimizerOptions = SgdOptions | RmsPropOptions | AdamOptions;

/** What one update of one variable depends on besides its gradient and slots. */
export interface UpdateScalars {
  readonly learningRate: number;
  /** Number of this update, from 1. */
  readonly step: number;
  /** Coupled: weightDecay * weight joins the gradient. */
  readonly weightDecay: number;
  /** l1 * sign(weight) joins the gradient. */
  readonly l1: number;
  /** Whether decay applies to this variable at all, for decoupled decay. */
  readonly isDecayed: boolean;
  /** Overrides the optimiser's own, or its momentum where it has no beta1, where a schedule cycles it. */
  readonly beta1?: number;
  readonly ema?: EmaUpdate;
}

/** A rule without state of its own: the slots of each variable are given, so that they survive shrinking and saving by name. */
export interface Optimizer {
  /** Slots that each variable needs, in the order in which `update` takes them; all start at 0. */
  readonly slots: readonly string[];
  /** Changes variable, slots and shadow in place; the gradient stays the caller's. */
  update(variable: Variable, gradient: Tensor, slots: readonly Variable[], scalars: UpdateScalars): void;
}

export function createOptimizer(options: OptimizerOptions): Optimizer {
  switch (options.id) {
    case 'sgd':
      return sgd(options);
    case 'rmsprop':
      return rmsProp(options);
    case 'adam':
    case 'adamw':
      return adam(options);
    default:
      return assertNever(options);
  }
}

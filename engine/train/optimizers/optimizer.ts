import { assertNever } from '../../assert-never.ts';
import type { EmaUpdate, StepNumber, Tensor, Variable } from '../../backend/tf.ts';
import { adam, type AdamOptions } from './adam.ts';
import { rmsProp, type RmsPropOptions } from './rmsprop.ts';
import { sgd, type SgdOptions } from './sgd.ts';

export type OptimizerOptions = SgdOptions | RmsPropOptions | AdamOptions;

/** What one update of one variable depends on besides its gradient and slots. */
export interface UpdateScalars {
  readonly learningRate: StepNumber;
  /** Of `numbersAt`. */
  readonly numbers: readonly StepNumber[];
  /** Coupled: weightDecay * weight joins the gradient. */
  readonly weightDecay: StepNumber;
  /** l1 * sign(weight) joins the gradient. */
  readonly l1: StepNumber;
  /** Whether decay applies to this variable at all, for decoupled decay. */
  readonly isDecayed: boolean;
  readonly ema?: EmaUpdate;
}

/** A rule without state of its own: the slots of each variable are given, so that they survive shrinking and saving by name. */
export interface Optimizer {
  /** Slots that each variable needs, in the order in which `update` takes them; all start at 0. */
  readonly slots: readonly string[];
  /**
   * What of a rule changes with the number of the update (from 1) and its schedule, in the order that `update` expects; `beta1` overrides
   * the rule's own, or its momentum where it has no beta1, where a schedule cycles it.
   */
  numbersAt(step: number, beta1?: number): readonly number[];
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

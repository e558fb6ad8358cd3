/** Optimiser steps by the addon's own ops: one pass over a weight, its slots and its moving average. */
import type { TensorInfo, Variable } from '@tensorflow/tfjs';
import { tensorFor } from '../../internals.ts';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';
import { rest } from '../../ops/optimizers.ts';
import type { AdamWOptions, RmsPropOptions, SgdOptions, UpdateOptions } from '../../ops/optimizers.ts';
import type { StepNumber } from '../../step-number.ts';
import type { NativeAttribute } from '../binding.ts';
import type { NativeOps } from '../native-backend.ts';
import type { Trace } from '../recorder.ts';

export function ownOptimizerKernels(ops: NativeOps): KernelTable {
  const { attr } = ops;
  const numbers = new NumberLists(ops);
  const update = (
    call: KernelCall,
    op: string,
    slots: readonly string[],
    own: readonly StepNumber[],
    attributes: NativeAttribute[],
  ): [] => {
    const { learningRate, weightDecay = 0, l1 = 0, ema } = call.attrs as unknown as UpdateOptions;
    const written = ['variable', ...slots, ...(ema ? ['shadow'] : [])].map((name) => input(call, name) as Variable);
    const decay = ema ? [ema.decay, ema.rest ?? rest(ema.decay)] : [0, 0];
    const hyper = numbers.take([learningRate, weightDecay, l1, ...decay, ...own]);
    const inputs = [written[0]!, input(call, 'gradient'), ...written.slice(1), hyper];
    const results = ops.runAll(ema ? `${op}Ema` : op, inputs, attributes, written.length);
    written.forEach((variable, i) => assign(variable, results[i]!));
    numbers.release(hyper);
    return [];
  };
  return {
    LabUpdateSgd: (call) => {
      const { momentum, nesterov = false } = call.attrs as unknown as SgdOptions;
      return update(call, 'LabUpdateSgd', ['velocity'], [momentum], [attr.bool('nesterov', nesterov)]);
    },
    LabUpdateRmsProp: (call) => {
      const { decay, momentum, epsilon, rateOn } = call.attrs as unknown as RmsPropOptions;
      const attributes = [attr.float('epsilon', epsilon), attr.bool('rate_on_gradient', rateOn === 'gradient')];
      return update(call, 'LabUpdateRmsProp', ['meanSquare', 'velocity'], [decay, 1 - decay, momentum], attributes);
    },
    LabUpdateAdamW: (call) => {
      const { beta1, beta1Rest, beta2, epsilon, corrections, decayKind } = call.attrs as unknown as AdamWOptions;
      const own = [beta1, beta1Rest ?? rest(beta1), beta2, 1 - beta2, corrections.first, corrections.second];
      const attributes = [attr.float('epsilon', epsilon), attr.bool('coupled', decayKind === 'coupled')];
      return update(call, 'LabUpdateAdamW', ['firstMoment', 'secondMoment'], own, attributes);
    },
    LabUpdateEma: (call) => {
      const { decay, rest } = call.attrs as unknown as { readonly decay: StepNumber; readonly rest: StepNumber };
      const hyper = numbers.take([decay, rest]);
      const shadow = input(call, 'shadow') as Variable;
      assign(shadow, ops.run('LabUpdateEma', [shadow, input(call, 'value'), hyper]));
      numbers.release(hyper);
      return [];
    },
  };
}

function assign(variable: Variable, info: TensorInfo): void {
  const value = tensorFor(info);
  variable.assign(value);
  value.dispose();
}

/** Lists of numbers as vectors. A compiled step has each list once, however many weights share it. */
class NumberLists {
  readonly #ops: NativeOps;
  readonly #ofTrace = new WeakMap<Trace, Map<string, TensorInfo>>();

  constructor(ops: NativeOps) {
    this.#ops = ops;
  }

  take(list: readonly StepNumber[]): TensorInfo {
    const { trace } = this.#ops.backend.binding;
    if (!trace) return this.#create(list);
    let known = this.#ofTrace.get(trace);
    if (!known) this.#ofTrace.set(trace, (known = new Map()));
    const key = list.map((entry) => (typeof entry === 'number' ? String(entry) : `#${this.#ops.idOf(entry)}`)).join();
    const found = known.get(key) ?? this.#create(list);
    known.set(key, found);
    return found;
  }

  release(list: TensorInfo): void {
    if (!this.#ops.backend.binding.trace) this.#ops.release(list);
  }

  /** In a trace what the list holds is a node, so that nothing of it is left when the trace ends. */
  #plain(list: readonly number[]): TensorInfo {
    const ops = this.#ops;
    const values = ops.constant(list, [list.length]);
    if (!ops.backend.binding.trace) return values;
    const node = ops.run('Identity', [values], [ops.attr.type('T', ops.dtypeOf('float32'))]);
    ops.release(values);
    return node;
  }

  #create(list: readonly StepNumber[]): TensorInfo {
    const ops = this.#ops;
    if (list.every((entry) => typeof entry === 'number')) return this.#plain(list);
    const scalars = list.map((entry) => (typeof entry === 'number' ? ops.constant([entry], []) : ops.share(entry)));
    const attributes = [ops.attr.int('N', list.length), ops.attr.type('T', ops.dtypeOf('float32')), ops.attr.int('axis', 0)];
    const packed = ops.run('Pack', scalars, attributes);
    ops.release(...scalars);
    return packed;
  }
}

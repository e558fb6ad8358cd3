/** Optimiser steps in place. */
import { backend, tensor } from '@tensorflow/tfjs';
import type { TensorInfo, Variable } from '@tensorflow/tfjs';
import { EngineError } from '../../../error.ts';
import { tidy } from '../../internals.ts';
import type { AdamWOptions, RmsPropOptions, SgdOptions, UpdateOptions } from '../../ops/optimizers.ts';
import type { StepNumber } from '../../step-number.ts';
import type { WasmHeap } from '../heap.ts';
import { sizeOf } from '../heap.ts';
import { input } from '../../kernel-table.ts';
import type { KernelCall, KernelTable } from '../../kernel-table.ts';

/** The kernels return nothing new. Numbers are plain here: steps are not compiled. */
export function optimizerKernels(heap: WasmHeap): KernelTable {
  return {
    LabUpdateSgd: (call) => {
      const o = call.attrs as unknown as SgdOptions;
      const [weight, gradient, velocity, shadow] = placesOf(heap, call, ['velocity']);
      heap.kernels.updateSgd(
        weight!,
        gradient!,
        velocity!,
        shadow!,
        countOf(call),
        plain(o.learningRate),
        plain(o.momentum),
        Number(o.nesterov ?? false),
        plain(o.weightDecay),
        plain(o.l1),
        ...emaFactors(o),
      );
      return [];
    },
    LabUpdateRmsProp: (call) => {
      const o = call.attrs as unknown as RmsPropOptions;
      const [weight, gradient, meanSquare, velocity, shadow] = placesOf(heap, call, ['meanSquare', 'velocity']);
      heap.kernels.updateRmsProp(
        weight!,
        gradient!,
        meanSquare!,
        velocity!,
        shadow!,
        countOf(call),
        plain(o.learningRate),
        o.decay,
        1 - o.decay,
        plain(o.momentum),
        o.epsilon,
        Number(o.rateOn === 'gradient'),
        plain(o.weightDecay),
        plain(o.l1),
        ...emaFactors(o),
      );
      return [];
    },
    LabUpdateAdamW: (call) => {
      const o = call.attrs as unknown as AdamWOptions;
      const [weight, gradient, first, second, shadow] = placesOf(heap, call, ['firstMoment', 'secondMoment']);
      const weightDecay = plain(o.weightDecay);
      const isCoupled = o.decayKind === 'coupled';
      heap.kernels.updateAdamW(
        weight!,
        gradient!,
        first!,
        second!,
        shadow!,
        countOf(call),
        plain(o.beta1),
        1 - plain(o.beta1),
        o.beta2,
        1 - o.beta2,
        o.epsilon,
        plain(o.learningRate) / plain(o.corrections.first),
        1 / plain(o.corrections.second),
        isCoupled ? 1 : 1 - plain(o.learningRate) * weightDecay,
        isCoupled ? weightDecay : 0,
        plain(o.l1),
        ...emaFactors(o),
      );
      return [];
    },
    LabUpdateEma: (call) => {
      const [shadow, value] = [input(call, 'shadow'), input(call, 'value')];
      checkSize(shadow, value, 'value');
      ownValues(shadow);
      const decay = call.attrs.decay as number;
      heap.kernels.updateEma(heap.at(shadow), heap.at(value), sizeOf(shadow.shape), decay, 1 - decay);
      return [];
    },
  };
}

/** What the shadow keeps of itself and takes of the weight; kernels without a shadow do not read them. */
function emaFactors({ ema }: UpdateOptions): [decay: number, rest: number] {
  return ema ? [plain(ema.decay), 1 - plain(ema.decay)] : [0, 0];
}

function plain(number: StepNumber = 0): number {
  if (typeof number !== 'number') throw new TypeError('optimiser: a number of a compiled step came to wasm');
  return number;
}

/** Values that several handles share (a clone, a variable made of another) are copied before a kernel writes into them. */
function ownValues(written: TensorInfo): void {
  if (backend().refCount(written.dataId) === 1) return;
  const variable = written as Variable;
  tidy(() => variable.assign(tensor(variable.dataSync(), variable.shape, variable.dtype)));
}

function countOf(call: KernelCall): number {
  return sizeOf(input(call, 'variable').shape);
}

/** Addresses of weight, gradient, the slots and the shadow (0: none), all of one size. */
function placesOf(heap: WasmHeap, call: KernelCall, slots: readonly string[]): number[] {
  const variable = input(call, 'variable');
  const places = ['variable', 'gradient', ...slots].map((name) => {
    const tensor = input(call, name);
    checkSize(variable, tensor, name);
    if (name !== 'gradient') ownValues(tensor);
    return heap.at(tensor);
  });
  const shadow = call.inputs.shadow;
  if (shadow) {
    checkSize(variable, shadow, 'shadow');
    ownValues(shadow);
  }
  return [...places, shadow ? heap.at(shadow) : 0];
}

function checkSize(variable: TensorInfo, tensor: TensorInfo, name: string): void {
  if (sizeOf(variable.shape) !== sizeOf(tensor.shape)) {
    throw new EngineError(
      'bad-shape',
      `optimiser: the weight has shape [${variable.shape.join(', ')}], its ${name} [${tensor.shape.join(', ')}].`,
    );
  }
}

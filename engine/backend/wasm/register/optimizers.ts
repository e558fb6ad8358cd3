/** Optimiser steps in place. */
import type { TensorInfo } from '@tensorflow/tfjs';
import { EngineError } from '../../../error.ts';
import type { AdamWOptions, RmsPropOptions, SgdOptions, UpdateOptions } from '../../ops/optimizers.ts';
import type { WasmHeap } from '../heap.ts';
import { sizeOf } from '../heap.ts';
import { input } from './kernel-table.ts';
import type { KernelCall, KernelTable } from './kernel-table.ts';

/** The kernels return nothing new; the ops have made sure that no other handle shares what they write. */
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
        o.learningRate,
        o.momentum,
        Number(o.nesterov ?? false),
        o.weightDecay ?? 0,
        o.l1 ?? 0,
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
        o.learningRate,
        o.decay,
        1 - o.decay,
        o.momentum,
        o.epsilon,
        Number(o.rateOn === 'gradient'),
        o.weightDecay ?? 0,
        o.l1 ?? 0,
        ...emaFactors(o),
      );
      return [];
    },
    LabUpdateAdamW: (call) => {
      const o = call.attrs as unknown as AdamWOptions;
      const [weight, gradient, first, second, shadow] = placesOf(heap, call, ['firstMoment', 'secondMoment']);
      const weightDecay = o.weightDecay ?? 0;
      const isCoupled = o.decayKind === 'coupled';
      heap.kernels.updateAdamW(
        weight!,
        gradient!,
        first!,
        second!,
        shadow!,
        countOf(call),
        o.beta1,
        1 - o.beta1,
        o.beta2,
        1 - o.beta2,
        o.epsilon,
        o.learningRate / (1 - o.beta1 ** o.step),
        1 / (1 - o.beta2 ** o.step),
        isCoupled ? 1 : 1 - o.learningRate * weightDecay,
        isCoupled ? weightDecay : 0,
        o.l1 ?? 0,
        ...emaFactors(o),
      );
      return [];
    },
    LabUpdateEma: (call) => {
      const [shadow, value] = [input(call, 'shadow'), input(call, 'value')];
      checkSize(shadow, value, 'value');
      const decay = call.attrs.decay as number;
      heap.kernels.updateEma(heap.at(shadow), heap.at(value), sizeOf(shadow.shape), decay, 1 - decay);
      return [];
    },
  };
}

/** What the shadow keeps of itself and takes of the weight; kernels without a shadow do not read them. */
function emaFactors({ ema }: UpdateOptions): [decay: number, rest: number] {
  return ema ? [ema.decay, 1 - ema.decay] : [0, 0];
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
    return heap.at(tensor);
  });
  const shadow = call.inputs.shadow;
  if (shadow) checkSize(variable, shadow, 'shadow');
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

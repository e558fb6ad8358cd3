/**
 * One optimiser step on one variable, in place: the weight, its slots and, where given, its exponential moving average.
 * A kernel of the backend does it in one pass where there is one. Slots are variables of the caller, of the weight's shape.
 */
import { add, div, mul, sign, sqrt, square, sub } from '@tensorflow/tfjs';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { tidy } from '../internals.ts';
import { EngineError } from '../../error.ts';
import type { StepNumber } from '../step-number.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** What every update shares. */
export interface UpdateOptions {
  readonly learningRate: StepNumber;
  /** L2 penalty: weightDecay * weight is added to the gradient (AdamW may decouple it). Default 0. */
  readonly weightDecay?: StepNumber;
  /** L1 penalty: l1 * sign(weight) is added to the gradient. Default 0. */
  readonly l1?: StepNumber;
  /** Shadow of the weight: shadow = decay * shadow + (1 - decay) * new weight, in the same pass. */
  readonly ema?: EmaUpdate;
}

export interface EmaUpdate {
  readonly shadow: Variable;
  readonly decay: StepNumber;
  /** 1 - decay; to be given where decay is no plain number, since float32 has lost its digits. */
  readonly rest?: StepNumber;
}

export interface SgdOptions extends UpdateOptions {
  readonly momentum: StepNumber;
  readonly nesterov?: boolean;
}

/** PyTorch's definition: velocity = momentum * velocity + gradient; weight -= rate * velocity (or gradient + momentum * velocity for Nesterov). */
export function updateSgd(variable: Variable, gradient: Tensor, slots: { readonly velocity?: Variable }, options: SgdOptions): void {
  const { velocity } = slots;
  const { learningRate, momentum } = options;
  if (momentum !== 0 && !velocity)
    throw new EngineError('missing-slot', `updateSgd: ${variable.name} has momentum ${momentum} but no velocity slot.`);
  if (momentum !== 0 && runFused('LabUpdateSgd', variable, gradient, velocity ? { velocity } : {}, options)) return;
  tidy(() => {
    const g = penalised(variable, gradient, options);
    let direction = g;
    if (momentum !== 0 && velocity) {
      velocity.assign(add(mul(velocity, momentum), g));
      direction = options.nesterov ? add(g, mul(velocity, momentum)) : velocity;
    }
    variable.assign(sub(variable, mul(direction, learningRate)));
  });
  updateShadow(variable, options);
}

export interface RmsPropOptions extends UpdateOptions {
  /** Of the mean square. */
  readonly decay: number;
  readonly momentum: StepNumber;
  /** Inside the root, as TensorFlow defines it. */
  readonly epsilon: number;
  /**
   * Where the learning rate enters: on 'velocity' (weight -= rate * velocity; HR-NAS) or on the 'gradient' before it joins the velocity
   * (TensorFlow). They differ only when the rate changes.
   */
  readonly rateOn?: 'velocity' | 'gradient';
}

/** meanSquare = decay * meanSquare + (1 - decay) * g^2; velocity = momentum * velocity + g / sqrt(meanSquare + epsilon). */
export function updateRmsProp(
  variable: Variable,
  gradient: Tensor,
  slots: { readonly meanSquare: Variable; readonly velocity: Variable },
  options: RmsPropOptions,
): void {
  if (runFused('LabUpdateRmsProp', variable, gradient, slots, options)) return;
  const { learningRate, decay, momentum, epsilon } = options;
  const isRateOnGradient = options.rateOn === 'gradient';
  tidy(() => {
    const g = penalised(variable, gradient, options);
    slots.meanSquare.assign(add(mul(slots.meanSquare, decay), mul(square(g), 1 - decay)));
    const scaled = div(g, sqrt(add(slots.meanSquare, epsilon)));
    slots.velocity.assign(add(mul(slots.velocity, momentum), isRateOnGradient ? mul(scaled, learningRate) : scaled));
    variable.assign(sub(variable, isRateOnGradient ? slots.velocity : mul(slots.velocity, learningRate)));
  });
  updateShadow(variable, options);
}

/** What corrects the bias of the moments: 1 - beta1 ^ t and 1 - beta2 ^ t for update t, from 1. */
export interface AdamCorrections {
  readonly first: StepNumber;
  readonly second: StepNumber;
}

/** In double precision: float32 loses the second one's first digits in the first steps. */
export function adamCorrections(beta1: number, beta2: number, step: number): { readonly first: number; readonly second: number } {
  if (!(step >= 1)) throw new EngineError('bad-option', `updateAdamW: step counts from 1; got ${step}.`);
  return { first: 1 - beta1 ** step, second: 1 - beta2 ** step };
}

export interface AdamWOptions extends UpdateOptions {
  readonly beta1: StepNumber;
  /** 1 - beta1; to be given where beta1 is no plain number. */
  readonly beta1Rest?: StepNumber;
  readonly beta2: number;
  /** Outside of the root. */
  readonly epsilon: number;
  readonly corrections: AdamCorrections;
  /** 'decoupled' (default): weight *= 1 - rate * weightDecay beside the step (Loshchilov and Hutter, 2019, alg. 2); 'coupled': L2 in the gradient. */
  readonly decayKind?: 'decoupled' | 'coupled';
}

/** Adam (Kingma and Ba, 2015, alg. 1) with decoupled or coupled weight decay. */
export function updateAdamW(
  variable: Variable,
  gradient: Tensor,
  slots: { readonly firstMoment: Variable; readonly secondMoment: Variable },
  options: AdamWOptions,
): void {
  if (runFused('LabUpdateAdamW', variable, gradient, slots, options)) return;
  const { learningRate, beta1, beta2, epsilon, corrections } = options;
  const isCoupled = options.decayKind === 'coupled';
  const weightDecay = options.weightDecay ?? 0;
  tidy(() => {
    const g = penalised(variable, gradient, isCoupled ? options : { ...options, weightDecay: 0 });
    slots.firstMoment.assign(add(mul(slots.firstMoment, beta1), mul(g, options.beta1Rest ?? rest(beta1))));
    slots.secondMoment.assign(add(mul(slots.secondMoment, beta2), mul(square(g), 1 - beta2)));
    const root = add(sqrt(div(slots.secondMoment, corrections.second)), epsilon);
    const shrunk = isCoupled ? variable : mul(variable, rest(product(learningRate, weightDecay)));
    variable.assign(sub(shrunk, div(mul(slots.firstMoment, quotient(learningRate, corrections.first)), root)));
  });
  updateShadow(variable, options);
}

/** shadow = decay * shadow + (1 - decay) * value, in place. */
export function updateEma(shadow: Variable, value: Tensor, decay: StepNumber, restOfDecay = rest(decay)): void {
  if (hasKernel('LabUpdateEma')) {
    runKernel<unknown>('LabUpdateEma', { shadow, value }, { decay, rest: restOfDecay });
    return;
  }
  tidy(() => shadow.assign(add(mul(shadow, decay), mul(value, restOfDecay))));
}

/** Runs the backend's fused kernel; false when it has none. */
function runFused(
  kernel: string,
  variable: Variable,
  gradient: Tensor,
  slots: Readonly<Record<string, Variable>>,
  options: UpdateOptions,
): boolean {
  if (!hasKernel(kernel)) return false;
  runKernel<unknown>(kernel, { variable, gradient, ...slots, ...(options.ema ? { shadow: options.ema.shadow } : {}) }, options);
  return true;
}

/** 1 - x */
export function rest(x: StepNumber): StepNumber {
  return typeof x === 'number' ? 1 - x : sub<Scalar>(1, x);
}

function product(a: StepNumber, b: StepNumber): StepNumber {
  return typeof a === 'number' && typeof b === 'number' ? a * b : mul<Scalar>(a, b);
}

function quotient(a: StepNumber, b: StepNumber): StepNumber {
  return typeof a === 'number' && typeof b === 'number' ? a / b : div<Scalar>(a, b);
}

function penalised(variable: Variable, gradient: Tensor, { weightDecay = 0, l1 = 0 }: UpdateOptions): Tensor {
  const withL2 = weightDecay === 0 ? gradient : add(gradient, mul(variable, weightDecay));
  return l1 === 0 ? withL2 : add(withL2, mul(sign(variable), l1));
}

function updateShadow(variable: Variable, options: UpdateOptions): void {
  if (options.ema) updateEma(options.ema.shadow, variable, options.ema.decay, options.ema.rest);
}

/**
 * One optimiser step on one variable, in place: the weight, its slots and, where given, its exponential moving average.
 * A kernel of the backend does it in one pass where there is one. Slots are variables of the caller, of the weight's shape.
 */
import { add, backend, div, mul, sign, sqrt, square, sub, tensor } from '@tensorflow/tfjs';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { tidy } from '../internals.ts';
import { EngineError } from '../../error.ts';
import { hasKernel, runKernel } from './kernel.ts';

/** What every update shares. */
export interface UpdateOptions {
  readonly learningRate: number;
  /** L2 penalty: weightDecay * weight is added to the gradient (AdamW may decouple it). Default 0. */
  readonly weightDecay?: number;
  /** L1 penalty: l1 * sign(weight) is added to the gradient. Default 0. */
  readonly l1?: number;
  /** Shadow of the weight: shadow = decay * shadow + (1 - decay) * new weight, in the same pass. */
  readonly ema?: EmaUpdate;
}

export interface EmaUpdate {
  readonly shadow: Variable;
  readonly decay: number;
}

export interface SgdOptions extends UpdateOptions {
  readonly momentum: number;
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
  readonly momentum: number;
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

export interface AdamWOptions extends UpdateOptions {
  readonly beta1: number;
  readonly beta2: number;
  /** Outside of the root. */
  readonly epsilon: number;
  /** Number of this update of this variable, from 1; corrects the bias of the moments. */
  readonly step: number;
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
  if (!(options.step >= 1)) throw new EngineError('bad-option', `updateAdamW: step counts from 1; got ${options.step}.`);
  if (runFused('LabUpdateAdamW', variable, gradient, slots, options)) return;
  const { learningRate, beta1, beta2, epsilon, step } = options;
  const isCoupled = options.decayKind === 'coupled';
  const weightDecay = options.weightDecay ?? 0;
  tidy(() => {
    const g = penalised(variable, gradient, isCoupled ? options : { ...options, weightDecay: 0 });
    slots.firstMoment.assign(add(mul(slots.firstMoment, beta1), mul(g, 1 - beta1)));
    slots.secondMoment.assign(add(mul(slots.secondMoment, beta2), mul(square(g), 1 - beta2)));
    const root = add(sqrt(div(slots.secondMoment, 1 - beta2 ** step)), epsilon);
    const shrunk = isCoupled ? variable : mul(variable, 1 - learningRate * weightDecay);
    variable.assign(sub(shrunk, div(mul(slots.firstMoment, learningRate / (1 - beta1 ** step)), root)));
  });
  updateShadow(variable, options);
}

/** shadow = decay * shadow + (1 - decay) * value, in place. */
export function updateEma(shadow: Variable, value: Tensor, decay: number): void {
  if (hasKernel('LabUpdateEma')) {
    ownValues(shadow);
    runKernel<unknown>('LabUpdateEma', { shadow, value }, { decay });
    return;
  }
  tidy(() => shadow.assign(add(mul(shadow, decay), mul(value, 1 - decay))));
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
  for (const written of [variable, ...Object.values(slots), ...(options.ema ? [options.ema.shadow] : [])]) ownValues(written);
  runKernel<unknown>(kernel, { variable, gradient, ...slots, ...(options.ema ? { shadow: options.ema.shadow } : {}) }, options);
  return true;
}

/** Values that several handles share (a clone, a variable made of another) are copied before a kernel writes into them. */
function ownValues(variable: Variable): void {
  if (backend().refCount(variable.dataId) === 1) return;
  tidy(() => variable.assign(tensor(variable.dataSync(), variable.shape, variable.dtype)));
}

function penalised(variable: Variable, gradient: Tensor, { weightDecay = 0, l1 = 0 }: UpdateOptions): Tensor {
  const withL2 = weightDecay === 0 ? gradient : add(gradient, mul(variable, weightDecay));
  return l1 === 0 ? withL2 : add(withL2, mul(sign(variable), l1));
}

function updateShadow(variable: Variable, options: UpdateOptions): void {
  if (options.ema) updateEma(options.ema.shadow, variable, options.ema.decay);
}

/** Batch normalisation over every axis but the last, with the activation that follows it. */
import { add, div, mean as meanOf, mul, rsqrt, square, sub, sum } from '@tensorflow/tfjs';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs';
import { EngineError } from '../../error.ts';
import { differentiable, isRecording } from '../tape.ts';
import { activation, activationGradient, applyActivation } from './activation.ts';
import type { Activation } from './activation.ts';
import { hasKernel, runKernel } from './kernel.ts';

export interface BatchNormOptions {
  readonly epsilon: number;
  readonly activation?: Activation;
}

export interface BatchNormTrainResult<T extends Tensor> {
  readonly y: T;
  /** Of this batch, [channels]; no gradient flows through it. */
  readonly mean: Tensor1D;
  /** Biased (divided by the number of values), [channels]; no gradient flows through it. */
  readonly variance: Tensor1D;
}

/**
 * Training mode: normalises x [..., channels] with the statistics of this batch, scales by gamma, shifts by beta [channels], activates.
 * The caller owns all three results.
 */
export function batchNormTrain<T extends Tensor>(x: T, gamma: Tensor, beta: Tensor, options: BatchNormOptions): BatchNormTrainResult<T> {
  checkChannels('batchNormTrain', x, { gamma, beta });
  const { epsilon } = options;
  const kind = options.activation ?? 'none';
  let mean!: Tensor1D;
  let variance!: Tensor1D;
  const y = differentiable('batchNormTrain', [x, gamma, beta], () => {
    if (hasKernel('LabBatchNormTrain')) {
      const [y, m, v] = runKernel<[T, Tensor1D, Tensor1D]>('LabBatchNormTrain', { x, gamma, beta }, { epsilon, kind });
      [mean, variance] = [m, v];
      return {
        value: y,
        detached: [m, v],
        save: [x, gamma, beta, m, v],
        gradient: (dy, [x, gamma, beta, mean, variance]) =>
          runKernel<Tensor[]>(
            'LabBatchNormTrainGradient',
            { dy, x: x!, gamma: gamma!, beta: beta!, mean: mean!, variance: variance! },
            { epsilon, kind },
          ),
      };
    }
    const axes = leadingAxes(x);
    mean = meanOf(x, axes);
    variance = meanOf(square(sub(x, mean)), axes);
    const z = add<T>(mul(mul(sub(x, mean), rsqrt(add(variance, epsilon))), gamma), beta);
    return {
      value: applyActivation(z, kind),
      detached: [mean, variance],
      save: [x, gamma, beta, mean, variance],
      gradient: (dy, saved) => trainGradient(dy, saved as TrainSaved, epsilon, kind),
    };
  });
  return { y, mean, variance };
}

type TrainSaved = readonly [x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor];

function trainGradient(dy: Tensor, [x, gamma, beta, mean, variance]: TrainSaved, epsilon: number, kind: Activation): Tensor[] {
  const axes = leadingAxes(x);
  const count = x.size / gamma.size;
  const inverse = rsqrt(add(variance, epsilon));
  const normalised = mul(sub(x, mean), inverse);
  const dz = activationGradient(dy, add(mul(normalised, gamma), beta), kind);
  const dBeta = sum(dz, axes);
  const dGamma = sum(mul(dz, normalised), axes);
  const centred = sub(dz, add(mul(normalised, div(dGamma, count)), div(dBeta, count)));
  return [mul(centred, mul(gamma, inverse)), dGamma, dBeta];
}

export interface BatchNormParameters {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
}

/** Inference mode: normalises x [..., channels] with the given statistics; gradients flow to x, gamma and beta. */
export function batchNormInference<T extends Tensor>(x: T, parameters: BatchNormParameters, options: BatchNormOptions): T {
  const { mean, variance, gamma, beta } = parameters;
  checkChannels('batchNormInference', x, { mean, variance, gamma, beta });
  const kind = options.activation ?? 'none';
  if (!isRecording() && hasKernel('LabBatchNormInference')) {
    return runKernel<T>('LabBatchNormInference', { x, mean, variance, gamma, beta }, { epsilon: options.epsilon, kind });
  }
  const scale = mul(gamma, rsqrt(add(variance, options.epsilon)));
  const z = add<T>(mul(sub(x, mean), scale), beta);
  return kind === 'none' ? z : activation(z, kind);
}

function leadingAxes(x: Tensor): number[] {
  return Array.from({ length: x.rank - 1 }, (_, axis) => axis);
}

function checkChannels(op: string, x: Tensor, parameters: Readonly<Record<string, Tensor>>): void {
  const channels = x.shape[x.rank - 1];
  for (const [name, tensor] of Object.entries(parameters)) {
    if (tensor.rank !== 1 || tensor.shape[0] !== channels) {
      throw new EngineError(
        'bad-shape',
        `${op}: input has ${channels} channels (shape [${x.shape.join(', ')}]), ${name} has shape [${tensor.shape.join(', ')}].`,
      );
    }
  }
}

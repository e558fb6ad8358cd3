/** One small network with a batch of random images, trained by SGD with momentum 0.9. */
import * as tf from '../../../engine/backend/tf.ts';
import type { StepNumber, Tensor, Tensor1D, Tensor4D, Variable } from '../../../engine/backend/tf.ts';
import { createRng } from '../../../engine/rng.ts';
import { averageDecay } from './bench-network.ts';
import type { BenchNetwork } from './bench-network.ts';
import { createSmall } from './small-networks.ts';
import type { SmallName } from './small-networks.ts';
import type { Seen, SmallParameters } from './small-parameters.ts';

/** What PyTorch's batch norms keep of their running statistics a batch. */
const runningDecay = 0.9;

function copyOf(variable: Variable): Variable {
  return tf.tidy(() => tf.variable(tf.add(variable, tf.zerosLike(variable)), false));
}

function moveRunning({ norm, mean, variance, count }: Seen): void {
  const { running } = norm;
  if (running) {
    tf.updateEma(running.mean, mean, runningDecay);
    const unbiased = tf.mul(variance, count / (count - 1));
    tf.updateEma(running.variance, unbiased, runningDecay);
    unbiased.dispose();
  }
  tf.dispose([mean, variance]);
}

/** One update of every weight and of the moving average. */
function updaterOf({ learned, running }: SmallParameters): (gradients: readonly Tensor[], numbers: readonly StepNumber[]) => void {
  const velocities = learned.map((variable) => tf.tidy(() => tf.variable(tf.zerosLike(variable), false)));
  const averages = new Map([...learned, ...running].map((variable) => [variable, copyOf(variable)]));
  return (gradients, [learningRate, momentum, decay, rest]) => {
    learned.forEach((variable, i) => {
      const ema = { shadow: averages.get(variable)!, decay: decay!, rest: rest! };
      tf.updateSgd(variable, gradients[i]!, { velocity: velocities[i]! }, { learningRate: learningRate!, momentum: momentum!, ema });
    });
    for (const variable of running) tf.updateEma(averages.get(variable)!, variable, decay!, rest);
  };
}

export function smallNetwork(name: SmallName, batch: number): BenchNetwork {
  const { macs, parameters, learningRate, loss } = createSmall(name);
  const { learned, seen } = parameters;
  const update = updaterOf(parameters);
  const rng = createRng(7);
  const pixels = Float32Array.from({ length: batch * 32 * 32 * 3 }, () => rng.normal());
  const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
  return {
    macs,
    parameters: learned.reduce((sum, variable) => sum + variable.size, 0),
    tensors: [tf.tensor(pixels, [batch, 32, 32, 3]), tf.tensor1d(labels, 'int32')],
    numbersAt: () => [learningRate, 0.9, averageDecay, 1 - averageDecay],
    train: ([x, classes], numbers) => {
      const { value, grads } = tf.valueAndGradients(() => loss(x as Tensor4D, classes as Tensor1D), learned);
      seen.splice(0).forEach(moveRunning);
      update(grads, numbers);
      tf.dispose(grads);
      return [value];
    },
  };
}
